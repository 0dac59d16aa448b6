import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import { buildCallGraph } from '../../src/model/call-sites.js'
import { OUTSIDE, placeCallers } from '../../src/model/callers.js'
import { AddressBook } from '../../src/netfilter/address-book.js'
import { clientsOf, compile, nodes, scenario, service, servicePort, workload } from '../kubernetes/objects.js'

const objects = {
  workloads: [workload('web', { replicas: 2 }), workload('db', { replicas: 1 })],
  services: [
    service('db'),
    service('web', { type: 'NodePort', ports: [servicePort(80, { nodePort: 30_080 })] }),
  ],
}
const outside = (more: object = {}) => clientsOf('web:80', { location: 'outside', ...more })

/** The callers of every call site as `address@node`. */
function placesOf(spec: object) {
  const settings = { cluster: { nodes: nodes('a', 'b'), podCidr: '10.244.0.0/16' }, ...spec }
  const cluster = compile(objects, settings)
  const book = new AddressBook()
  const graph = buildCallGraph(cluster, scenario(settings))
  const table = placeCallers(graph, cluster, scenario(settings), book)
  const texts = table.bySite.map(({ addresses, nodes: at }) =>
    addresses.map((address, index) => `${book.textOf(address)}@${at[index]}`),
  )
  return { table, texts, cluster }
}

describe('placeCallers', () => {
  it('gives clients outside addresses of 100.64.0.0/10, group after group', () => {
    const { texts } = placesOf({ clients: [outside({ count: 2 }), outside({ name: 'others', count: 2 })] })
    expect(texts).toEqual([
      [`100.64.0.2@${OUTSIDE}`, `100.64.0.3@${OUTSIDE}`],
      [`100.64.0.4@${OUTSIDE}`, `100.64.0.5@${OUTSIDE}`],
    ])
  })

  it('gives clients inside addresses from the end of the range of their node, nodes in turn', () => {
    const { texts, cluster } = placesOf({ clients: [clientsOf('web:80', { count: 4 })] })
    expect(cluster.nodes.map((node) => node.podCidr)).toEqual(['10.244.0.0/24', '10.244.1.0/24'])
    expect(texts[0]).toEqual(['10.244.0.254@0', '10.244.1.254@1', '10.244.0.253@0', '10.244.1.253@1'])
  })

  it('puts clients inside on the nodes named', () => {
    const { texts } = placesOf({ clients: [clientsOf('web:80', { count: 3, nodes: ['b'] })] })
    expect(texts[0]).toEqual(['10.244.1.254@1', '10.244.1.253@1', '10.244.1.252@1'])
  })

  it('leaves out addresses that pods have', () => {
    const cluster = { nodes: nodes('a'), podCidr: '10.244.0.0/28' }
    const { texts } = placesOf({ cluster, clients: [clientsOf('web:80', { count: 10 })] })
    const pods = ['10.244.0.2', '10.244.0.3', '10.244.0.4']
    expect(texts[0].map((text) => text.split('@')[0])).toEqual(
      Array.from({ length: 10 }, (_, step) => `10.244.0.${14 - step}`),
    )
    expect(texts[0].filter((text) => pods.some((pod) => text.startsWith(`${pod}@`)))).toEqual([])
  })

  it('takes the pods themselves for the callers of a workload, with pool keys of their own', () => {
    const pods = { web: { calls: [{ to: 'db:80' }] } }
    const { table, texts, cluster } = placesOf({ pods, clients: [outside({ count: 3 })] })
    expect(texts[1]).toEqual(cluster.pods.map((pod) => `${pod.address}@${pod.nodeIndex}`))
    expect(table.bySite.map((callers) => callers.firstPoolKey)).toEqual([0, 3])
    expect(table.count).toBe(6)
  })

  it('hashes an address to the same number in every group and run', () => {
    const hashesOf = (count: number) =>
      placesOf({ clients: [outside({ count })] }).table.bySite[0].sourceHashes
    const [few, many] = [hashesOf(3), hashesOf(1_000)]
    expect([...many.slice(0, 3)]).toEqual([...few])
    expect(new Set(many).size).toBe(1_000)
  })

  it('spreads the hashes of neighbouring addresses evenly over targets', () => {
    const hashes = placesOf({ clients: [outside({ count: 30_000 })] }).table.bySite[0].sourceHashes
    const counts = [0, 0, 0]
    for (const hash of hashes) counts[hash % 3]++
    // Within 4 standard deviations, √(30,000 · 1/3 · 2/3) = 81.6
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(327)
  })

  it('refuses more clients than a range has addresses for', () => {
    const few = { cluster: { nodes: nodes('a'), podCidr: '10.244.0.0/28' } }
    const many = { ...few, clients: [clientsOf('web:80', { count: 11 })] }
    const cluster = compile(objects, few)
    const graph = buildCallGraph(cluster, scenario(many))
    const place = () => placeCallers(graph, cluster, scenario(many), new AddressBook())
    expect(place).toThrow(InputError)
    expect(place).toThrow('CLIENTS_DO_NOT_FIT: The range 10.244.0.0/28 has not enough addresses')
  })
})
