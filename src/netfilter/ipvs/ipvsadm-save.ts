/**
 * The IPVS table as the text of `ipvsadm-save -n`, which `ipvsadm-restore` reads.
 *
 * Lines come in the order of the data, real servers as they were added, so that restoring the text makes the same lists.
 * `ipvsadm-save` itself prints the kernel's lists, newest first, or sorted by address, as its version has it.
 * Source: ipvsadm 1.31, ipvsadm.c, print_service_and_dests; ipvsadm(8).
 */
import type { IpProtocol } from '../iptables/rule.js'
import { addressAndPort, type VirtualServer } from './virtual-server.js'

const SERVICE_OPTIONS: Readonly<Record<IpProtocol, string>> = {
  tcp: '-t',
  udp: '-u',
  sctp: '--sctp-service',
}

/** @returns lines ended by `\n` */
export function printVirtualServers(virtualServers: readonly VirtualServer[]): string {
  return virtualServers
    .flatMap(virtualServerLines)
    .map((line) => `${line}\n`)
    .join('')
}

function virtualServerLines(server: VirtualServer): string[] {
  const service = `${SERVICE_OPTIONS[server.protocol]} ${addressAndPort(server)}`
  return [
    `-A ${service} -s ${server.scheduler}${persistence(server)}${schedulerFlags(server)}`,
    ...server.realServers.map((each) => `-a ${service} -r ${addressAndPort(each)} -m -w ${each.weight}`),
  ]
}

function persistence({ persistenceSeconds }: VirtualServer): string {
  return persistenceSeconds === undefined ? '' : ` -p ${persistenceSeconds}`
}

/** Two bits of the kernel, named after the scheduler that reads them. */
function schedulerFlags({ scheduler, isFallingBack, isHashingPorts }: VirtualServer): string {
  const isNamed = scheduler === 'sh' || scheduler === 'mh'
  const names = isNamed ? [`${scheduler}-fallback`, `${scheduler}-port`] : ['flag-1', 'flag-2']
  const flags = [isFallingBack, isHashingPorts].flatMap((isSet, index) => (isSet ? [names[index]] : []))
  return flags.length === 0 ? '' : ` -b ${flags.join(',')}`
}
