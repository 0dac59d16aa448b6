/** The part of a scenario about nodes and addresses. */
import { z } from 'zod'
import { LIMITS } from './limits.js'
import { limitedList, name, portRange } from './scalars.js'

const positiveInteger = z.int().min(1)

const node = z
  .strictObject({
    name: name.describe('Name of the node; label kubernetes.io/hostname as well.'),
    zone: z.string().default('').describe('Zone: label topology.kubernetes.io/zone.'),
    labels: z
      .record(z.string(), z.string())
      .default({})
      .describe('Further labels, for nodeSelector and spread constraints.'),
    cpus: positiveInteger.max(1024).default(2).describe('Processors that forward packets.'),
  })
  .describe('One node of the cluster.')

/** `spec.cluster` */
export const cluster = z
  .strictObject({
    nodes: limitedList(node, LIMITS.clusterNodes)
      .default([])
      .describe(
        'The nodes. Node objects among the manifests are used where this is empty, and three nodes in two zones where there are none.',
      ),
    ipFamily: z
      .enum(['IPv4', 'IPv6'])
      .default('IPv4')
      .describe('The family of all addresses; clusters of both at once are not modelled.'),
    podCidr: z
      .string()
      .optional()
      .describe(
        'Addresses of pods; every node gets a part of it. 10.244.0.0/16, or fd00:10:244::/48, by default.',
      ),
    serviceCidr: z
      .string()
      .optional()
      .describe('Addresses that ClusterIPs are drawn from. 10.96.0.0/12, or fd00:10:96::/112, by default.'),
    nodeCidr: z
      .string()
      .optional()
      .describe('Addresses of nodes. 192.168.0.0/24, or fd00:192:168::/112, by default.'),
    loadBalancerCidr: z
      .string()
      .optional()
      .describe(
        'Addresses given to Services of type LoadBalancer that have none. 203.0.113.0/24, or 2001:db8:203::/112, by default.',
      ),
    nodePortRange: portRange
      .default({ first: 30_000, last: 32_767 })
      .describe('--service-node-port-range of the API server. 30000-32767 by default.'),
    otherServices: z
      .strictObject({
        count: z.int().min(0).max(100_000).default(0).describe('How many there are.'),
        endpoints: z.int().min(0).max(1_000).default(1).describe('Endpoints behind each.'),
      })
      .prefault({})
      .describe(
        'Services of the cluster that are not among the manifests: nobody uses them, but every node has their rules, half of them before those of the manifests and half after.',
      ),
    goneAddress: z
      .enum(['swallowed', 'noRoute', 'unreachable', 'blackhole', 'noArpReply'])
      .optional()
      .describe(
        'What becomes of packets to the address of a pod that is no more, which depends on the network plugin: noArpReply on a bridge (the default), blackhole with Calico.',
      ),
    placement: z
      .record(z.string(), z.array(z.string()).min(1))
      .default({})
      .describe(
        'Pods on nodes, by hand: workload name to the list of nodes of its pods 0, 1, 2 …; used again from the start where the list is shorter. Wins over every other rule.',
      ),
  })
  .describe('Nodes and address ranges.')
