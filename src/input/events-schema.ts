/** What happens to pods and nodes during a run: `spec.events`, and the times that a cluster takes to follow. */
import { z } from 'zod'
import { delay } from './distribution-schema.js'
import { LIMITS } from './limits.js'
import { duration, limitedCount, limitedList } from './scalars.js'

const at = duration.describe('Simulated time at which it happens.')
const workload = z.string().min(1).describe('Name of the workload, or of a Pod written by hand.')
const pods = z
  .array(z.int().min(0))
  .max(1_000)
  .optional()
  .describe(
    'Which of its pods: positions among those that are there then, oldest first, from 0. All by default.',
  )

/** The field that tells events apart. */
function eventKind<Word extends string>(word: Word) {
  return z.literal(word).describe('What happens.')
}

/** Ways in which a pod can be gone, by what becomes of packets to it. */
export const LOSS_WAYS = [
  'exit',
  'crash',
  'swallowed',
  'noRoute',
  'unreachable',
  'blackhole',
  'noArpReply',
] as const

const killPods = z
  .strictObject({
    at,
    kind: eventKind('killPods'),
    workload,
    pods,
    how: z
      .enum(LOSS_WAYS)
      .default('crash')
      .describe(
        'exit: the process ends and closes its connections (FIN); crash: it is killed and its connections are reset (RST); both leave a closed port. The others cut the pod off: packets to it are swallowed beyond the node, have no route, an unreachable or a blackhole route, or nobody answers ARP for it.',
      ),
    restartAfter: duration
      .optional()
      .describe('When the process runs, or the pod is connected, again. Never by default.'),
  })
  .describe('Pods fail without warning. They are not ready as soon as kubelet has noticed.')

const deletePods = z
  .strictObject({ at, kind: eventKind('deletePods'), workload, pods })
  .describe(
    'kubectl delete pod: pods end in order (spec.pods.NAME.shutdown); a workload starts others in their place.',
  )

const scale = z
  .strictObject({
    at,
    kind: eventKind('scale'),
    workload,
    replicas: limitedCount(LIMITS.pods).describe('The new number of pods.'),
  })
  .describe('kubectl scale: the youngest pods go first.')

const share = z.union([
  z.int().min(0).max(100_000),
  z.string().regex(/^(?:100|[1-9]?\d)%$/, 'a number of pods, or a percentage such as 25%'),
])

const rollout = z
  .strictObject({
    at,
    kind: eventKind('rollout'),
    workload,
    maxSurge: share
      .optional()
      .describe('Pods above the number wanted, rounded up. That of the manifest, or 25%, by default.'),
    maxUnavailable: share
      .optional()
      .describe('Pods below the number wanted, rounded down. That of the manifest, or 25%, by default.'),
  })
  .describe('kubectl rollout restart: new pods for old ones, by the strategy of the manifest.')

const drainNode = z
  .strictObject({ at, kind: eventKind('drainNode'), node: z.string().min(1).describe('Name of the node.') })
  .describe('kubectl drain: pods of the node are deleted, but for those of DaemonSets, and start elsewhere.')

const loseNode = z
  .strictObject({
    at,
    kind: eventKind('loseNode'),
    node: z.string().min(1).describe('Name of the node.'),
    backAfter: duration.optional().describe('When it is back, with its pods as they were. Never by default.'),
  })
  .describe(
    'A node falls silent with all that is on it. It is not ready after nodeMonitorGracePeriod, and its pods start elsewhere after podEvictionAfter.',
  )

const setReady = z
  .strictObject({
    at,
    kind: eventKind('setReady'),
    workload,
    pods,
    ready: z.boolean().describe('What the readiness probe says from now on.'),
  })
  .describe('The readiness probe of pods changes its mind; they go on working.')

/** `spec.events` */
export const events = limitedList(
  z.discriminatedUnion('kind', [killPods, deletePods, scale, rollout, drainNode, loseNode, setReady]),
  LIMITS.events,
)
  .optional()
  .describe('What happens to pods and nodes during the run, in any order. Nothing by default.')

/** `spec.controlPlane` */
export const controlPlane = z
  .strictObject({
    ruleDelay: delay
      .prefault({ distribution: 'lognormal', mean: '500ms', p99: '3s' })
      .describe(
        'From a change of endpoints to the kube-proxy of a node knowing it, for each node and change: EndpointSlice controller, API server, watch.',
      ),
    minSyncPeriod: duration
      .prefault('1s')
      .describe('--iptables-min-sync-period: a kube-proxy writes rules no sooner after it last did.'),
    kubeletNotices: duration
      .prefault('1s')
      .describe('From the end of a process to its pod being not ready: kubelet looks every second.'),
    probeFailureNotices: duration
      .prefault('30s')
      .describe('From a pod being cut off to not ready: readinessProbe, 3 failures 10 s apart.'),
    nodeMonitorGracePeriod: duration
      .prefault('50s')
      .describe('--node-monitor-grace-period: from the loss of a node to its pods being not ready.'),
    podEvictionAfter: duration
      .prefault('300s')
      .describe('From a node being not ready to its pods starting elsewhere: tolerationSeconds.'),
  })
  .describe(
    'How soon the control plane notices what happens; only events need it. Each of its times has a default.',
  )

/** `spec.pods.NAME.startup` */
export const startup = z
  .strictObject({
    readyAfter: duration.prefault('5s').describe('From the start of a pod to it being ready.'),
  })
  .describe('How pods start that start during the run: ready after 5s by default.')

/** `spec.pods.NAME.shutdown` */
export const shutdown = z
  .strictObject({
    preStop: duration
      .optional()
      .describe(
        'Time that the preStop hook takes: the pod works as before, and SIGTERM comes after it. The sleep of the hooks of the manifest by default.',
      ),
    onTerm: z
      .enum(['exit', 'drain', 'ignore'])
      .default('exit')
      .describe(
        'What the process does at SIGTERM. exit: it ends, and what it worked on is lost; drain: it takes no new connections, closes idle ones and finishes what it has; ignore: it works on until it is killed.',
      ),
    drainTime: duration
      .prefault('10s')
      .describe('With drain: when the process ends at the latest, after SIGTERM.'),
    gracePeriod: duration
      .optional()
      .describe(
        'From the deletion, preStop included, to SIGKILL: terminationGracePeriodSeconds of the manifest, or 30s, by default.',
      ),
  })
  .describe('How pods end that are deleted during the run. By default the process ends at SIGTERM.')

export const startupDefaults = startup.parse({})
export const shutdownDefaults = shutdown.parse({})
export const controlPlaneDefaults = controlPlane.parse({})
