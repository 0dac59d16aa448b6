/** Listens to one replication: hands each record to the collector of its call site. */
import type { ConnectionRecord, Observer, RequestRecord, SimulationTotals } from '../model/records.js'
import { CallCollector, type CallMeasures, type CallSettings } from './call-collector.js'

/** All that one replication found. */
export interface ReplicationMeasures {
  /** By call site. */
  readonly calls: readonly CallMeasures[]
  readonly totals: SimulationTotals
}

/** The observer of one replication. */
export class ReplicationCollector implements Observer {
  readonly #calls: readonly CallCollector[]

  /** @param warmUpNs - connections of requests intended before are remembered, not counted */
  constructor(
    settings: readonly CallSettings[],
    podCount: number,
    readonly warmUpNs: number,
  ) {
    this.#calls = settings.map((each) => new CallCollector(each, podCount))
  }

  connectionReached(record: Readonly<ConnectionRecord>): void {
    this.#calls[record.call].connectionReached(record, record.intendedNs >= this.warmUpNs)
  }

  requestEnded(record: Readonly<RequestRecord>): void {
    this.#calls[record.call].requestEnded(record)
  }

  measures(totals: SimulationTotals): ReplicationMeasures {
    return { calls: this.#calls.map((call) => call.measures()), totals }
  }
}
