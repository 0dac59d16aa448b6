/** Texts that attack the readers: what each attacks, what it is answered with, and within what time on an idle machine. */
import { scenarioText } from './reading.js'

export interface HostileInput {
  readonly name: string
  /** `manifests` are read as one file; `scenario` as a scenario. */
  readonly as: 'manifests' | 'scenario'
  readonly text: () => string
  /** Codes in order, each once; warnings where there are no errors. Empty: accepted in silence. */
  readonly codes: readonly string[]
  /** Milliseconds. */
  readonly limitMs: number
}

const repeat = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('')

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n'
/** A kind that is not modelled: everything below is parsed and nothing is read. */
const IGNORED = 'apiVersion: x/v1\nkind: Any\nvalue:\n'

const annotated = (annotations: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {${annotations}}}\nspec: {ports: [{port: 80}]}\n`

const levels = (count: number, use: (name: string) => string) =>
  `l0: &l0 x\n${repeat(count, (index) => `l${index + 1}: &l${index + 1} ${use(`*l${index}`)}\n`)}`

function row(
  name: string,
  codes: readonly string[],
  text: () => string,
  limitMs = 2_000,
  as: HostileInput['as'] = 'manifests',
): HostileInput {
  return { name, as, text, codes, limitMs }
}

/** The rows of reliability: aliases, quotes, keys, depth, size, special names, numbers, characters. */
const MEASURED: readonly HostileInput[] = [
  row('an alias bomb of nine levels', ['YAML_TOO_MANY_NODES'], () =>
    levels(9, (use) => `[${Array(10).fill(use).join(', ')}]`),
  ),
  row('an alias bomb of merge keys', ['YAML_TOO_MANY_NODES'], () =>
    levels(30, (use) => `{a: ${use}, b: ${use}}`),
  ),
  row('101 uses of one anchor, which is ordinary', [], () =>
    `apiVersion: v1\nkind: List\nlabels: &l {app: web}\nitems:\n${repeat(101, (index) => `- {apiVersion: v1, kind: Pod, metadata: {name: p${index}, labels: *l}, spec: {containers: [{name: a}]}}\n`)}`.replace(
      'labels: &l {app: web}\nitems:\n',
      'items:\n- {apiVersion: v1, kind: Pod, metadata: {name: p, labels: &l {app: web}}, spec: {containers: [{name: a}]}}\n',
    ),
  ),
  row(
    '8,000 anchors and aliases',
    ['KIND_IGNORED'],
    () => IGNORED + repeat(8_000, (index) => `- &a${index} x\n- *a${index}\n`),
  ),
  row('10,001 uses of an anchor', ['YAML_ALIAS'], () => `${IGNORED}- &a x\n${'- *a\n'.repeat(10_001)}`),
  row('an alias in its own anchor', ['YAML_ALIAS'], () => 'a: &a [*a]\n'),
  row('200 KB of double quotes', ['YAML_SYNTAX'], () => '"'.repeat(200_000)),
  row('200 KB of single quotes', ['OBJECT_SHAPE'], () => "'".repeat(200_000)),
  row('20,000 keys in one map', ['YAML_TOO_MANY_KEYS'], () => repeat(20_000, (index) => `k${index}: x\n`)),
  row(
    '20,000 keys in one flow map',
    ['YAML_TOO_MANY_KEYS'],
    () => `{${repeat(20_000, (index) => `k${index}: x, `)}}`,
  ),
  row(
    '20,000 keys for the complete reader',
    ['YAML_TOO_MANY_KEYS'],
    () => `a: &a 1\n${repeat(20_000, (index) => `k${index}: x\n`)}`,
    3_000,
  ),
  row(
    '10,000 keys, which is the limit',
    ['KIND_IGNORED'],
    () => IGNORED + repeat(10_000, (index) => `  k${index}: x\n`),
  ),
  row('5,000 opening brackets', ['YAML_TOO_DEEP'], () => '['.repeat(5_000)),
  row('100,000 opening brackets', ['YAML_TOO_DEEP'], () => '['.repeat(100_000)),
  row('100,000 opening braces', ['YAML_TOO_DEEP'], () => '{a: '.repeat(100_000)),
  row('100,000 dashes in a line', ['YAML_TOO_DEEP'], () => '- '.repeat(100_000)),
  row('maps in maps by indentation', ['YAML_TOO_DEEP'], () =>
    repeat(500, (index) => `${' '.repeat(index)}a:\n`),
  ),
  row('explicit keys in explicit keys', ['YAML_TOO_DEEP'], () => '? '.repeat(50_000)),
  row(
    '20,000 Pods in 1.8 MB, which is ordinary',
    [],
    () =>
      repeat(
        20_000,
        (index) =>
          `---\napiVersion: v1\nkind: Pod\nmetadata: {name: p${index}, labels: {app: web}}\nspec: {containers: [{name: main}]}\n`,
      ),
    1_000,
  ),
  row(
    '20,000 Pods as JSON',
    [],
    () =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: Array.from({ length: 20_000 }, (_, index) => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: `p${index}` },
          spec: { containers: [{ name: 'main' }] },
        })),
      }),
    1_000,
  ),
  row(
    '`__proto__` and `constructor` as keys',
    ['FIELD_UNKNOWN'],
    () => `${SERVICE}__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\n`,
  ),
  row('`__proto__` by a merge', [], () =>
    annotated('x: y').replace('{x: y}', '{<<: {__proto__: polluted, constructor: polluted}}'),
  ),
  row('numbers that are too large', ['YAML_NUMBER'], () =>
    annotated('a: 1e400, b: 12345678901234567890, c: -1e999'),
  ),
  row('a port of 400 digits', ['YAML_NUMBER'], () => SERVICE.replace('80', '9'.repeat(400))),
  row('a number of a million digits', ['YAML_NUMBER'], () => SERVICE.replace('80', '9'.repeat(1_000_000))),
  row('a number with a million zeros', ['YAML_NUMBER'], () =>
    SERVICE.replace('80', `0.${'0'.repeat(1_000_000)}1`),
  ),
  row('double keys', ['YAML_DUPLICATE_KEY'], () => `${SERVICE}kind: Service\n`),
  row('control characters', ['TEXT_NOT_PRINTABLE'], () => annotated('a: "\u001b]0;title\u0007"')),
  row('NUL', ['TEXT_NOT_PRINTABLE'], () => `${SERVICE}\0`),
  row('a NUL at the end of 1 MB', ['TEXT_NOT_PRINTABLE'], () => `${'#'.repeat(1_000_000)}\0`),
  row('bidirectional characters in a name', ['FIELD_VALUE'], () => SERVICE.replace('web', '"we\u202eb"')),
  row('bidirectional characters in an annotation', [], () => annotated('a: "\u2066x\u2069"')),
  row('a byte order mark', [], () => `\ufeff${SERVICE}`),
  row('a byte order mark in the middle', ['TEXT_NOT_PRINTABLE'], () => `${SERVICE}---\n\ufeff${SERVICE}`),
  row('carriage returns', [], () => SERVICE.replaceAll('\n', '\r\n')),
  row('carriage returns alone', ['TEXT_NOT_PRINTABLE'], () => SERVICE.replaceAll('\n', '\r')),
  row('tabs as indentation', ['YAML_SYNTAX'], () => 'a:\n\tb: c\n'),
  row('escapes for NUL and halves of characters in JSON', ['FIELD_VALUE'], () =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: '\u0000\ud800' },
      spec: { containers: [] },
    }),
  ),
]

/** One character, or a few, many times. */
const FLOODS: readonly HostileInput[] = (
  [
    [':', ['YAML_SYNTAX']],
    ['-', ['OBJECT_SHAPE']],
    ['!', ['YAML_SYNTAX']],
    ['&a ', ['YAML_SYNTAX']],
    ['*a ', ['YAML_SYNTAX']],
    ['|', ['YAML_SYNTAX']],
    ['>\n', ['OBJECT_SHAPE']],
    ['%', []],
    ['%YAML 1.2\n', []],
    [',', ['YAML_SYNTAX']],
    ['@', ['YAML_SYNTAX']],
    ['`', ['YAML_SYNTAX']],
    ['#', []],
    [' ', []],
    ['\n', []],
    ['\\', ['OBJECT_SHAPE']],
    ['"\\', ['YAML_SYNTAX']],
    ['a: ', ['YAML_TOO_DEEP']],
    ['a: &b\n', ['YAML_TOO_MANY_KEYS']],
    ['? a\n', ['YAML_TOO_MANY_KEYS']],
    [']', ['YAML_SYNTAX']],
    ['}', ['YAML_SYNTAX']],
    ['{{', ['YAML_TOO_DEEP']],
    ['- "', ['YAML_SYNTAX']],
    ['!!str ', ['YAML_SYNTAX']],
    ['---\n', []],
    ['...\n', []],
    ['--- a\n', ['YAML_NOT_PLAIN', 'OBJECT_SHAPE', 'MORE_LEFT_OUT']],
    ['<<: ', ['YAML_TOO_DEEP']],
    ['😀', ['OBJECT_SHAPE']],
  ] as const
).map(([text, codes]) =>
  row(
    `200 KB of ${JSON.stringify(text)}`,
    codes,
    () => text.repeat(Math.floor(200_000 / text.length)),
    4_000,
  ),
)

