import { describe, expect, it } from 'vitest'
import type { ServiceObject } from '../../src/input/kubernetes-objects.js'
import { NODE_PORT_BAND, NumberPool } from '../../src/kubernetes/number-pool.js'
import { compile, findingsOf, service, servicePort, workload } from './objects.js'

function portsOf(services: readonly ServiceObject[], draw = () => 0, nodePortRange = '30000-32767') {
  const spec = { cluster: { nodePortRange } }
  return compile({ services, workloads: [workload('web')] }, spec, draw).services.map((each) =>
    each.ports.map((port) => port.nodePort),
  )
}

const nodePorts = (name: string, ...ports: readonly (number | undefined)[]) =>
  service(name, {
    type: 'NodePort',
    ports: ports.map((nodePort, index) => servicePort(80 + index, { name: `p${index}`, nodePort })),
  })

describe('node ports', () => {
  it('are drawn from 30086 on, the lower ones being kept for those chosen by hand', () => {
    expect(portsOf([nodePorts('web', undefined)])).toEqual([[30_086]])
    expect(portsOf([nodePorts('web', undefined)], () => 2681)).toEqual([[32_767]])
  })

  it('written by hand are taken first, whatever the order of Services', () => {
    expect(portsOf([nodePorts('api', undefined), nodePorts('web', 30_086)])).toEqual([[30_087], [30_086]])
  })

  it('are shared by ports of one number and different protocols', () => {
    const dns = service('web', {
      type: 'NodePort',
      ports: [
        servicePort(80, { name: 'dns', protocol: 'UDP' }),
        servicePort(80, { name: 'dns-tcp', nodePort: 30_053 }),
        servicePort(9153, { name: 'metrics' }),
      ],
    })
    expect(portsOf([dns])).toEqual([[30_053, 30_053, 30_086]])
  })

  it('belong to types NodePort and LoadBalancer, unless that forgoes them', () => {
    expect(
      portsOf([
        service('web'),
        service('web-2', { type: 'LoadBalancer' }),
        service('web-3', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false }),
      ]),
    ).toEqual([[undefined], [30_086], [undefined]])
  })

  it('come from the lower part when the upper one is full', () => {
    const many = Array.from({ length: 20 }, (_, index) => nodePorts(`web-${10 + index}`, undefined))
    const ports = portsOf([service('web'), ...many], () => 0, '30000-30019').flat()
    expect(ports.slice(1, 6)).toEqual([30_016, 30_017, 30_018, 30_019, 30_000])
    expect(new Set(ports.slice(1)).size).toBe(20)
  })
})

describe('node ports that can not be', () => {
  it('are told with their place and that of the other', () => {
    const objects = {
      services: [nodePorts('api', 31_000), nodePorts('web', 31_000, 80)],
      workloads: [workload('web')],
    }
    const errors = findingsOf(objects).filter((each) => each.startsWith('error'))
    expect(errors).toEqual([
      'error NODE_PORT_CLASH spec.ports.0.nodePort: Services "api" and "web" have the same node port 31000 ' +
        '[take another port, or leave it out; the other is at shop.yaml:5]',
      'error NODE_PORT_RANGE spec.ports.1.nodePort: The node port 80 of Service "web" is not in the range ' +
        '30000-32767 [take a port of the range, or set spec.cluster.nodePortRange of the scenario to the range of ' +
        'your cluster]',
    ])
  })
})

describe('the part kept for numbers chosen by hand', () => {
  // min(max(16, size/32), 128), and nothing of a range of 16 or fewer.
  it.each([
    [16, 0],
    [17, 16],
    [512, 16],
    [2768, 86],
    [4096, 128],
    [65_535, 128],
  ])('of %i ports is %i', (size, kept) => {
    expect(new NumberPool(size, NODE_PORT_BAND).takeAny(() => 0)).toBe(kept)
  })
})
