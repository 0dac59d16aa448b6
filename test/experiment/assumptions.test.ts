import { expect, test } from 'vitest'
import { assumptionsOf } from '../../src/experiment/assumptions.js'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
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
