/**
 * When a client repeats a first packet (SYN) that nobody answers, and when it gives up.
 *
 * Left out: repetition of later packets, whose loss is not modelled.
 * Sources: measured on Linux 6.18 (test/data/ground-truth/syn_retry.json); Linux tcp_timer.c, tcp_write_timeout;
 * ip-sysctl: tcp_syn_retries 6 and tcp_syn_linear_timeouts 4 (from 6.5 on) or none (before).
 */

/** Times since the first packet, integer ns. */
export interface SynSchedule {
  /** Of each repetition, ascending. */
  readonly repeatNs: readonly number[]
  /** When the attempt ends in an error. */
  readonly giveUpNs: number
}

const MS = 1e6

/** `linux`: five steps of one second, then doubling; as measured as far as it was, doubled from there on. */
export const SYN_SCHEDULES = {
  linux: {
    repeatNs: [1_020, 2_040, 3_070, 4_090, 5_120, 7_130, 11_320, 19_510, 35_640, 67_900].map((ms) => ms * MS),
    giveUpNs: 132_400 * MS,
  },
  'linux-before-6.5': {
    repeatNs: [1_000, 3_000, 7_000, 15_000, 31_000, 63_000].map((ms) => ms * MS),
    giveUpNs: 127_000 * MS,
  },
} as const satisfies Record<string, SynSchedule>

export type SynScheduleName = keyof typeof SYN_SCHEDULES

/** A schedule with only so many repetitions: what is left out is waited for all the same, then given up. */
export function synSchedule(name: SynScheduleName, repetitions: number | undefined): SynSchedule {
  const whole = SYN_SCHEDULES[name]
  if (repetitions === undefined || repetitions >= whole.repeatNs.length) return whole
  return {
    repeatNs: whole.repeatNs.slice(0, repetitions),
    giveUpNs: whole.repeatNs[repetitions] ?? whole.giveUpNs,
  }
}
