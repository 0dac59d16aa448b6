/**
 * How pods behave where the scenario says nothing, as a value of its own: threads that only run the model need not load the
 * schemas for it. A test holds it to the defaults of the schema.
 */
import { nanoseconds } from '../base/nanoseconds.js'
import type { PodBehaviour } from './scenario-schema.js'

/** How pods behave of which the scenario says nothing. */
export const DEFAULT_POD_BEHAVIOUR: PodBehaviour = {
  servers: 1,
  discipline: 'fcfs',
  queueCapacity: 1024,
  whenFull: 'reject',
  serviceTime: { kind: 'exponential', mean: nanoseconds(5_000_000) },
  calls: [],
  callOrder: 'sequence',
  classes: {},
  speed: {},
}
