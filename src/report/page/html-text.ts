/**
 * HTML by templates that escape what is put into them: only what `html` itself has made is taken as markup, so text of
 * the user can not be forgotten on its way into an element or a quoted attribute.
 */
import { printable, xmlText } from '../xml-text.js'

/** Markup that needs no escaping any more. Made by `html` and `trustedHtml` only. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What a template may hold: text is escaped, markup stands, lists are joined, undefined is nothing. */
export type Content = string | number | Markup | undefined | readonly Content[]

/** A piece of HTML. Attributes are written in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const pieces = strings.map((piece, index) => `${index === 0 ? '' : htmlText(values[index - 1])}${piece}`)
  return new Markup(pieces.join(''))
}

/** Markup from elsewhere that has been escaped there, e.g. a picture. */
export function trustedHtml(text: string): Markup {
  return new Markup(text)
}

/** Content as HTML; control and reordering characters of text become visible escapes. */
export function htmlText(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'object') return content.map(htmlText).join('')
  return xmlText(String(content))
}

/** Text of several lines, which stay lines: what is to be copied as it is. */
export function htmlLines(text: string): Markup {
  return new Markup(text.split('\n').map(xmlText).join('\n'))
}

/**
 * A value as JSON for a `<script type="application/json">`: no text can end the element, open a comment in it or break a
 * line of it, since `<` and the line separators of Unicode are escaped.
 */
export function scriptJson(value: unknown): Markup {
  const text = JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'string' ? printable(each) : each,
  )
  return new Markup(
    text
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
      .replaceAll('&', '\\u0026')
      .replaceAll('\u2028', '\\u2028')
      .replaceAll('\u2029', '\\u2029'),
  )
}
