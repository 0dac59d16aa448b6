/** Listens to one replication: hands each record to the collector of its call site. */
import type { ConnectionRecord, Observer, RequestRecord, SimulationTotals } from '../model/records.js'
import { BacklogCollector } from './backlog.js'
import { CallCollector, type CallMeasures, type CallSettings } from './call-collector.js'

/** All that one replication found. */
export interface ReplicationMeasures {
  /** By call site. */
  readonly calls: readonly CallMeasures[]
  readonly totals: SimulationTotals
  /** By call site: requests under way, on average over each quarter of the window. */
  readonly backlogs: readonly (readonly number[])[]
}

/** The observer of one replication. */
export class ReplicationCollector implements Observer {
  readonly #calls: readonly CallCollector[]
  readonly #backlogs: readonly BacklogCollector[]

  /** @param warmUpNs - connections of requests intended before are remembered, not counted */
  constructor(
    settings: readonly CallSettings[],
    podCount: number,
    readonly warmUpNs: number,
    horizonNs: number,
  ) {
    this.#calls = settings.map((each) => new CallCollector(each, podCount))
    this.#backlogs = settings.map(() => new BacklogCollector(warmUpNs, horizonNs))
  }

  connectionReached(record: Readonly<ConnectionRecord>): void {
    this.#calls[record.call].connectionReached(record, record.intendedNs >= this.warmUpNs)
  }

  requestEnded(record: Readonly<RequestRecord>): void {
    this.#calls[record.call].requestEnded(record)
    this.#backlogs[record.call].record(record.intendedNs, record.responseTimeNs)
  }

  measures(totals: SimulationTotals): ReplicationMeasures {
    return {
      calls: this.#calls.map((call) => call.measures()),
      totals,
      backlogs: this.#backlogs.map((backlog) => backlog.means()),
    }
  }
}
