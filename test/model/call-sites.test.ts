import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/base/diagnostics.js'
import { behaviourKey } from '../../src/model/behaviours.js'
import {
  buildCallGraph,
  type CallGraph,
  type CallNode,
  eligiblePods,
  podsBehind,
} from '../../src/model/call-sites.js'
import {
  clientsOf,
  compile,
  labels,
  meta,
  pod,
  scenario,
  service,
  servicePort,
  workload,
} from '../kubernetes/objects.js'

/** One Deployment and one Service of each name. */
function shops(...names: readonly string[]) {
  return { workloads: names.map((name) => workload(name)), services: names.map((name) => service(name)) }
}

function graphOf(objects: Parameters<typeof compile>[0], spec: object): CallGraph {
  return buildCallGraph(compile(objects, spec), scenario(spec))
}

/** `caller -> service` of every call site, in order. */
function sitesOf({ sites }: CallGraph): string[] {
  return sites.map((site) => `${site.caller} -> ${site.service.name}`)
}

function slotsOf(graph: CallGraph): string[][] {
  return graph.roots.map((root) => root.demands.map((slot) => slot.name))
}

/** The names along the tree: `service(workload(service…))`. */
function treeOf(node: CallNode): string {
  const handlers = [...node.handlers].map(([name, { children }]) => `${name}(${children.map(treeOf).join()})`)
  return `${node.site.service.name}[${handlers.join(' ')}]`
}

/** A chain: each workload calls the next. */
function chain(length: number): readonly [Parameters<typeof compile>[0], object] {
  const names = Array.from({ length }, (_, index) => `w${index}`)
  const calls = names.slice(1).map((name, index) => [names[index], { calls: [{ to: `${name}:80` }] }])
  return [shops(...names), { pods: Object.fromEntries(calls), clients: [clientsOf('w0:80')] }]
}

describe('the tree of calls', () => {
  const pods = { web: { calls: [{ to: 'cart:80' }, { to: 'db:80' }] }, cart: { calls: [{ to: 'db:80' }] } }
  const objects = shops('cart', 'db', 'web')

  it('follows the calls of each workload', () => {
    const graph = graphOf(objects, { pods, clients: [clientsOf('web:80')] })
    expect(treeOf(graph.roots[0].node)).toBe('web[web(cart[cart(db[db()])],db[db()])]')
    expect(graph.nodes.map((node) => node.index)).toEqual([0, 1, 2, 3])
  })

  it('has one call site for each client group and each call of a workload', () => {
    const graph = graphOf(objects, { pods, clients: [clientsOf('web:80')] })
    expect(sitesOf(graph)).toEqual(['users -> web', 'web -> cart', 'cart -> db', 'web -> db'])
    expect(graph.sites.map((site) => site.index)).toEqual([0, 1, 2, 3])
  })

  it('lets groups that lead to the same call of a workload share its site', () => {
    const clients = [
      clientsOf('web:80'),
      clientsOf('web:80', { name: 'others' }),
      clientsOf('cart:80', { name: 'app' }),
    ]
    const graph = graphOf(objects, { pods, clients })
    expect(sitesOf(graph)).toEqual([
      'users -> web',
      'web -> cart',
      'cart -> db',
      'web -> db',
      'others -> web',
      'app -> cart',
    ])
    expect(graph.nodes).toHaveLength(10)
  })

  it('gives every service time a slot of its own, named by the way of calls', () => {
    const clients = [clientsOf('web:80'), clientsOf('cart:80', { name: 'app' })]
    const graph = graphOf(objects, { pods, clients })
    expect(slotsOf(graph)).toEqual([
      ['users/web', 'users/web/cart', 'users/web/cart/db', 'users/web/db'],
      ['app/cart', 'app/cart/db'],
    ])
    const [web] = graph.roots[0].node.handlers.values()
    expect(web.demandSlot).toBe(0)
    expect(web.children.map((child) => child.handlers.get(child.site.service.name)?.demandSlot)).toEqual([
      1, 3,
    ])
  })

  it('numbers the slots of identical calls, and of all that follows from them', () => {
    const twice = { web: { calls: [{ to: 'cart:80' }, { to: 'cart:80' }] }, cart: pods.cart }
    const graph = graphOf(objects, { pods: twice, clients: [clientsOf('web:80')] })
    expect(slotsOf(graph)).toEqual([
      ['users/web', 'users/web/cart', 'users/web/cart/db', 'users/web/cart#2', 'users/web/cart#2/db'],
    ])
    expect(sitesOf(graph)).toEqual(['users -> web', 'web -> cart', 'cart -> db'])
  })

  it('keeps calls of one workload to one Service apart where their settings differ', () => {
    const calls = [{ to: 'db:80' }, { to: 'db:80', timeout: '1s' }, { to: 'db:80', connection: 'keepAlive' }]
    const { sites } = graphOf(objects, { pods: { web: { calls } }, clients: [clientsOf('web:80')] })
    expect(sites.map(({ timeoutNs, pool }) => [timeoutNs, pool.kind])).toEqual([
      [30e9, 'perRequest'],
      [30e9, 'perRequest'],
      [1e9, 'perRequest'],
      [30e9, 'keepAlive'],
    ])
  })

  it('has a branch for each workload behind a Service', () => {
    const selector = labels({ tier: 'front' })
    const two = ['blue', 'green'].map((name) =>
      workload(name, { podLabels: labels({ app: name, tier: 'front' }) }),
    )
    const graph = graphOf(
      { workloads: [...two, workload('db')], services: [service('db'), service('web', { selector })] },
      { pods: { green: { calls: [{ to: 'db:80' }] } }, clients: [clientsOf('web:80')] },
    )
    expect(treeOf(graph.roots[0].node)).toBe('web[blue() green(db[db()])]')
    expect(slotsOf(graph)).toEqual([['users/blue', 'users/green', 'users/green/db']])
  })

  it('ends at a Service without pods', () => {
    const graph = graphOf({ services: [service('web')] }, { clients: [clientsOf('web:80')] })
    expect([treeOf(graph.roots[0].node), slotsOf(graph)]).toEqual(['web[]', [[]]])
  })

  it('takes a pod written by hand by its own name', () => {
    const graph = graphOf({ pods: [pod('web')], services: [service('web')] }, {})
    expect(slotsOf(graph)).toEqual([['users/web']])
  })
})

