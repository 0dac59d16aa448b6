/**
 * How pods of a random scenario work: disciplines, CPU limits, slow starts, classes, calls in parallel. Drawn apart from all
 * else, so that the other parts of a scenario do not depend on it.
 */
import { NS_PER_MS } from '../../src/base/nanoseconds.js'
import type { Stream } from '../../src/engine/streams.js'

interface Settings {
  readonly pods: Readonly<Record<string, object>>
  readonly clients: readonly object[]
  readonly limits: object
}

export interface PodOptions {
  /** Nothing is rounded, so that doubled times double everything: no sharing, no limits, no slow start. */
  readonly isConstant: boolean
  /** Every length of time is multiplied by this integer. */
  readonly timeFactor: number
}

const HEAVY = 'heavy'

/** The settings with what pods do added. */
export function withPods({ pods, clients, limits }: Settings, stream: Stream, options: PodOptions): Settings {
  const pick = <T>(...choices: readonly T[]): T => choices[stream.below(choices.length)]
  const time = (ms: number) => `${ms * NS_PER_MS * options.timeFactor}ns`
  const heavy = () => ({ serviceTime: time(pick(2, 30)), ...pick({}, { calls: [] }) })
  const drawn = Object.entries(pods).map(([name, behaviour]) => {
    const always = {
      callOrder: pick('sequence', 'parallel'),
      classes: pick({}, { [HEAVY]: heavy() }),
    }
    const rounded = {
      discipline: pick('fcfs', 'fcfs', 'ps'),
      ...pick({}, {}, { cpuLimit: pick('100m', '300m', '750m', '1500m', 'fromManifest') }),
      ...pick({}, {}, { slowStart: { duration: time(pick(50, 400)), factor: pick(0.2, 0.7, 1) } }),
    }
    return [name, { ...behaviour, ...always, ...(options.isConstant ? {} : rounded) }] as const
  })
  const hasClass = drawn.some(([, { classes }]) => HEAVY in classes)
  return {
    pods: Object.fromEntries(drawn),
    clients: clients.map((group) => ({ ...group, ...pick({}, hasClass ? { class: HEAVY } : {}) })),
    limits: { ...limits, cpuPeriod: pick('10ms', '25ms', '100ms') },
  }
}

/** Resources of a container: its CPU limit, in some. */
export function drawResources(stream: Stream): object {
  return [{}, { resources: { limits: { cpu: '400m', memory: '64Mi' } } }][stream.below(2)]
}
