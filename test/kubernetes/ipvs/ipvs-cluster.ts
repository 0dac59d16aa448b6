/** Tables of mode ipvs in short texts. */
import { ipvsTables } from '../../../src/kubernetes/ipvs/ipvs-tables.js'
import { SET_DEFINITIONS, type SetKey } from '../../../src/kubernetes/ipvs/set-definitions.js'
import type { NodeInfo, ProxyOptions, ServicePortInfo } from '../../../src/kubernetes/proxy-inputs.js'
import type { IpvsTables } from '../../../src/netfilter/ipvs/ipvs-tables.js'
import { printVirtualServers } from '../../../src/netfilter/ipvs/ipvsadm-save.js'
import { printSetRule } from '../../../src/netfilter/ipvs/print-set-tables.js'
import { NODE, optionsWith } from '../nftables/service-ports.js'

/** Tables of one node. */
export function tablesFor(
  ports: readonly ServicePortInfo[],
  options: Partial<ProxyOptions> = {},
  node: NodeInfo = NODE,
): IpvsTables {
  const [tables] = ipvsTables(ports, [node], optionsWith(options))
  return tables
}

/** One line for each virtual server, as in `10.96.0.10:80 -> 10.244.0.2:8080 10.244.0.3:8080`. */
export function serverLines({ virtualServers }: IpvsTables): string[] {
  return virtualServers.map((each) => {
    const [first, ...others] = printVirtualServers([each]).trimEnd().split('\n')
    const [, , name] = first.split(' ')
    return [name, '->', ...others.map((line) => line.split(' ')[4])].join(' ')
  })
}

/** The same without real servers. */
export function serverNames(tables: IpvsTables): string[] {
  return serverLines(tables).map((line) => line.split(' ')[0])
}

/** What is in a set. */
export function entriesOf({ ipSets }: IpvsTables, key: SetKey): readonly string[] {
  return ipSets[Object.keys(SET_DEFINITIONS).indexOf(key)].entries
}

/** Rules of a chain, without comments. */
export function rulesOf({ tables }: IpvsTables, table: 'filter' | 'nat', name: string): string[] {
  const chain = tables.find((each) => each.name === table)?.chains.find((each) => each.name === name)
  return (chain?.rules ?? []).map((rule) =>
    printSetRule(name, rule)
      .replace(/ -m comment --comment "[^"]*"/, '')
      .replace(`-A ${name} `, ''),
  )
}
