/**
 * How clients inside the cluster resolve names: a time per look-up, or real queries to pods of CoreDNS. Defaults are those of
 * kubelet's resolv.conf, glibc, kubeadm's Corefile and the manifest of NodeLocal DNSCache.
 */
import { z } from 'zod'
import { delay } from './distribution-schema.js'
import { LIMITS } from './limits.js'
import { duration, hostName, limitedCount, limitedList } from './scalars.js'

/** Of a container's resolv.conf. Source: kubernetes pkg/apis/core/validation, MaxDNSSearchPaths 32. */
const MOST_SEARCH_DOMAINS = 29

const dnsServer = z
  .strictObject({
    servers: z
      .int()
      .min(1)
      .max(1_000)
      .default(2)
      .describe('Queries that one CoreDNS pod answers at the same time: its processors.'),
    queueCapacity: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(1024)
      .describe('Queries that may wait in one CoreDNS pod; the next is dropped.'),
    serviceTime: delay
      .prefault({ distribution: 'exponential', mean: '59.4us' })
      .describe(
        'Processor time of one query. By default 33,669 queries per second on two processors, as CoreDNS published.',
      ),
    upstreamTime: delay
      .prefault('14ms')
      .describe('Time that the resolver upstream takes for a name outside of the cluster.'),
    cacheTime: duration
      .prefault('30s')
      .describe('How long a CoreDNS pod remembers an answer from upstream: `cache` of its Corefile.'),
  })
  .describe('The pods of CoreDNS, for mode coredns.')

const nodeCache = z
  .strictObject({
    enabled: z.boolean().default(false).describe('NodeLocal DNSCache runs on every node.'),
    ttl: duration.prefault('30s').describe('How long it remembers that a name exists.'),
    negativeTtl: duration.prefault('5s').describe('How long it remembers that a name does not exist.'),
  })
  .describe('A cache on every node, between its pods and CoreDNS, for mode coredns.')

/** `spec.dns` of a scenario. */
export const dnsSchema = z
  .strictObject({
    mode: z
      .enum(['constant', 'coredns'])
      .default('constant')
      .describe(
        'constant: a look-up takes `lookupTime`. coredns: it sends queries to the Service kube-dns, through the rules of the nodes, to pods of CoreDNS; both are added where no manifest has them.',
      ),
    lookupTime: delay
      .prefault('300us')
      .describe('Time to resolve a name that is not cached, for mode constant.'),
    cacheTime: duration
      .prefault('0s')
      .describe(
        'How long a client remembers an answer; 0s: it asks for every connection, as glibc and musl do.',
      ),
    replicas: limitedCount(LIMITS.pods)
      .default(2)
      .describe(
        'CoreDNS pods, where no manifest has the Service kube-dns. To set or vary it, write spec.dns.replicas: dns.replicas are those of a workload "dns".',
      ),
    server: dnsServer.prefault({}),
    ndots: z
      .int()
      .min(0)
      .max(15)
      .default(5)
      .describe('ndots of resolv.conf: a name with fewer dots is tried with the search domains first.'),
    searchDomains: limitedList(hostName, MOST_SEARCH_DOMAINS)
      .default([])
      .describe(
        'Search domains after NAMESPACE.svc.cluster.local, svc.cluster.local and cluster.local, as the node has them. None by default.',
      ),
    aaaa: z
      .boolean()
      .default(true)
      .describe(
        'Both A and AAAA are asked for, as getaddrinfo does. false: only the type that the cluster has addresses of.',
      ),
    singleRequest: z
      .boolean()
      .default(false)
      .describe('single-request of resolv.conf: AAAA is asked for after the answer to A, not beside it.'),
    sourcePorts: z
      .enum(['random', 'fixed'])
      .default('random')
      .describe(
        'random: a new port for each name asked. fixed: each client keeps one, and with it, by connection tracking, its CoreDNS pod.',
      ),
    timeout: duration
      .prefault('5s')
      .describe('timeout of resolv.conf: a query without an answer is repeated after it.'),
    attempts: z
      .int()
      .min(1)
      .max(5)
      .default(2)
      .describe('attempts of resolv.conf: how often a query is sent in all.'),
    nodeCache: nodeCache.prefault({}),
  })
  .describe('Name resolution of clients inside the cluster.')

/** `spec.dns` after defaults and conversions. */
export type DnsSettings = z.output<typeof dnsSchema>