/** Much of what is legal by itself. */
const MASSES: readonly HostileInput[] = [
  row('16 MB and one character', ['TEXT_TOO_LARGE'], () => '#'.repeat(16 * 1024 * 1024 + 1)),
  row('16 MB in one text', ['LIMIT_EXCEEDED'], () => annotated(`a: "${'x'.repeat(16_000_000)}"`)),
  row('a name of 10 MB', ['LIMIT_EXCEEDED'], () => SERVICE.replace('web', 'a-'.repeat(5_000_000))),
  row('a key of 10 MB', ['FIELD_VALUE'], () =>
    annotated('x: z').replace('annotations: {x:', `labels: {"${'k'.repeat(10_000_000)}":`),
  ),
  row('a type of 60 KB', ['FIELD_VALUE'], () =>
    SERVICE.replace('{ports', `{type: ${'NodePort'.repeat(7_500)}, ports`),
  ),
  row(
    '2,000,001 numbers in a list',
    ['YAML_TOO_MANY_NODES'],
    () => `{"kind": "Any", "a": [${'1,'.repeat(2_000_001)}]}`,
    4_000,
  ),
  row('annotations of 300 KB', ['LIMIT_EXCEEDED'], () =>
    annotated(repeat(3_000, (index) => `k${index}: "${'x'.repeat(100)}", `)),
  ),
  row(
    '300,000 words that are ambiguous',
    ['YAML_AMBIGUOUS', 'MORE_LEFT_OUT'],
    () => SERVICE.replace('{ports', `{externalIPs: [${'yes, '.repeat(300_000)}], ports`),
    4_000,
  ),
  row(
    '20,000 objects with a wrong field',
    ['FIELD_VALUE', 'MORE_LEFT_OUT'],
    () => repeat(20_000, (index) => `---\n${SERVICE.replace('80', '0').replace('web', `s${index}`)}`),
    3_000,
  ),
  row(
    '150,000 misspelt fields',
    ['FIELD_UNKNOWN', 'MORE_LEFT_OUT'],
    () =>
      repeat(
        150,
        (index) =>
          `---\n${SERVICE.replace('web', `s${index}`)}${repeat(1_000, (each) => `spex${each}: 1\n`)}`,
      ),
    4_000,
  ),
  row(
    '150,000 unknown fields',
    ['FIELD_UNKNOWN', 'MORE_LEFT_OUT'],
    () =>
      repeat(
        150,
        (index) =>
          `---\n${SERVICE.replace('web', `s${index}`)}${repeat(1_000, (each) => `quite-different-${index}-${each}: 1\n`)}`,
      ),
    4_000,
  ),
  row(
    '100,000 unknown kinds',
    ['KIND_IGNORED', 'MORE_LEFT_OUT'],
    () => repeat(100_000, (index) => `---\napiVersion: v1\nkind: Pox${index}\n`),
    4_000,
  ),
  row(
    '100,000 lists in a list',
    ['OBJECT_SHAPE'],
    () => `kind: List\nitems: [${'{items: []}, '.repeat(100_000)}5]\n`,
  ),
  row(
    '1,000 documents that are not plain',
    ['YAML_NOT_PLAIN', 'OBJECT_SHAPE', 'MORE_LEFT_OUT'],
    () => repeat(1_000, () => `---\na: &a ${'x'.repeat(1_000)}\n`),
    4_000,
  ),
  row('300 KB that is not plain', ['YAML_NOT_PLAIN'], () => `a: &a 1\n${'# comment\n'.repeat(30_000)}`),
]

