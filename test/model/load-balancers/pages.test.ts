/** Each preset has a page, which says what the source says. `UPDATE=1` rewrites its tables. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { NS_PER_S } from '../../../src/base/nanoseconds.js'
import { formatDuration } from '../../../src/base/units.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import {
  type LoadBalancerSettings,
  BALANCER_PRESETS as PRESET_NAMES,
} from '../../../src/input/load-balancer-schema.js'
import {
  type BalancerSettingName,
  presetConstants,
} from '../../../src/model/load-balancers/balancer-settings.js'
import type { Preset } from '../../../src/model/load-balancers/preset.js'
import { BALANCER_CONSTANTS, type BalancerPresetName } from '../../../src/model/load-balancers/presets.js'
import { Outcome } from '../../../src/model/records.js'
import { node } from '../../kubernetes/objects.js'
import { observeCluster } from '../observed.js'
import { balancersOf } from './balancers.js'

const FOLDER = new URL('../../../src/model/load-balancers/', import.meta.url)
const SECTIONS = [
  'The way of a packet',
  'Constants',
  'A node that is lost',
  'To override',
  'Not modelled',
  'Sources',
  'Example',
]
const WEB = readFileSync(new URL('../../../scenarios/traffic-policy-local/web.yaml', import.meta.url), 'utf8')

function fileOf(preset: string): URL {
  return new URL(`presets/${preset}.md`, FOLDER)
}

function pageOf(preset: string): string {
  return readFileSync(fileOf(preset), 'utf8')
}

/** The setting of a constant, as a scenario writes it. */
function settingOf(name: BalancerSettingName): string {
  if (name === 'healthPropagationNs') return 'healthCheck.propagation'
  if (name === 'healthyThreshold' || name === 'unhealthyThreshold') return `healthCheck.${name}`
  const [, check] = /^healthCheck([A-Z]\w*?)(Ns)?$/.exec(name) ?? []
  if (check !== undefined) return `healthCheck.${check[0]?.toLowerCase()}${check.slice(1)}`
  return name.replace(/Ns$/, '')
}

function valueText(name: BalancerSettingName, constants: Preset): string {
  const { value } = constants[name]
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'number' && BALANCER_CONSTANTS[name].unit === 'ns'
    ? formatDuration(value)
    : String(value)
}

