/** Mistakes that people make in YAML: what they are told, and where. */
import { describe, expect, test } from 'vitest'
import { parseDocuments } from '../../src/input/parse-documents.js'
import { told } from './reading.js'

const errorsOf = (text: string) => told(parseDocuments([{ path: 'x.yaml', text }]).errors)

describe('a mistake in YAML', () => {
  test.each<[string, string, string[]]>([
    [
      'a tab as indentation',
      'spec:\n\ttype: NodePort\n',
      ['YAML_SYNTAX 2:1 Tabs are not allowed as indentation [indent with spaces]'],
    ],
    [
      'a missing colon',
      'kind: Service\nmetadata\n  name: web\n',
      [
        'YAML_SYNTAX 2:1 Implicit keys need to be on a single line [a colon may be missing behind this key, or a quote before it]',
      ],
    ],
    [
      'no space behind the colon',
      'kind: Service\nname:web\n',
      [
        'YAML_SYNTAX 2:1 Implicit map keys need to be followed by map values [write "key: value", with a colon and a space]',
      ],
    ],
    [
      'a quote that is not closed: where it was opened',
      'metadata:\n  name: "web\nspec:\n  type: NodePort\n',
      ['YAML_SYNTAX 2:9 A quote " is not closed [close the text with the same quote]'],
    ],
    [
      'two keys in different columns',
      'metadata:\n  name: web\n labels: {}\n',
      [
        'YAML_SYNTAX 3:1 All mapping items must start at the same column [check the indentation: what belongs to one map or list begins in one column]',
      ],
    ],
    [
      'a colon inside of a text',
      'note: this: that\n',
      [
        'YAML_SYNTAX 1:7 Nested mappings are not allowed in compact mappings [put a text with ": " in quotes; begin a map on a new line]',
      ],
    ],
    [
      'a brace that is not closed',
      'metadata: {name: web\nspec: {}\n',
      [
        'YAML_SYNTAX 2:1 Flow map in block collection must be sufficiently indented and end with a } [a } may be missing above]',
      ],
    ],
    [
      'a missing comma in JSON',
      '{"kind": "Service"\n "spec": {}}\n',
      ['YAML_SYNTAX 2:2 Missing , between flow map items [put a comma before this]'],
    ],
    [
      'a template that was not rendered',
      'metadata:\n  name: {{ .Release.Name }}-web\n',
      [
        'YAML_SYNTAX 2:28 Unexpected scalar at node end [this is a template: render it first, e.g. by `helm template`]',
      ],
    ],
    [
      'a template as a value alone',
      'replicas: {{ .Values.replicas }}\n',
      [
        'YAML_KEY 1:12 A key must be a plain text [this is a template: render it first, e.g. by `helm template`]',
      ],
    ],
    [
      'a template that chooses lines',
      'spec:\n  {{- if .Values.x }}\n  a: 1\n  {{- end }}\n',
      [
        'YAML_SYNTAX 2:5 Block collections are not allowed within flow collections [this is a template: render it first, e.g. by `helm template`]',
      ],
    ],
    [
      'a backslash in double quotes',
      'path: "C:\\windows"\n',
      [
        'YAML_SYNTAX 1:10 Invalid escape sequence \\w [write \\\\ for a backslash in double quotes, or use single quotes]',
      ],
    ],
    [
      'a reserved character',
      'a: @x\n',
      ['YAML_SYNTAX 1:4 Plain value cannot start with reserved character @ [put the text in quotes]'],
    ],
  ])('%s', (_, text, errors) => {
    expect(errorsOf(text)).toEqual(errors)
  })

  test('does not hide the other documents of the file, nor other files', () => {
    const { documents, errors } = parseDocuments([
      { path: 'a.yaml', text: 'a: [\n---\nb: 1\n---\nc: {\n' },
      { path: 'b.yaml', text: 'd: 1\n' },
    ])
    expect(documents.length).toBe(2)
    expect(errors.map(({ place }) => `${place?.file}:${place?.line}`)).toEqual(['a.yaml:2', 'a.yaml:6'])
  })
})

describe('a character that does not belong in text', () => {
  test.each([
    ['NUL', 'a: "x\0"\n', 'U+0000', '1:6'],
    ['escape', 'a: b\nc: \u001b[31m\n', 'U+001B', '2:4'],
    ['delete', 'a: \u007f\n', 'U+007F', '1:4'],
    ['a C1 control', 'a: \u009b\n', 'U+009B', '1:4'],
    ['a carriage return alone', 'a: b\rc: d\n', 'U+000D', '1:5'],
    ['a byte order mark inside', 'a: b\n---\n\ufeffc: d\n', 'U+FEFF', '3:1'],
    ['no character', 'a: \uffff\n', 'U+FFFF', '1:4'],
  ])('%s', (_, text, character, place) => {
    expect(errorsOf(text)).toEqual([
      `TEXT_NOT_PRINTABLE ${place} The file holds the character ${character}, which does not belong in text [remove it, and save the file as UTF-8 text]`,
    ])
  })

  test.each([
    ['a byte order mark before all', '\ufeffa: b\n'],
    ['tabs in a text', 'a: "b\tc"\n'],
    ['carriage returns that end lines', 'a: b\r\n'],
    ['marks that change the direction of writing', 'a: "\u202eevil"\n'],
    ['a next-line character', 'a: "\u0085"\n'],
  ])('is not %s', (_, text) => {
    expect(errorsOf(text)).toEqual([])
  })
})
