/** The question of a trace, in the words of the command line. */
import type { IpProtocol } from '../../netfilter/iptables/rule.js'

/** What is asked; texts are as the user wrote them. */
export interface FlowQuestion {
  /** An address, `pod/NAME`, `node/NAME` or `external`. */
  readonly from: string
  /** `SERVICE:PORT`, `ADDRESS:PORT`, `pod/NAME:PORT` or `node/NAME:PORT`. */
  readonly to: string
  /** `node/NAME` or the name alone: by which node a packet from outside comes in. */
  readonly via?: string | undefined
  /** Undefined: that of the Service port where it has one only, else TCP. */
  readonly protocol?: IpProtocol | undefined
  /** 1 to 65535. */
  readonly sourcePort?: number | undefined
  /** A pod, by name, that remembers the client by session affinity on every node. */
  readonly remembered?: string | undefined
  /** Follows the n-th draw of the seed, from 1; undefined: all ways. */
  readonly draw?: number | undefined
  /** The interface of a node by which packets of its pods come in; undefined: as the scenario has it. */
  readonly podInterface?: string | undefined
  /** Rules taken from real nodes. */
  readonly dumps: readonly RulesDump[]
  /** Of more rules in a row that do not match, only the number is told. */
  readonly maxRunLength: number
  /** Repeats the trace. */
  readonly command: string
}

/** The output of `iptables-save` on one node. */
export interface RulesDump {
  readonly node: string
  readonly file: string
  readonly text: string
}
