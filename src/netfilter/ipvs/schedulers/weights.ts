/** Weights of a list of servers, as the weighted schedulers sum them up. */
import type { LiveServer } from '../live-server.js'

/** The greatest common divisor of all weights above zero; 0 if there is none. */
export function greatestCommonDivisor(
  servers: readonly LiveServer[],
  weightOf: (server: LiveServer) => number,
): number {
  return servers.reduce((divisor, server) => divisorOf(divisor, weightOf(server)), 0)
}

/** The greatest weight; 0 if there is no server. */
export function greatestWeight(
  servers: readonly LiveServer[],
  weightOf: (server: LiveServer) => number,
): number {
  return servers.reduce((greatest, server) => Math.max(greatest, weightOf(server)), 0)
}

function divisorOf(one: number, other: number): number {
  let [greater, smaller] = [one, other]
  while (smaller > 0) [greater, smaller] = [smaller, greater % smaller]
  return greater
}
