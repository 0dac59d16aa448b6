/** Texts for properties of the YAML readers: documents written in many styles, and mutations of given texts. */
import fc from 'fast-check'

const WORDS = [
  'a',
  'web',
  'app',
  'http',
  'true',
  'null',
  '~',
  'yes',
  'on',
  '014',
  '0x1F',
  '1_000',
  '1e3',
  '-5',
  '3.14',
  '1e400',
  '10.0.0.1',
  'a:b',
  'http://x:80',
  'a#b',
  'two words',
  "it's",
  'say "x"',
  '__proto__',
  'constructor',
  '',
  'é',
  '日本',
  '-',
  '--x',
  '$x',
  '%y',
  '@z',
  '*q',
  '&r',
  '!t',
  '?',
  '? a',
  '- b',
  '{{x}}',
  '[',
  'a, b',
  'a: b',
  'x #y',
  ' lead',
  'trail ',
]

const word = fc.constantFrom(...WORDS)

/** How one value is written; `indent` is the column of its parent. */
type Printed = (indent: number) => string

const plainish = word.filter(
  (text) => /^[A-Za-z0-9$._/+~-][^:#\n]*$/.test(text) && !/^- |\s$/.test(text) && text !== '-',
)

const scalarText = fc.oneof(
  { weight: 3, arbitrary: plainish },
  word.map((text) => JSON.stringify(text)),
  word.map((text) => `'${text.replaceAll("'", "''")}'`),
  word,
)

const spaces = (count: number) => ' '.repeat(count)

const lineEnd = fc.constantFrom(
  '\n',
  '\n',
  '\n',
  '\n\n',
  ' # note\n',
  '  \n',
  '\r\n',
  '\n# note\n',
  '\n   # note\n',
)

const multiLine: fc.Arbitrary<Printed> = fc
  .tuple(
    fc.constantFrom('|', '>', '|-', '>-', '|+', '>+', 'plain', '"', "'"),
    fc.array(fc.tuple(plainish, fc.nat(2)), { minLength: 1, maxLength: 4 }),
    fc.nat(2),
  )
  .map(([style, lines, more]) => (indent) => {
    const pad = spaces(indent + 1 + more)
    const body = lines.map(([text, extra]) => (text === '' ? '' : pad + spaces(extra) + text))
    if (style === 'plain') return body.join('\n').trimStart()
    if (style === '"' || style === "'") return style + body.join('\n').trimStart() + style
    return `${style}\n${body.join('\n')}`
  })

const flow: fc.Arbitrary<string> = fc.letrec<{ value: string; list: string; map: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalarText, tie('list'), tie('map')),
  list: fc
    .tuple(
      fc.array(tie('value'), { maxLength: 3 }),
      fc.constantFrom(', ', ',', ' , ', ',\n  '),
      fc.constantFrom('', ' ', ','),
    )
    .map(([items, comma, end]) => `[${items.join(comma)}${end}]`),
  map: fc
    .tuple(
      fc.array(fc.tuple(scalarText, fc.constantFrom(': ', ':', ' : '), tie('value')), { maxLength: 3 }),
      fc.constantFrom('', ' '),
    )
    .map(
      ([entries, pad]) =>
        `{${pad}${entries.map(([key, colon, value]) => key + colon + value).join(', ')}${pad}}`,
    ),
})).value

const block: fc.Arbitrary<Printed> = fc.letrec<{ value: Printed; list: Printed; map: Printed }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalarText.map(
      (text): Printed =>
        () =>
          ` ${text}`,
    ),
    flow.map(
      (text): Printed =>
        () =>
          ` ${text}`,
    ),
    multiLine.map(
      (print): Printed =>
        (indent) =>
          ` ${print(indent)}`,
    ),
    tie('list'),
    tie('map'),
  ),
  list: fc
    .tuple(fc.array(fc.tuple(tie('value'), lineEnd), { minLength: 1, maxLength: 3 }), fc.nat(2), fc.boolean())
    .map(
      ([items, step, isInline]): Printed =>
        (indent) => {
          const column = indent + step
          const body = items
            .map(([item, end]) => `${spaces(Math.max(0, column))}-${item(Math.max(0, column))}${end}`)
            .join('')
          return isInline ? ` ${body.trim()}` : `\n${body.replace(/\n$/, '')}`
        },
    ),
  map: fc
    .tuple(
      fc.array(fc.tuple(scalarText, fc.constantFrom(':', ' :', ': '), tie('value'), lineEnd), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
    )
    .map(
      ([entries, step, isInline]): Printed =>
        (indent) => {
          const column = Math.max(0, indent + step)
          const body = entries
            .map(([key, colon, value, end]) => `${spaces(column)}${key}${colon}${value(column)}${end}`)
            .join('')
          return isInline ? ` ${body.trim()}` : `\n${body.replace(/\n$/, '')}`
        },
    ),
})).value

/** One document, usually valid, sometimes nearly so. */
export const yamlDocument: fc.Arbitrary<string> = fc
  .tuple(block, fc.constantFrom('', '---\n', '# note\n', '--- # note\n'), fc.constantFrom('', '\n', '\n\n'))
  .map(([print, head, tail]) => head + print(-1).replace(/^ |^\n/, '') + tail)

const SNIPPETS = [
  ' ',
  '  ',
  '\n',
  '\t',
  ':',
  ': ',
  '-',
  '- ',
  '#',
  ' #',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  '&a ',
  '*a',
  '!',
  '!!str ',
  '|',
  '>',
  '%',
  '@',
  '`',
  '?',
  '? ',
  '---\n',
  '...\n',
  '\\',
  '\\n',
  '\u0000',
  '\r',
  '\r\n',
  '\ufeff',
  '\u2028',
  '\u0085',
  '~',
  'null',
  '<<: ',
  '0',
  '1e999',
  '\ud800',
  '日',
]

/** A text with some places cut out, doubled, swapped or filled with what means something to YAML. */
export function mutated(text: string): fc.Arbitrary<string> {
  const at = fc.nat(text.length)
  const edit = fc.tuple(
    fc.constantFrom('insert', 'cut', 'double', 'replace'),
    at,
    fc.nat(30),
    fc.constantFrom(...SNIPPETS),
  )
  return fc.array(edit, { minLength: 1, maxLength: 5 }).map((edits) =>
    edits.reduce((current, [kind, place, length, snippet]) => {
      const start = Math.min(place, current.length)
      const end = Math.min(current.length, start + length)
      if (kind === 'insert') return current.slice(0, start) + snippet + current.slice(start)
      if (kind === 'cut') return current.slice(0, start) + current.slice(end)
      if (kind === 'double') return current.slice(0, end) + current.slice(start)
      return current.slice(0, start) + snippet + current.slice(end)
    }, text),
  )
}
