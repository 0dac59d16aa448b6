/**
 * Codes of what can be wrong with the question of `svcsim trace` and `svcsim rules`: where a packet comes from, where it
 * goes, and how much of that is followed.
 */
import type { CodeEntry } from './error-codes-input.js'

/** Part of `ERROR_CODES`. */
export const FLOW_CODES = {
  POD_UNKNOWN: {
    meaning: 'A pod is named that the cluster does not have.',
    cure: 'Take the name that is proposed; pods of a workload are called NAME-0, NAME-1 ….',
  },
  SVC_PORT_UNKNOWN: {
    meaning: 'A Service port is named that the Service does not have.',
    cure: 'Take a port of the Service, by number or name, with --protocol if it is not TCP.',
  },
  FLOW_SYNTAX: {
    meaning: 'The source or the destination of a packet can not be read.',
    cure: 'Write --from ADDRESS, pod/NAME, node/NAME or external, and --to SERVICE:PORT or ADDRESS:PORT.',
  },
  FLOW_IMPOSSIBLE: {
    meaning: 'No packet can go from that source to that destination, or svcsim can not know how it gets in.',
    cure: 'Take another source, or the destination that the message proposes.',
  },
  FLOW_TOO_LONG: {
    meaning: 'A packet meets more rules, or can take more ways through them, than svcsim follows.',
    cure: 'Follow one way with --draw N, or trace to one endpoint by its address.',
  },
} as const satisfies Record<string, CodeEntry>
