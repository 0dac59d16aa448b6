/** Records as a model would tell them: everything that a test does not name is zero. */
import {
  type ConnectionRecord,
  Outcome,
  type OutcomeName,
  type RequestRecord,
} from '../../src/model/records.js'

/** A request; its response time is the sum of its parts unless it is given. */
export function request(outcome: OutcomeName, changes: Partial<RequestRecord> = {}): RequestRecord {
  const parts = {
    dnsNs: 0,
    connectNs: 0,
    rulesNs: 0,
    networkNs: 0,
    queueNs: 0,
    serviceNs: 0,
    downstreamNs: 0,
    retryNs: 0,
  }
  const given = { ...parts, ...changes }
  const { dnsNs, connectNs, rulesNs, networkNs, queueNs, serviceNs, downstreamNs, retryNs } = given
  const responseTimeNs =
    dnsNs + connectNs + rulesNs + networkNs + queueNs + serviceNs + downstreamNs + retryNs
  return {
    call: 0,
    client: 0,
    pod: -1,
    outcome: Outcome[outcome],
    intendedNs: 0,
    attempts: 1,
    dnsQueries: 0,
    responseTimeNs,
    ...given,
  }
}

export function connection(changes: Partial<ConnectionRecord> = {}): ConnectionRecord {
  const nothing = { call: 0, client: 0, pod: 0, rulesEvaluated: 0, intendedNs: 0 }
  return { ...nothing, callerNode: -1, machine: -1, entryNode: 0, ...changes }
}