describe('calls that go nowhere', () => {
  function errorOf(objects: Parameters<typeof compile>[0], spec: object): InputError {
    try {
      graphOf(objects, spec)
    } catch (error) {
      if (error instanceof InputError) return error
    }
    throw new Error('no InputError')
  }

  it('are an error where they lead back', () => {
    const pods = { web: { calls: [{ to: 'cart:80' }] }, cart: { calls: [{ to: 'web:80' }] } }
    expect(errorOf(shops('cart', 'web'), { pods }).message).toBe(
      'CALL_CYCLE: Calls lead back: users → web → cart → web',
    )
  })

  it('are an error where a workload calls itself', () => {
    const pods = { web: { calls: [{ to: 'web:80' }] } }
    expect(errorOf(shops('web'), { pods }).message).toBe('CALL_CYCLE: Calls lead back: users → web → web')
  })

  it('are no cycle where a client group is named like a workload', () => {
    const graph = graphOf(shops('web'), { clients: [clientsOf('web:80', { name: 'web' })] })
    expect(slotsOf(graph)).toEqual([['web/web']])
  })

  it('are no cycle where workloads of two namespaces share their name', () => {
    const other = { namespace: 'other', labels: new Map(), annotations: new Map(), name: 'web' }
    const objects = {
      workloads: [workload('front'), workload('web'), workload('web', { meta: other })],
      services: [service('front'), service('web'), service('web', { meta: meta('web', 'other') })],
    }
    const graph = graphOf(objects, {
      pods: { front: { calls: [{ to: 'web:80' }, { to: 'web.other:80' }] } },
      clients: [clientsOf('front:80')],
    })
    expect(slotsOf(graph)).toEqual([['users/front', 'users/front/web', 'users/front/web#2']])
    expect(sitesOf(graph)).toEqual(['users -> front', 'front -> web', 'front -> web'])
  })

  it('may be eight deep', () => {
    expect(slotsOf(graphOf(...chain(8)))[0]).toHaveLength(8)
  })

  it('are an error where they are deeper', () => {
    expect(errorOf(...chain(9)).message).toContain('CALL_CYCLE: Calls lead more than 8 deep: users → w0 → w1')
  })

  it('are an error where one request sets off more than 1,000', () => {
    const names = ['w0', 'w1', 'w2', 'w3']
    const fan = (to: string) => ({ calls: Array.from({ length: 16 }, () => ({ to: `${to}:80` })) })
    const pods = { w0: fan('w1'), w1: fan('w2'), w2: fan('w3') }
    expect(errorOf(shops(...names), { pods, clients: [clientsOf('w0:80')] }).message).toContain(
      'CALL_CYCLE: Calls lead to more than 1000 for one request',
    )
  })

  it('are an error where only UDP answers', () => {
    const dns = service('dns', { ports: [servicePort(53, { protocol: 'UDP' })] })
    expect(errorOf({ services: [dns] }, { clients: [clientsOf('dns:53')] }).message).toBe(
      'CALL_UNKNOWN_SERVICE: No Service answers to "dns:53" by TCP',
    )
  })

  it('take the TCP port where UDP has the same number', () => {
    const ports = [
      servicePort(53, { name: 'udp', protocol: 'UDP' }),
      servicePort(53, { name: 'tcp', protocol: 'TCP' }),
    ]
    const graph = graphOf({ services: [service('dns', { ports })] }, { clients: [clientsOf('dns:53')] })
    expect(graph.sites[0].port.name).toBe('tcp')
  })
})

describe('pods behind a call', () => {
  const set = workload('db', { kind: 'StatefulSet', replicas: 3, serviceName: 'peers' })
  const cluster = compile(
    {
      workloads: [set],
      pods: [pod('db-x', { isReady: false, meta: meta('db-x', 'default', { labels: set.podLabels }) })],
      services: [service('db'), service('peers', { clusterIp: 'None', selector: set.podLabels })],
    },
    { clients: [clientsOf('db:80')] },
  )
  const siteOf = (to: string) => buildCallGraph(cluster, scenario({ clients: [clientsOf(to)] })).sites[0]
  const keys = (pods: ReturnType<typeof podsBehind>) => pods.map((each) => each.name)

  it('are all endpoints; eligible are those that are ready', () => {
    const site = siteOf('db:80')
    expect(keys(podsBehind(cluster, site))).toEqual(['db-0', 'db-1', 'db-2', 'db-x'])
    expect(keys(eligiblePods(cluster, site))).toEqual(['db-0', 'db-1', 'db-2'])
  })

  it('are the one pod that is called by its name', () => {
    const site = siteOf('db-1.peers:80')
    expect([keys(podsBehind(cluster, site)), keys(eligiblePods(cluster, site))]).toEqual([['db-1'], ['db-1']])
  })

  it('go by their workload, or by their own name', () => {
    expect(podsBehind(cluster, siteOf('db:80')).map(behaviourKey)).toEqual(['db', 'db', 'db', 'db-x'])
  })
})
