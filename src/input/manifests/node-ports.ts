/**
 * Node ports written in manifests: a number belongs to one Service, whatever the protocol; ports of one Service and
 * different protocols may share it. Source: kubernetes pkg/registry/core/service/storage/alloc.go, `initNodePorts`.
 */
import { qualifiedName } from '../../base/qualified-name.js'
import type { ServiceObject } from '../kubernetes-objects.js'
import { deepestOf, placeOf, type TreeNode } from '../tree.js'
import { describe } from './fields.js'
import type { Reading } from './reading.js'

interface Owner {
  readonly service: ServiceObject
  readonly at: TreeNode
}

/** Who has which node port, among all Services of one reading. */
export class NodePortOwners {
  private readonly owners = new Map<number, Owner>()

  constructor(private readonly reading: Reading) {}

  /**
   * Takes the ports of a Service; NODE_PORT_CLASH if another one has them.
   *
   * @param root - the whole object
   */
  add(service: ServiceObject, root: TreeNode): void {
    for (const { nodePort } of service.ports) {
      if (nodePort !== undefined) this.take(service, nodePort, nodePortNode(root, nodePort))
    }
    const { healthCheckNodePort } = service
    if (healthCheckNodePort === undefined) return
    this.take(service, healthCheckNodePort, deepestOf(root, ['spec', 'healthCheckNodePort']))
  }

  private take(service: ServiceObject, port: number, at: TreeNode): void {
    const owner = this.owners.get(port)
    if (owner === undefined) this.owners.set(port, { service, at })
    else if (owner.service !== service) {
      const message = `${titleOf(service)}: node port ${port} is taken by ${titleOf(owner.service)}`
      const hint = `change or remove one of them; the other is at ${whereIs(owner.at)}`
      this.reading.error('NODE_PORT_CLASH', message, at, hint)
    }
  }
}

function titleOf({ meta }: ServiceObject): string {
  return describe({ kind: 'Service', name: qualifiedName(meta) })
}

/** The value of the port's field: positions in the object are not those of the ports that were read. */
function nodePortNode(root: TreeNode, nodePort: number): TreeNode {
  const ports = deepestOf(root, ['spec', 'ports'])
  const items = ports.kind === 'list' ? ports.items : []
  const fields = items.map((item) => deepestOf(item, ['nodePort']))
  return fields.find((field) => field.kind === 'scalar' && field.value === nodePort) ?? ports
}

/** `shop.yaml:12`. */
export function whereIs(node: TreeNode): string {
  const { file, line } = placeOf(node)
  return `${file}:${line}`
}
