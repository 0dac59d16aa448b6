/** Addresses of the family that the cluster has, and what to say of others. */
import { type IpFamily, parseIpAddress } from '../../base/ip-address.js'
import type { Reading } from './reading.js'

/** Is it an address of the cluster's family? */
export function isOfFamily({ cluster }: Reading, text: string): boolean {
  return parseIpAddress(text)?.family === cluster.ipFamily
}

/** The hint beside an address of the other family. */
export function familyHint({ cluster }: Reading): string {
  const other: IpFamily = cluster.ipFamily === 4 ? 6 : 4
  return `the cluster has IPv${cluster.ipFamily} addresses; spec.cluster.ipFamily: IPv${other} of the scenario changes that`
}
