import fs from 'node:fs'
import { expect, test } from 'vitest'
import { assumptionsOf } from '../../src/experiment/assumptions.js'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { parseSetting } from '../../src/input/settings.js'
import { SET_BY_SCENARIO } from '../../src/results/results-schema.js'
import { type ShopOptions, shopInputs } from './inputs.js'

function assumptions(options: ShopOptions = {}) {
  const { scenario, cluster } = loadExperiment(shopInputs(options)).points[0]
  return assumptionsOf(scenario, cluster)
}

/** `preset.name = value` of what the scenario has set. */
function set(options: ShopOptions = {}): string[] {
  return assumptions(options)
    .filter(({ source }) => source === SET_BY_SCENARIO)
    .map(({ preset, name, value }) => `${preset}.${name} = ${value}`)
}

test('what the scenario sets is told from what it leaves to svcsim', () => {
  expect(set()).toEqual(['pods/web.servers = 4', 'pods/redis.servers = 8', 'pods/redis.serviceTime = 1 ms'])
  expect(set({ scenario: 'sweep.yaml' })).toEqual([])
  expect(
    set({
      scenario: 'sweep.yaml',
      settings: ['links.outside=11ms', 'dns.cacheTime=30s', 'costs.set.rule=9'],
    }),
  ).toEqual(['costs/iptables-nft.rule = 9 ns', 'links.outside = 11 ms', 'dns.cacheTime = 30 s'])
})

test('every assumption has a value and a source, and pods that the scenario does not describe are among them', () => {
  const all = assumptions({ scenario: 'sweep.yaml' })
  expect(all.filter(({ value, source }) => value === '' || source === '')).toEqual([])
  expect(
    all
      .filter(({ preset }) => preset.startsWith('pods/'))
      .map(({ preset, name, value }) => `${preset}.${name} = ${value}`),
  ).toEqual([
    'pods/(others).servers = 1',
    'pods/(others).queueCapacity = 1024',
    'pods/(others).serviceTime = exponential, mean 5 ms',
  ])
})

test('what is unusual about pods is told where it is', () => {
  const settings = [
    'pods.web.discipline=ps',
    'pods.web.callOrder=parallel',
    'pods.web.cpuLimit=1.5',
    'pods.web.slowStart.duration=30s',
    'pods.web.slowStart.factor=0.25',
    'pods.web.classes.search.serviceTime=7ms',
    'pods.redis.cpuLimit=fromManifest',
    'clients.0.class=search',
  ]
  const all = assumptions({ settings }).filter(({ preset }) => /^pods|^limits/.test(preset))
  expect(all.map(({ preset, name, value }) => `${preset}.${name} = ${value}`)).toEqual([
    'pods/web.servers = 4',
    'pods/web.queueCapacity = 1024',
    'pods/web.serviceTime = exponential, mean 5 ms',
    'pods/web.discipline = ps',
    'pods/web.callOrder = parallel',
    'pods/web.cpuLimit = 1500m',
    'pods/web.slowStart = 0.25 of the speed, rising to 1 within 30 s',
    'pods/web.classes.search.serviceTime = 7 ms',
    'pods/redis.servers = 8',
    'pods/redis.queueCapacity = 1024',
    'pods/redis.serviceTime = 1 ms',
    'pods/redis.cpuLimit = none',
    'limits.cpuPeriod = 100 ms',
  ])
})

