/**
 * All that kube-proxy in mode ipvs programs on a node, as one text of four parts: the virtual servers as `ipvsadm-save -n`
 * prints them, the addresses of kube-ipvs0, the sets as `ipset save` does, the rules as `iptables-restore` takes them.
 */
import { printIpSets } from './ipset-save.js'
import type { IpvsTables } from './ipvs-tables.js'
import { printVirtualServers } from './ipvsadm-save.js'
import { printSetTables } from './print-set-tables.js'

/** @returns lines ended by `\n`; each part after a line of comment that names the program */
export function printIpvsTables({ virtualServers, boundAddresses, ipSets, tables }: IpvsTables): string {
  const addresses = boundAddresses.map((address) => `address add ${address} dev kube-ipvs0\n`).join('')
  return [
    `# ipvsadm-save -n\n${printVirtualServers(virtualServers)}`,
    `# ip -batch\n${addresses}`,
    `# ipset save\n${printIpSets(ipSets)}`,
    `# iptables-save\n${printSetTables(tables)}`,
  ].join('')
}
