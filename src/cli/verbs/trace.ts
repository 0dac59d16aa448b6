/** `svcsim trace`: the way of one packet, rule by rule. */
import { tracePacket } from '../../experiment/trace/trace-packet.js'
import { usageError } from '../exit-codes.js'
import { readTextArgument } from '../input-files.js'
import { loadClusterArguments, stableArgument } from '../load-cluster.js'
import type { InputOptions } from '../options.js'
import { shellText } from '../shell-text.js'
import type { Surroundings } from '../surroundings.js'

/** Rules in a row without a match that are still shown one by one. */
const SHOWN_RUN_LENGTH = 8

export interface TraceOptions extends InputOptions {
  readonly from: string
  readonly to: string
  readonly via?: string
  readonly protocol?: 'tcp' | 'udp' | 'sctp'
  readonly sourcePort?: number
  readonly remembered?: string
  readonly draw?: number
  readonly podInterface?: string
  /** `NODE=DUMP`, in order. */
  readonly rules?: readonly string[]
  readonly allRules?: boolean
  readonly format: 'text' | 'json'
}

/**
 * @param paths - one scenario, or manifests
 * @throws InputError with all errors; ClosedPipe
 */
export async function traceVerb(
  paths: readonly string[],
  options: TraceOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { from, to, via, protocol, sourcePort, remembered, draw, podInterface, allRules = false } = options
  const given = (options.rules ?? []).map(splitRules)
  if (
    [...paths, ...(options.filename ?? []), ...given.map(({ file }) => file)].filter((name) => name === '-')
      .length > 1
  )
    throw usageError('only one thing can be read from the standard input')
  const loaded = await loadClusterArguments('trace', paths, options, surroundings)
  const dumps = await Promise.all(
    given.map(async ({ node, file }) => {
      const { path, text } = await readTextArgument(file, surroundings)
      return { node, file: path, text }
    }),
  )
  const rules = given.map(({ node, file }) => `${node}=${stableArgument(file, surroundings)}`)
  const trace = tracePacket(loaded, {
    from,
    to,
    via,
    protocol,
    sourcePort,
    remembered,
    draw,
    podInterface,
    dumps,
    maxRunLength: allRules ? Number.POSITIVE_INFINITY : SHOWN_RUN_LENGTH,
    command: `svcsim ${shellText(['trace', ...loaded.stableArguments, ...questionArguments({ ...options, rules })])}`,
  })
  const { renderTrace } = await import('../../report/render-trace.js')
  await surroundings.stdout.write(renderTrace(trace, options.format))
}

function splitRules(text: string): { readonly node: string; readonly file: string } {
  const equals = text.indexOf('=')
  if (equals < 1 || equals === text.length - 1)
    throw usageError(`--rules "${text}" does not say which node and which file`, 'write --rules NODE=DUMP')
  return { node: text.slice(0, equals), file: text.slice(equals + 1) }
}

/** The question again, in a fixed order. */
function questionArguments(options: TraceOptions): string[] {
  const {
    from,
    to,
    via,
    protocol,
    sourcePort,
    remembered,
    draw,
    rules = [],
    podInterface,
    allRules,
  } = options
  const optional = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [name, String(value)]
  return [
    ...['--from', from, '--to', to],
    ...optional('--via', via),
    ...optional('--protocol', protocol),
    ...optional('--source-port', sourcePort),
    ...optional('--remembered', remembered),
    ...optional('--draw', draw),
    ...rules.flatMap((text) => ['--rules', text]),
    ...optional('--pod-interface', podInterface),
    ...(allRules === true ? ['--all-rules'] : []),
  ]
}
