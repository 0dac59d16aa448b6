/** From the name of a figure, as people write it, to the figure. */
import { closestName } from '../../base/closest-name.js'
import { type Diagnostic, InputError, type SourcePlace } from '../../base/diagnostics.js'
import type { Metric } from '../../results/metric-catalogue.js'
import {
  CALL_METRIC_NAMES,
  callMetricPath,
  type Figure,
  type FigureSubject,
  type SubjectKind,
  WATCHED_CALL_METRICS,
  WATCHED_NODE_METRICS,
  WATCHED_POD_METRICS,
} from './figure.js'
import type { FigureNames } from './figure-names.js'

/** First words of names, singular and plural alike. */
const KINDS: ReadonlyMap<string, SubjectKind> = new Map([
  ['service', 'service'],
  ['services', 'service'],
  ['client', 'client'],
  ['clients', 'client'],
  ['pod', 'pods'],
  ['pods', 'pods'],
  ['node', 'nodes'],
  ['nodes', 'nodes'],
])

const WHAT: Readonly<Record<SubjectKind, string>> = {
  service: 'Service that anybody calls',
  client: 'client group',
  pods: 'pod or workload',
  nodes: 'node',
}

/** Names that a hint lists where none is near. */
const MAX_LISTED = 8

/**
 * The figures that a name means: one; or, where it names a metric alone (`p99`), that of every client group.
 *
 * @param place - where the name was written, for errors
 * @throws InputError METRIC_UNKNOWN, NAME_UNKNOWN, with the nearest name
 */
export function resolveFigure(written: string, names: FigureNames, place?: SourcePlace): readonly Figure[] {
  const dot = written.indexOf('.')
  const word = written.slice(0, Math.max(0, dot))
  const kind = KINDS.get(word)
  const fail = new Failure(place)
  if (kind !== undefined) return [ofSubject(kind, written.slice(dot + 1), names, fail)]
  const path = callMetricPath(written)
  if (!WATCHED_CALL_METRICS.has(path)) throw fail.unknownMetric(written, WATCHED_CALL_METRICS, word)
  return [...names.client].map((name) => figureOf({ kind: 'client', name }, path, WATCHED_CALL_METRICS))
}

/** @param below - what stands after the first word: `web.80.responseTime.p99` */
function ofSubject(kind: SubjectKind, below: string, names: FigureNames, fail: Failure): Figure {
  const known = [...(kind === 'service' ? names.service.keys() : names[kind])]
  const name = longestBeginning(known, below)
  if (name === undefined) throw fail.unknownName(kind, below.split('.', 1)[0], known)
  const rest = below.slice(name.length + 1)
  if (kind === 'service') return ofService(name, rest, names, fail)
  const metrics = metricsOf(kind)
  const path = kind === 'client' ? callMetricPath(rest) : rest
  if (!metrics.has(path)) throw fail.unknownMetric(rest, metrics)
  return figureOf({ kind, name }, path, metrics)
}

function ofService(name: string, rest: string, names: FigureNames, fail: Failure): Figure {
  const [, portText, afterPort] = /^(\d{1,5})\.(.*)$/s.exec(rest) ?? []
  const path = callMetricPath(afterPort ?? rest)
  if (!WATCHED_CALL_METRICS.has(path)) throw fail.unknownMetric(afterPort ?? rest, WATCHED_CALL_METRICS)
  if (portText === undefined) return figureOf({ kind: 'service', name }, path, WATCHED_CALL_METRICS)
  const port = Number(portText)
  const ports = names.service.get(name) ?? new Set()
  if (!ports.has(port)) throw fail.unknownPort(name, port, [...ports])
  return figureOf({ kind: 'service', name, port }, path, WATCHED_CALL_METRICS)
}

function metricsOf(kind: SubjectKind): ReadonlyMap<string, Metric<never>> {
  if (kind === 'pods') return WATCHED_POD_METRICS
  return kind === 'nodes' ? WATCHED_NODE_METRICS : WATCHED_CALL_METRICS
}

function figureOf(
  subject: FigureSubject,
  path: string,
  metrics: ReadonlyMap<string, Pick<Metric<never>, 'unit'>>,
): Figure {
  const port = subject.kind === 'service' && subject.port !== undefined ? `.${subject.port}` : ''
  const unit = metrics.get(path)?.unit ?? 'number'
  return { name: `${subject.kind}.${subject.name}${port}.${path}`, subject, metric: path, unit }
}

/** Names of nodes hold dots, as the path does. */
function longestBeginning(names: readonly string[], path: string): string | undefined {
  return names
    .filter((name) => path.startsWith(`${name}.`))
    .reduce<string | undefined>((best, name) => (name.length > (best?.length ?? 0) ? name : best), undefined)
}

/** Errors at one place. */
class Failure {
  constructor(readonly place: SourcePlace | undefined) {}

  unknownMetric(written: string, metrics: ReadonlyMap<string, unknown>, word = ''): InputError {
    const kind = word === '' ? undefined : closestName(word, KINDS.keys())
    const paths = metrics === WATCHED_CALL_METRICS ? CALL_METRIC_NAMES : [...metrics.keys()]
    const nearest =
      paths.find((path) => written !== '' && path.endsWith(`.${written}`)) ?? closestName(written, paths)
    const proposal = kind === undefined ? nearest : `${kind}${written.slice(word.length)}`
    const hint =
      proposal === undefined ? `e.g. ${paths.slice(0, 3).join(', ')}` : `did you mean "${proposal}"?`
    return this.#error('METRIC_UNKNOWN', `There is no metric "${written}" that can be watched`, hint)
  }

  unknownName(kind: SubjectKind, name: string, known: readonly string[]): InputError {
    const nearest = closestName(name, known)
    const listed = known.length === 0 ? 'there is none' : `there are ${known.slice(0, MAX_LISTED).join(', ')}`
    const hint = nearest === undefined ? listed : `did you mean "${nearest}"?`
    return this.#error('NAME_UNKNOWN', `There is no ${WHAT[kind]} "${name}"`, hint)
  }

  unknownPort(name: string, port: number, known: readonly number[]): InputError {
    return this.#error(
      'NAME_UNKNOWN',
      `Nobody calls port ${port} of Service "${name}"`,
      `port ${known.join(', ')} is called`,
    )
  }

  #error(code: Diagnostic['code'], message: string, hint: string): InputError {
    const where = this.place === undefined ? {} : { place: this.place }
    return new InputError([{ severity: 'error', code, message, hint, ...where }])
  }
}
