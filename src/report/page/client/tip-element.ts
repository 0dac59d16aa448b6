/** What is shown at the pointer: elements with text in them, so that no name is ever read as markup. */
import type { Tip, TipRow } from '../../charts/drawing.js'
import { printable } from '../../xml-text.js'

/** The element of a tip. */
export function tipElement({ title, rows }: Tip): HTMLElement {
  const box = element('div', 'tip-box')
  box.append(element('div', 'tip-title', title), ...rows.map(rowElement))
  return box
}

function rowElement({ colourIndex, isDashed = false, label, value }: TipRow): HTMLElement {
  const row = element('div', 'tip-row')
  const patch = colourIndex === undefined ? 'none' : `c${colourIndex % 7}`
  row.append(
    element('span', `patch ${patch}${isDashed ? ' dashed' : ''}`),
    element('span', 'tip-label', label),
    element('span', 'tip-value', value),
  )
  return row
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = printable(text)
  return made
}