function constantsTable(preset: BalancerPresetName): string {
  const [usual, local] = [false, true].map((isLocal) => presetConstants(preset, isLocal))
  const names = Object.keys(BALANCER_CONSTANTS) as BalancerSettingName[]
  const rows = names.map((name) => {
    const { unit, meaning } = BALANCER_CONSTANTS[name]
    const [value, underLocal] = [usual, local].map((each) => valueText(name, each))
    const isOther = underLocal !== value
    const { source } = usual[name]
    return [
      `\`${settingOf(name)}\``,
      unit === 'ns' ? 'time' : unit,
      value,
      isOther ? underLocal : '–',
      meaning,
      isOther ? `${source}; Local: ${local[name].source}` : source,
    ]
  })
  const head = ['setting', 'unit', 'default', 'under policy Local', 'meaning', 'source']
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`)
  return lines.join('')
}

/** For how long new connections go to a target that has fallen silent, ns: shortest and longest. */
function lostNs(constants: Preset): { readonly shortest: number; readonly longest: number } {
  const intervalNs = constants.healthCheckIntervalNs.value
  const shortest =
    (constants.unhealthyThreshold.value - 1) * intervalNs +
    constants.healthCheckTimeoutNs.value +
    constants.healthPropagationNs.value
  return { shortest, longest: shortest + intervalNs }
}

function lostText(preset: BalancerPresetName): string {
  const [usual, local] = [false, true].map((isLocal) => lostLine(presetConstants(preset, isLocal)))
  return usual === local ? `${usual}\n` : `Policy Cluster: ${usual}\n\nPolicy Local: ${local}\n`
}

function lostLine(constants: Preset): string {
  const intervalNs = constants.healthCheckIntervalNs.value
  if (intervalNs === 0) return 'new connections stop **at once**.'
  const { shortest, longest } = lostNs(constants)
  const [interval, timeout, propagation] = [
    intervalNs,
    constants.healthCheckTimeoutNs.value,
    constants.healthPropagationNs.value,
  ].map((each) => formatDuration(each))
  const terms = `(${constants.unhealthyThreshold.value} − 1) × ${interval} + (0 to ${interval}) + ${timeout} + ${propagation}`
  return `new connections go to it for **${formatDuration(shortest)} to ${formatDuration(longest)}** more: (unhealthyThreshold − 1) × interval + (0 to interval) + timeout + propagation = ${terms}.`
}

function withSection(page: string, name: string, text: string): string {
  const begin = `<!-- ${name}: written by UPDATE=1 -->\n`
  const end = `<!-- end of ${name} -->`
  const [before = '', rest = ''] = page.split(begin)
  const [, after = ''] = rest.split(end)
  return `${before}${begin}\n${text}\n${end}${after}`
}

/** The YAML of a section. */
function yamlUnder(preset: string, heading: string): string {
  const [, section = ''] = pageOf(preset).split(`## ${heading}\n`)
  return /```yaml\n([^`]*)```/.exec(section)?.[1] ?? ''
}

/** Runs a scenario of a page. Returns the outcomes of its requests. */
function runText(text: string): readonly number[] {
  const { points } = loadExperiment({
    scenarioFile: { path: 'scenario.yaml', text },
    manifestFiles: [{ path: 'web.yaml', text: WEB }],
    settings: [],
    axes: [],
    command: '',
  })
  const { cluster, scenario } = points[0]
  return observeCluster(cluster, scenario).requests.map(({ outcome }) => outcome)
}

describe.each(PRESET_NAMES)('the page of %s', (preset) => {
  it('has every section, each with something in it', () => {
    const page = pageOf(preset)
    const [title, ...sections] = page.split('\n## ')
    expect(title).toMatch(new RegExp(`^# ${preset}: .+\n\n.+`))
    expect(sections.map((each) => each.split('\n')[0])).toEqual(SECTIONS)
    for (const section of sections) expect(section.length).toBeGreaterThan(80)
  })

  it('gives every constant of the source, and what they make of a lost node', () => {
    const page = pageOf(preset)
    const expected = withSection(
      withSection(page, 'constants', constantsTable(preset)),
      'lost',
      lostText(preset),
    )
    if (process.env.UPDATE === '1') writeFileSync(fileOf(preset), expected)
    expect(pageOf(preset)).toBe(expected)
  })

  it('has an example that runs', () => {
    const outcomes = runText(yamlUnder(preset, 'Example'))
    expect(outcomes.filter((outcome) => outcome === Outcome.completed).length).toBeGreaterThan(100)
  })

  it('has an override that runs, and that changes what the preset says', () => {
    const { loadBalancers } = parse(yamlUnder(preset, 'To override'))
    const example = parse(yamlUnder(preset, 'Example'))
    example.spec.loadBalancers = loadBalancers
    const outcomes = runText(JSON.stringify(example))
    expect(outcomes.filter((outcome) => outcome === Outcome.completed).length).toBeGreaterThan(100)
    const { healthCheck = {}, announcer: _, preset: __, ...others } = loadBalancers.web
    const constants = presetConstants(preset, false)
    const changed = (Object.keys(constants) as BalancerSettingName[]).filter((name) =>
      settingOf(name).startsWith('healthCheck.')
        ? settingOf(name).slice('healthCheck.'.length) in healthCheck
        : settingOf(name) in others,
    )
    expect(changed.length).toBe(Object.keys(healthCheck).length + Object.keys(others).length)
    expect(changed.length).toBeGreaterThan(0)
  })

  it.each([false, true])(
    'counts as the load balancer does how long a lost node is used, Local: %s',
    (isLocal) => {
      const scene = {
        nodes: [node('a'), node('b')],
        podsOn: ['a', 'b'],
        service: { externalTrafficPolicy: isLocal ? 'Local' : 'Cluster' } as const,
        settings: { preset } satisfies Partial<LoadBalancerSettings>,
      }
      const { shortest, longest } = lostNs(presetConstants(preset, isLocal))
      for (let second = 100; second < 130; second++) {
        const [balancer] = balancersOf(scene)
        const goneNs = second * NS_PER_S
        const followsNs = balancer.noteCondition(0, 'silent', goneNs)
        const untilNs = followsNs === Number.POSITIVE_INFINITY ? 0 : followsNs - goneNs
        expect(untilNs).toBeGreaterThanOrEqual(shortest)
        expect(untilNs).toBeLessThanOrEqual(longest)
      }
    },
  )
})

it('the overview links every page, and nothing else among the presets', () => {
  const overview = readFileSync(new URL('README.md', FOLDER), 'utf8')
  const links = [...overview.matchAll(/\(presets\/([\w-]+)\.md\)/g)].map(([, name]) => name)
  expect(links).toEqual([...PRESET_NAMES])
})
