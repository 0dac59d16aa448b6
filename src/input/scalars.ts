/**
 * The texts that stand for numbers and names in a scenario: durations (`250ms`, `1m30s`), rates (`400/s`), Kubernetes
 * quantities (`500m`, `1Gi`), port ranges, names and references, as zod schemas that check, convert and describe
 * themselves to editors.
 */
import { z } from 'zod'
import type { DiagnosticCode } from '../base/error-codes.js'
import type { Nanoseconds } from '../base/nanoseconds.js'
import { formatCount, parseDuration, parseQuantity, parseRate } from '../base/units.js'

const MAX_PORT = 65_535
const MAX_HOST_NAME = 253
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/**
 * A schema of texts that `parse` turns into a value.
 *
 * @param expected - what is wanted, with an example; follows "it must be"
 */
export function parsedText<T>(
  code: DiagnosticCode,
  parse: (text: string) => T | undefined,
  expected: string,
  examples: readonly string[],
) {
  return z
    .string({ error: expected })
    .meta({ examples: [...examples] })
    .transform((text, context): T => {
      const value = parse(text)
      if (value !== undefined) return value
      context.issues.push({ code: 'custom', message: expected, input: text, params: { code, expected } })
      return z.NEVER
    })
}

/** A length of time. Output: integer ns. */
export const duration = parsedText<Nanoseconds>(
  'DURATION',
  parseDuration,
  'a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds',
  ['250ms', '1.5s', '1m30s'],
)

/** Events per second, above 0. */
export const rate = parsedText(
  'RATE',
  (text) => positive(parseRate(text)),
  'a rate such as 400/s, 30/m or 2/h, above 0',
  ['400/s', '30/m'],
)

/** A non-negative number in Kubernetes' notation; a plain number is taken as it is. */
export const quantity = z.union([
  z.number().min(0),
  parsedText('QUANTITY', parseQuantity, 'a quantity such as 500m, 2k or 1Gi', ['500m', '1Gi']),
])

/** A DNS label, as Kubernetes wants most names. */
export const name = z.string().regex(DNS_LABEL, {
  error:
    'a name of at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit',
})

/** A full or short DNS name, with or without its final dot. */
export const hostName = parsedText(
  'FIELD_VALUE',
  (text) => (isHostName(text) ? text : undefined),
  'a DNS name such as api.example.com',
  ['api.example.com', 'api.example.com.'],
)

/** A range of ports. */
export const portRange = parsedText('FIELD_VALUE', parsePortRange, 'a range of ports such as 30000-32767', [
  '30000-32767',
])

/** A Service and one of its ports, by number or name. */
export const serviceReference = parsedText(
  'REFERENCE',
  parseServiceReference,
  'a Service and its port, such as redis:6379, web:http or web.shop:80',
  ['redis:6379', 'web.shop:http'],
)

/**
 * A whole number with a limit of svcsim.
 *
 * @param limit - the largest number taken; above it LIMIT_EXCEEDED
 */
export function limitedCount(limit: number) {
  return z
    .int()
    .min(0)
    .refine((count) => count <= limit, atMost(limit))
    .meta({ maximum: limit })
}

/** A list with a limit of svcsim on its length; above it LIMIT_EXCEEDED. */
export function limitedList<Item extends z.ZodType>(item: Item, limit: number) {
  return z
    .array(item)
    .refine((items) => items.length <= limit, atMost(limit))
    .meta({ maxItems: limit })
}

function atMost(limit: number) {
  const error = `svcsim takes at most ${formatCount(limit)}`
  return { error, params: { code: 'LIMIT_EXCEEDED' satisfies DiagnosticCode } }
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}

function parsePortRange(text: string): { first: number; last: number } | undefined {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const [first, last] = [Number(match[1]), Number(match[2])]
  return first >= 1 && first <= last && last <= MAX_PORT ? { first, last } : undefined
}

function parseServiceReference(text: string): { host: string; port: number | string } | undefined {
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, colon)
  const port = text.slice(colon + 1)
  if (colon < 1 || !isHostName(host)) return undefined
  if (!/^\d+$/.test(port)) return DNS_LABEL.test(port) ? { host, port } : undefined
  const portNumber = Number(port)
  return portNumber >= 1 && portNumber <= MAX_PORT ? { host, port: portNumber } : undefined
}

function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.')
  return text.length <= MAX_HOST_NAME && labels.every((label) => DNS_LABEL.test(label))
}