test('names by queries are told of with the sources of their defaults, and pods of CoreDNS not among others', () => {
  const settings = ['dns.mode=coredns', 'dns.ndots=2', 'limits.conntrackUdp=10s']
  const all = assumptions({ settings })
  const names = all.filter(({ preset, name }) => preset === 'dns' || name.startsWith('conntrackUdp'))
  expect(names.map(({ name, value, source }) => `${name} = ${value} (${source.split(/[:,]/)[0]})`)).toEqual([
    'mode = coredns (set by the scenario)',
    'cacheTime = 0 s (default of svcsim)',
    'server.servers = 2 (published)',
    'server.queueCapacity = 1024 (default of svcsim)',
    'server.serviceTime = exponential, mean 59.4 µs (published)',
    'server.upstreamTime = 14 ms (published)',
    'server.cacheTime = 30 s (Corefile of kubeadm)',
    'replicas = 2 (kubeadm)',
    'ndots = 2 (set by the scenario)',
    'searchDomains = those of the cluster (default of svcsim)',
    'aaaa = true (getaddrinfo of glibc)',
    'singleRequest = false (resolv.conf(5))',
    'sourcePorts = random (default of svcsim)',
    'timeout = 5 s (resolv.conf(5))',
    'attempts = 2 (resolv.conf(5))',
    'nodeCache.enabled = false (default of svcsim)',
    'conntrackUdp = 10 s (set by the scenario)',
    'conntrackUdpStream = 2 min (Linux nf_conntrack_proto_udp.c)',
  ])
  expect(all.some(({ preset }) => preset === 'pods/(others)')).toBe(false)
})

/** The counter of scenarios/counter behind its load balancer, as some settings have it. */
function ofLoadBalancer(...settings: string[]): string[] {
  const folder = new URL('../../scenarios/counter/', import.meta.url)
  const file = (name: string) => ({ path: name, text: fs.readFileSync(new URL(name, folder), 'utf8') })
  const { scenario, cluster } = loadExperiment({
    scenarioFile: file('load-balancer.yaml'),
    manifestFiles: [file('counter.yaml'), file('counter-lb.yaml')],
    settings: settings.map(parseSetting),
    axes: [],
    command: '',
  }).points[0]
  return assumptionsOf(scenario, cluster)
    .filter(({ preset }) => preset.startsWith('load-balancers/'))
    .map(({ preset, name, value, source }) => `${preset}.${name} = ${value} [${source}]`)
}

test('a load balancer of a preset tells every constant that has a say, and where it is from', () => {
  const told = ofLoadBalancer(
    'loadBalancers.counter-lb.preset=aws-alb',
    'loadBalancers.counter-lb.idleTimeout=30s',
  )
  expect(told).toContain(
    'load-balancers/counter-lb/aws-alb.healthCheckInterval = 15 s ' +
      '[aws-load-balancer-controller pkg/ingress: HTTP to the traffic port, 15 s, time-out 5 s, thresholds 2 and 2]',
  )
  expect(told).toContain(`load-balancers/counter-lb/aws-alb.idleTimeout = 30 s [${SET_BY_SCENARIO}]`)
  expect(told.join('\n')).not.toMatch(/hashFields|tableSize|announcement/)
})

test('the generic load balancer tells only what is unusual about it', () => {
  expect(ofLoadBalancer()).toEqual([])
  expect(ofLoadBalancer('loadBalancers.counter-lb.algorithm=maglev')).toEqual([])
  expect(ofLoadBalancer('loadBalancers.counter-lb.crossZone=false')).toEqual([
    `load-balancers/counter-lb/generic.crossZone = no [${SET_BY_SCENARIO}]`,
  ])
})

test('a node that is to announce a Service is told', () => {
  const settings = ['preset=metallb-l2', 'announcer=node-a'].map((text) => `loadBalancers.counter-lb.${text}`)
  expect(ofLoadBalancer(...settings).at(-1)).toBe(
    `load-balancers/counter-lb/metallb-l2.announcer = node-a [${SET_BY_SCENARIO}]`,
  )
})

test('what look-ups of affinity cost is told where a Service of some design point has it, or the scenario sets it', () => {
  const told = (...settings: string[]) =>
    assumptions({ settings }).some(({ name }) => name === 'recentLookup')
  expect([told(), told('service.web.sessionAffinity=ClientIP'), told('costs.set.recentLookup=9')]).toEqual([
    false,
    true,
    true,
  ])
  const without = loadExperiment(shopInputs()).points[0]
  const sticky = loadExperiment(shopInputs({ settings: ['service.web.sessionAffinity=ClientIP'] }))
  expect(sticky.points).toHaveLength(1)
  const all = assumptionsOf(without.scenario, without.cluster, [without.cluster, sticky.points[0].cluster])
  expect(all.some(({ name }) => name === 'recentLookup')).toBe(true)
})
