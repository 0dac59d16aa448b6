/** What happens to pods and nodes in a random scenario, drawn apart from all else: everything within the time of the demand. */
import { NS_PER_MS } from '../../src/base/nanoseconds.js'
import { type Stream, Streams } from '../../src/engine/streams.js'
import { LOSS_WAYS } from '../../src/input/events-schema.js'
import type { ScenarioDraft } from './random-scenario.js'

interface Named {
  readonly kind: string
  readonly metadata: { readonly name: string }
}

/** The scenario with one to four events, pods that start and end quickly, and a control plane that follows within milliseconds. */
export function withEvents({ documents, spec }: ScenarioDraft, seed: number): ScenarioDraft {
  const stream = new Streams(seed, 0).get('draft/events')
  const workloads = (documents as Named[]).filter(({ kind }) => kind === 'Deployment')
  const names = workloads.map(({ metadata }) => metadata.name)
  const nodes = (spec.cluster as { nodes: { name: string }[] }).nodes.map(({ name }) => name)
  const count = 1 + stream.below(4)
  const pods = Object.entries(spec.pods as Record<string, object>).map(([name, behaviour]) => [
    name,
    { ...behaviour, startup: { readyAfter: ms(stream, 0, 5, 60) }, shutdown: shutdown(stream) },
  ])
  return {
    documents,
    spec: {
      ...spec,
      pods: Object.fromEntries(pods),
      cluster: { ...(spec.cluster as object), goneAddress: pick(stream, LOSS_WAYS.slice(2)) },
      controlPlane: {
        ruleDelay: pick(stream, ['0ms', '5ms', { distribution: 'exponential', mean: '40ms' }]),
        minSyncPeriod: ms(stream, 0, 20, 100),
        kubeletNotices: ms(stream, 0, 10),
        probeFailureNotices: ms(stream, 20, 100),
        nodeMonitorGracePeriod: ms(stream, 20, 100),
        podEvictionAfter: ms(stream, 10, 100),
      },
      events: Array.from({ length: count }, () => event(stream, names, nodes)),
    },
  }
}

function event(stream: Stream, workloads: readonly string[], nodes: readonly string[]): object {
  const at = `${20 + stream.below(450)}ms`
  const workload = pick(stream, workloads)
  const pods = pick(stream, [{}, { pods: [0] }])
  switch (stream.below(8)) {
    case 0:
    case 1:
      return {
        at,
        kind: 'killPods',
        workload,
        ...pods,
        how: pick(stream, LOSS_WAYS),
        ...back(stream, 'restartAfter'),
      }
    case 2:
      return { at, kind: 'deletePods', workload, ...pods }
    case 3:
      return { at, kind: 'scale', workload, replicas: stream.below(5) }
    case 4:
      return { at, kind: 'rollout', workload, ...pick(stream, [{}, { maxSurge: 0, maxUnavailable: 1 }]) }
    case 5:
      return { at, kind: 'drainNode', node: pick(stream, nodes) }
    case 6:
      return { at, kind: 'loseNode', node: pick(stream, nodes), ...back(stream, 'backAfter') }
    default:
      return { at, kind: 'setReady', workload, ...pods, ready: pick(stream, [true, false]) }
  }
}

function shutdown(stream: Stream): object {
  return {
    preStop: ms(stream, 0, 0, 30),
    onTerm: pick(stream, ['exit', 'drain', 'ignore']),
    drainTime: ms(stream, 1, 100),
    gracePeriod: ms(stream, 0, 50, 200),
  }
}

function back(stream: Stream, name: string): object {
  return pick(stream, [{}, { [name]: ms(stream, 1, 30, 150) }])
}

function ms(stream: Stream, ...choices: readonly number[]): string {
  return `${pick(stream, choices) * NS_PER_MS}ns`
}

function pick<T>(stream: Stream, choices: readonly T[]): T {
  return choices[stream.below(choices.length)]
}
