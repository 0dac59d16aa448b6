/** A strict reader of the XML that pictures may consist of, written apart from the code under test. */

/** One element. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
}

/** The elements and the text of a document. */
export interface XmlDocument {
  readonly elements: readonly XmlElement[]
  /** All character data, entities resolved. */
  readonly text: string
}

const TOKEN = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y
const ATTRIBUTE = /([a-zA-Z:-]+)="([^"<]*)"/g
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** Reads a document; throws if it is not well-formed, or uses anything but elements, attributes and text. */
export function parseXml(source: string): XmlDocument {
  const elements: XmlElement[] = []
  const open: string[] = []
  let text = ''
  TOKEN.lastIndex = 0
  for (let at = 0; at < source.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(source)
    if (token === null) throw new Error(`not XML at ${at}: ${source.slice(at, at + 60)}`)
    const [, close, name = '', attributes = '', empty, characters] = token
    if (characters !== undefined) text += resolved(characters)
    else if (close === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      const pairs = [...attributes.matchAll(ATTRIBUTE)].map(([, key = '', value = '']): [string, string] => [
        key,
        resolved(value),
      ])
      elements.push({ name, attributes: new Map(pairs) })
      if (empty !== '/') open.push(name)
    }
  }
  if (open.length > 0) throw new Error(`<${open.join('><')}> stays open`)
  return { elements, text }
}

function resolved(text: string): string {
  return text.replaceAll(/&([^;]{0,8});?/g, (_, name: string) => {
    const character = ENTITIES[name]
    if (character === undefined) throw new Error(`unknown entity &${name}`)
    return character
  })
}
