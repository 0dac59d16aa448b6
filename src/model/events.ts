/**
 * Every kind of event of the model, with its priority among events of the same instant. Lowest first: what leaves makes
 * room before what arrives asks for it, and a deadline strikes only who is still waiting after all else has happened.
 */

export const EventKind = {
  /** The warm-up is over: counting starts. Before everything, so that the window is [warm-up, horizon]. */
  warmUpEnd: 0,
  /** A server of a pod has finished a request's own service. Payload: request. */
  serviceDone: 1,
  /** A request is done at a pod whose servers share requests or have a CPU limit, or a new period of it begins. Payload: pod. */
  workDue: 2,
  /** The last byte of an answer, or the news of a failure, reaches the caller. Payload: request. */
  answerAtCaller: 3,
  /** A name was resolved. Payload: request. */
  nameResolved: 4,
  /** The first packet of a connection reaches the load balancer. Payload: request. */
  firstPacketAtLoadBalancer: 5,
  /** The first packet of a connection reaches a node. Payload: request. */
  firstPacketAtNode: 6,
  /** The first packet of a connection reaches a pod that counts its places. Payload: request. */
  firstPacketAtPod: 7,
  /** A request reaches its pod, over an open connection. Payload: request. */
  requestAtPod: 8,
  /** A client wants something: its intended time. Payload: client group. */
  arrival: 9,
  /** A client repeats the first packet of a connection, or gives up. Payload: request. */
  synRepeated: 10,
  /** The time of an idle connection may be over. Payload: connection. */
  idleEnd: 11,
  /** A failed request is tried again. Payload: request. */
  retry: 12,
  /** The oldest request in flight of a call may have run out of time. Payload: call site. */
  deadline: 13,
  /** The time of one attempt may be over, where requests are retried. Payload: request. */
  attemptDeadline: 14,
  /** Something happens to pods or nodes. Payload: position among the changes of the cluster. */
  clusterChange: 15,
  /** The kube-proxy of a node learns of a change of endpoints. Payload: change × nodes + node. */
  endpointsLearnt: 16,
  /** It is time for a kube-proxy to write its rules. Payload: node. */
  rulesDue: 17,
  /** What a load balancer believes may have changed. Payload: its number. */
  balancerReview: 18,
  /** The news that a pod has ended a connection reaches the caller. Payload: connection. */
  connectionEnd: 19,
} as const

export type EventKindNumber = (typeof EventKind)[keyof typeof EventKind]

/** The order of the list above is the order of priority. */
export function priorityOf(kind: EventKindNumber): number {
  return kind
}