/** Scenarios. */
const SCENARIOS: readonly HostileInput[] = [
  ...(
    [
      [
        '9,000 unknown fields',
        ['FIELD_UNKNOWN', 'MORE_LEFT_OUT'],
        () => scenarioText(repeat(9_000, (index) => `  horizo${index}: 1\n`)),
      ],
      [
        '5,000 wrong pods',
        ['FIELD_VALUE', 'MORE_LEFT_OUT'],
        () => scenarioText(`  pods:\n${repeat(5_000, (index) => `    w${index}: {servers: 0}\n`)}`),
      ],
      [
        '5,000 right pods',
        [],
        () =>
          scenarioText(
            `  pods:\n${repeat(5_000, (index) => `    w${index}: {serviceTime: {distribution: lognormal, mean: 5ms, p99: 20ms}}\n`)}`,
          ),
      ],
      ['a horizon of 400 digits', ['DURATION'], () => scenarioText(`  horizon: ${'9'.repeat(400)}h\n`)],
      ['10^12 requests', ['LIMIT_EXCEEDED'], () => scenarioText().replace('10/s', '1e12/s')],
      ['10^9 replicas', ['LIMIT_EXCEEDED'], () => scenarioText('  replicas: {web: 1000000000}\n')],
      [
        '5,001 nodes',
        ['LIMIT_EXCEEDED'],
        () =>
          scenarioText(`  cluster:\n    nodes:\n${repeat(5_001, (index) => `    - {name: n${index}}\n`)}`),
      ],
      [
        '`__proto__` everywhere',
        ['FIELD_UNKNOWN'],
        () =>
          scenarioText(
            '  __proto__: {__proto__: {seed: 2}}\n  replicas: {__proto__: 2}\n  pods: {__proto__: {servers: 2}}\n',
          ),
      ],
      ['100,000 opening brackets', ['YAML_TOO_DEEP'], () => scenarioText(`  seed: ${'['.repeat(100_000)}`)],
    ] as const
  ).map(([name, codes, text]) => row(`a scenario with ${name}`, codes, text, 3_000, 'scenario')),
]

export const HOSTILE_INPUTS: readonly HostileInput[] = [...MEASURED, ...FLOODS, ...MASSES, ...SCENARIOS]
