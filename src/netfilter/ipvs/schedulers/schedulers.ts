/** The schedulers by their names. */
import type { SchedulerName } from '../virtual-server.js'
import { dh } from './dh.js'
import { lblc } from './lblc.js'
import { lblcr } from './lblcr.js'
import { lc } from './lc.js'
import { mh } from './mh.js'
import { nq } from './nq.js'
import { rr } from './rr.js'
import type { Scheduler, SchedulerOptions } from './scheduler.js'
import { sed } from './sed.js'
import { sh } from './sh.js'
import { wlc } from './wlc.js'
import { wrr } from './wrr.js'

export const SCHEDULERS = {
  rr,
  wrr,
  lc,
  wlc,
  sh,
  mh,
  dh,
  sed,
  nq,
  lblc,
  lblcr,
} as const satisfies Record<SchedulerName, (options: SchedulerOptions) => Scheduler>
