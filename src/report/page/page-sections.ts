/** What every page has around its figures: the head, warnings, assumptions, and what is needed to judge and repeat it. */
import { formatCount } from '../../base/units.js'
import { type Results, SET_BY_SCENARIO } from '../../results/results-schema.js'
import type { Chart } from '../charts/chart.js'
import { counted } from '../figures.js'
import { compactAssumptions, windowText } from '../text-frame.js'
import { type Content, html, htmlLines, type Markup } from './html-text.js'
import { columnsOf, pageTable } from './page-table.js'

/** What is particular to the results: the rest is the same in every page. */
export interface PageParts {
  readonly findings: readonly string[]
  readonly keys: Content
  /** In the order of the sections that hold them. */
  readonly charts: readonly Chart[]
  readonly sections: Content
}

/** The finding first; of whom it is and what was asked are smaller. */
export function headSection(
  name: string,
  description: string,
  findings: readonly string[],
  warningCount: number,
): Markup {
  const [first = name, ...more] = findings
  return html`<header>
<p class="over"><b>${name}</b>${findings.length === 0 ? undefined : ' · svcsim'}</p>
<h1>${first}${more.map((text) => html` <span class="more">${text}</span>`)}</h1>
${description === '' ? undefined : html`<p class="about">${description}</p>\n`}${
  warningCount === 0
    ? undefined
    : html`<p class="notice"><a href="#warnings">${counted(warningCount, 'warning')}</a>: read before you rely on the figures</p>\n`
}</header>
`
}

/** A section with a heading; nothing without content. */
export function section(title: string, content: readonly Content[], id = ''): Markup | undefined {
  if (content.length === 0) return undefined
  return html`<section${id === '' ? undefined : html` id="${id}"`}>
<h2>${title}</h2>
${content}</section>
`
}

/** The presets in force and what the scenario has set; all of them behind a click, or open. */
export function assumptionSection(results: Results, isOpen: boolean): Markup | undefined {
  const { assumptions } = results
  if (assumptions.length === 0) return undefined
  const table = pageTable({
    columns: [
      ...columnsOf('name', ['assumption']),
      ...columnsOf('figure', ['value']),
      ...columnsOf('text', ['source']),
    ],
    rows: assumptions.map(({ preset, name, value, source }) => [`${preset}.${name}`, value, source]),
  })
  const set = assumptions.filter(({ source }) => source === SET_BY_SCENARIO).length
  const summary = `All ${formatCount(assumptions.length)} with their sources${set === 0 ? '' : `; ${formatCount(set)} set by the scenario`}`
  return section('Assumptions in force', [
    html`<p>${compactAssumptions(results).join(' · ')}</p>\n`,
    html`<details${isOpen ? html` open` : undefined}><summary>${summary}</summary>\n${table}</details>\n`,
  ])
}

/** Everything that the input says and the model does not do. */
export function warningSection({ warnings }: Results): Markup | undefined {
  const items = warnings.map(({ code, message, place }) => {
    const where = place === undefined ? undefined : html`${place}: `
    return html`<li><code>${code}</code> ${where}${message}</li>\n`
  })
  return section(
    'Warnings',
    items.length === 0 ? [] : [html`<ul class="warnings">\n${items}</ul>\n`],
    'warnings',
  )
}

/** The command, then seed, window, versions and digest. */
export function repeatSection(results: Results): Markup | undefined {
  const { command, tool, scenario, seed, replications } = results
  const facts: readonly (readonly [string, Content])[] = [
    ['seed', seed],
    ['replications', formatCount(replications)],
    ['measured', windowText(results).replace(/, seed \d+/, '')],
    ['version', `${tool.name} ${tool.version}, model version ${tool.modelVersion}`],
    ['format', results.schemaVersion],
    ['scenario', html`SHA-256 <code>${scenario.digest}</code>`],
  ]
  return section('How to repeat it', [
    html`<pre>${htmlLines(command)}</pre>\n`,
    html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>\n`,
  ])
}

/** Who has written the page, and that it needs nothing else. */
export function footSection({ tool }: Results): Markup {
  return html`<p class="foot">Written by ${tool.name} ${tool.version}. Same input and seed, same bytes. This page asks for nothing from any network.</p>
`
}
