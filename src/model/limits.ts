/**
 * What runs out, and what is waited for: sizes and time-outs of the kernel, each with unit and source. A scenario sets
 * single ones under `spec.limits`.
 */
import type { Scenario } from '../input/scenario-schema.js'

interface LimitConstant {
  readonly unit: 'ns' | 'count'
  /** In its unit. */
  readonly value: number
  readonly meaning: string
  readonly source: string
}

const KUBE_PROXY = 'kube-proxy: conntrack.maxPerCore, conntrack.min'
const CONNTRACK = 'Linux nf_conntrack_proto_tcp.c'

/** Every limit. `LIMIT_FIELDS` of the scenario schema has the same names. */
export const LIMIT_CONSTANTS = {
  conntrackPerCpu: {
    unit: 'count',
    value: 32_768,
    meaning: 'Connections that a node tracks, for each of its processors; 0: without limit',
    source: KUBE_PROXY,
  },
  conntrackLeast: {
    unit: 'count',
    value: 131_072,
    meaning: 'Connections that a node tracks at least, however few its processors',
    source: KUBE_PROXY,
  },
  conntrackTimeWait: {
    unit: 'ns',
    value: 120e9,
    meaning: 'How long a closed connection keeps its place in the table of a node',
    source: `${CONNTRACK}, TIME_WAIT`,
  },
  conntrackSynSent: {
    unit: 'ns',
    value: 120e9,
    meaning:
      'How long a connection that was never answered keeps its place; a full table forgets these first',
    source: `${CONNTRACK}, SYN_SENT; nf_conntrack_core.c, early_drop`,
  },
  conntrackClose: {
    unit: 'ns',
    value: 10e9,
    meaning: 'How long a connection that was reset keeps its place',
    source: `${CONNTRACK}, CLOSE`,
  },
  conntrackUdp: {
    unit: 'ns',
    value: 30e9,
    meaning: 'How long queries and answers from one UDP port keep their place after the last of them',
    source: 'Linux nf_conntrack_proto_udp.c, UDP_CT_UNREPLIED',
  },
  conntrackUdpStream: {
    unit: 'ns',
    value: 120e9,
    meaning: 'The same for UDP ports that are answered, and used for more than 2 s',
    source: 'Linux nf_conntrack_proto_udp.c, UDP_CT_REPLIED',
  },
  nodeBacklog: {
    unit: 'count',
    value: 1_000,
    meaning: 'First packets that may wait for each processor of a node; the next is dropped',
    source: 'Linux net.core.netdev_max_backlog',
  },
  masqueradePorts: {
    unit: 'count',
    value: 64_512,
    meaning: 'Connections that a node can masquerade at once, to each endpoint',
    source: 'Linux nf_nat_core.c: ports 1024 to 65535; measured: test/data/ground-truth/limits.json',
  },
  clientPorts: {
    unit: 'count',
    value: 28_232,
    meaning: 'Connections that a client can have to one Service at once, those in TIME_WAIT included',
    source: 'Linux net.ipv4.ip_local_port_range, 32768 to 60999',
  },
  clientTimeWait: {
    unit: 'ns',
    value: 60e9,
    meaning: 'How long a connection that the client closed keeps its port',
    source: 'Linux TCP_TIMEWAIT_LEN',
  },
  cpuPeriod: {
    unit: 'ns',
    value: 100e6,
    meaning: 'Period in which the CPU limit of a pod holds',
    source: 'kubelet: cpuCFSQuotaPeriod',
  },
} as const satisfies Record<string, LimitConstant>

export type LimitName = keyof typeof LIMIT_CONSTANTS

/** By limit, in its unit. */
export type Limits = Readonly<Record<LimitName, number>>

/** The limits in force. */
export function limitsOf({ spec }: Scenario): Limits {
  const names = Object.keys(LIMIT_CONSTANTS) as LimitName[]
  const entries = names.map((name) => [name, spec.limits[name] ?? LIMIT_CONSTANTS[name].value])
  return Object.fromEntries(entries) as Limits
}

/** Connections that a node tracks at most. */
export function conntrackMax(limits: Limits, cpuCount: number): number {
  if (limits.conntrackPerCpu === 0) return Number.POSITIVE_INFINITY
  return Math.max(limits.conntrackLeast, limits.conntrackPerCpu * cpuCount)
}
