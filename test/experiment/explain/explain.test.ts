/** Everything in the tables can be explained, and says what the tables say. */
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/base/diagnostics.js'
import { ERROR_CODES } from '../../../src/base/error-codes.js'
import { formatDuration } from '../../../src/base/units.js'
import { explain, explainedTopics, TOPICS } from '../../../src/experiment/explain/explain.js'
import { readThresholds } from '../../../src/experiment/thresholds/read-thresholds.js'
import { scenarioJsonSchema } from '../../../src/input/scenario-json-schema.js'
import {
  COST_CONSTANTS,
  COST_PRESETS,
  type CostName,
  type CostPresetName,
  costSource,
} from '../../../src/model/costs.js'
import { LIMIT_CONSTANTS } from '../../../src/model/limits.js'
import { BALANCER_CONSTANTS, BALANCER_PRESETS } from '../../../src/model/load-balancers/presets.js'
import { EXPLAINED_KINDS } from '../../../src/results/explanation.js'
import { callMetrics } from '../../../src/results/metric-catalogue.js'
import { nodeMetrics, podMetrics } from '../../../src/results/station-metrics.js'

/** What a scenario with such names would offer to thresholds. */
const NAMES = {
  service: new Map([['web', new Set([80])]]),
  client: new Set(['browsers']),
  pods: new Set(['web']),
  nodes: new Set(['node-a']),
}

function refusal(name: string): string {
  try {
    explain(name)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.diagnostics.map(({ code, message, hint }) => `${code} ${message}; ${hint}`).join('\n')
  }
  throw new Error(`${name} was explained`)
}

/** Paths of all properties, found in another way than the code does: every `properties` below, wherever it stands. */
function propertyPaths(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, below]) => {
    if (key === 'default' || key === 'examples') return []
    if (key !== 'properties') return propertyPaths(below, prefix)
    return Object.entries(below).flatMap(([name, field]) => [
      prefix + name,
      ...propertyPaths(field, `${prefix}${name}.`),
    ])
  })
}

describe('metrics', () => {
  it.each([...callMetrics, ...podMetrics, ...nodeMetrics].map((each) => [each.path, each] as const))(
    '%s',
    (path, { label, definition, unit }) => {
      const { kind, name, description, facts } = explain(path)
      expect([kind, name, description, facts.label]).toEqual(['metric', path, definition, label])
      expect(facts.unit).toContain(unit)
    },
  )

  it('write thresholds that are read, on themselves', () => {
    const [topic] = TOPICS
    const written = (topic?.names() ?? []).map((name) => explain(`metric:${name}`))
    const watched = written.filter(({ facts }) => !facts.threshold?.startsWith('none'))
    expect(written.filter((each) => !watched.includes(each)).map(({ name }) => name)).toEqual([
      'connections.chiSquare',
      'connections.pValue',
      'requests.chiSquare',
      'requests.pValue',
    ])
    for (const { name, facts } of watched) {
      const [threshold] = readThresholds([{ text: facts.threshold ?? '' }], NAMES)
      expect(threshold?.figure.metric).toBe(name.replace(/^(pod|node)\./, ''))
    }
  })

  it.each([
    ['p99', 'responseTime.p99'],
    ['connections.jain', 'connections.jainIndex'],
    ['errors', 'errors'],
    ['throttledRatio', 'pod.throttledRatio'],
  ])('%s is short for %s', (short, name) => expect(explain(short).name).toBe(name))
})

describe('errors', () => {
  it.each(Object.entries(ERROR_CODES))('%s', (code, { meaning, cure }) => {
    const expected = { kind: 'error', name: code, description: meaning, facts: { cure }, parts: [] }
    expect(explain(code)).toEqual(expected)
    expect(explain(code.toLowerCase())).toEqual(expected)
  })
})

describe('presets', () => {
  it.each(Object.keys(COST_PRESETS) as CostPresetName[])('costs/%s has every cost', (preset) => {
    const { parts } = explain(`costs/${preset}`)
    expect(parts.map(({ name }) => name)).toEqual(Object.keys(COST_CONSTANTS))
    for (const name of Object.keys(COST_CONSTANTS) as CostName[]) {
      const { kind, description, facts } = explain(`${preset}/${name}`)
      expect([kind, description]).toEqual(['preset', COST_CONSTANTS[name].meaning])
      expect(facts).toEqual({
        value: `${COST_PRESETS[preset][name]}`,
        unit: 'ns',
        source: costSource(preset, name),
      })
    }
  })

  it.each(Object.entries(LIMIT_CONSTANTS))('limits/%s', (name, { unit, value, meaning, source }) => {
    const { description, facts } = explain(`limits/${name}`)
    expect([description, facts.source]).toEqual([meaning, source])
    expect(facts.value).toBe(unit === 'ns' ? formatDuration(value) : `${value}`)
    expect(explain('preset:limits').parts.map((part) => part.name)).toContain(name)
  })

  it.each(Object.entries(BALANCER_PRESETS))('%s has every setting', (preset, { constants, underLocal }) => {
    expect(explain(preset)).toEqual(explain(`load-balancers/${preset}`))
    for (const [name, { meaning }] of Object.entries(BALANCER_CONSTANTS)) {
      const key = name as keyof typeof constants
      const { description, facts } = explain(`load-balancers/${preset}/${name.replace(/Ns$/, '')}`)
      expect([description, facts.source]).toEqual([meaning, constants[key].source])
      expect(facts['its source']).toBe(underLocal[key]?.source)
      expect(facts.value).not.toMatch(/undefined|object/)
    }
  })

  it('says times as durations and flags as words', () => {
    expect(explain('metallb-l2/healthCheckTimeout').facts.value).toBe('500 ms')
    expect(explain('generic/crossZone').facts.value).toBe('yes')
    expect(explain('aws-nlb-instance/healthCheckTimeout').facts['under Local']).toBe('6 s')
  })
})

/** A field that holds a value of its own, and no further fields. */
function isValue(path: string): boolean {
  const { facts, parts } = explain(`field:${path}`)
  return parts.length === 0 && !facts.type?.includes('object')
}

describe('fields', () => {
  const paths = [...new Set(propertyPaths(scenarioJsonSchema()))]

  it('are all those of the schema', () => {
    const topic = TOPICS.find(({ kind }) => kind === 'field')
    const names = topic?.names() ?? []
    expect(names).toEqual(expect.arrayContaining(paths))
    // The others are alternatives by their words.
    for (const name of names.filter((each) => !paths.includes(each)))
      expect(explain(name).parts.map((part) => part.name)).toContainEqual(
        expect.stringMatching(/^(kind|distribution|method)$/),
      )
    expect(paths.length).toBeGreaterThan(300)
  })

  it.each(paths)('%s', (path) => {
    const { kind, name, facts } = explain(`field:${path}`)
    expect([kind, name]).toEqual(['field', path])
    expect(facts.type).toMatch(/^\S/)
    // The value of any field at all is what a variant sets.
    if (path !== 'spec.sweep.axes.variants.set') expect(facts.type).not.toContain('any value')
  })

  it.each(paths)('%s says what it means, in whole sentences', (path) => {
    const { description } = explain(`field:${path}`)
    expect(description).toMatch(/^[\w"'-].{11,}[.?!]$/s)
  })

  it('say what holds where they are left out', () => {
    const topic = TOPICS.find(({ kind }) => kind === 'field')
    const silent = (topic?.names() ?? []).filter((path) => {
      const { description, facts } = explain(`field:${path}`)
      const isSaid = /default|never/i.test(description)
      // Objects, lists and maps without a default are made of what is in them.
      return facts.required === undefined && facts.default === undefined && !isSaid && isValue(path)
    })
    expect(silent).toEqual([])
  })

  it('of results are explained as well', () => {
    const topic = TOPICS.find(({ kind }) => kind === 'results')
    for (const path of topic?.names() ?? [])
      expect(explain(path)).toMatchObject({ kind: 'results', name: path })
    expect(topic?.names()).toContain('results.points.calls.responseTime.p99.value')
  })

  it('have type, default, text and fields within', () => {
    expect(explain('spec.pods.web.servers')).toEqual({
      kind: 'field',
      name: 'spec.pods.NAME.servers',
      description: 'Requests that one pod serves at the same time (threads, workers).',
      facts: { type: 'integer, 1 to 100000', default: '1' },
      parts: [],
    })
    const arrivals = explain('clients.browsers.arrivals')
    expect(arrivals.name).toBe('spec.clients.NAME.arrivals')
    expect(arrivals.parts.find(({ name }) => name === 'rate')?.facts).toEqual({
      type: 'string',
      required: 'yes',
      examples: '400/s, 30/m',
    })
  })

  it.each([
    ['pods.servers', 'spec.pods.servers'],
    ['pods.web', 'spec.pods.NAME'],
    ['clients[0].arrivals.rate', 'spec.clients.arrivals.rate'],
    ['events.0.at', 'spec.events.NAME.at'],
    ['replicas.web', 'spec.replicas.NAME'],
    ['events.killPods.how', 'spec.events.killPods.how'],
    ['pods.web.serviceTime.erlang.stages', 'spec.pods.NAME.serviceTime.erlang.stages'],
  ])('%s is %s', (written, name) => expect(explain(written).name).toBe(name))

  it('lists alternatives by their words', () => {
    expect(explain('events').parts.map(({ name }) => name)).toContain('drainNode')
    expect(explain('events.drainNode').parts.map(({ name }) => name)).toEqual(['at', 'kind', 'node'])
  })
})

describe('names that can not be explained', () => {
  it.each([
    ['pods.servrs', '"spec.pods.servers"'],
    ['responsTime.p99', '"responseTime.p99"'],
    ['SVC_NO_PDO', 'did you mean "SVC_NO_POD"?'],
    ['costs/iptable-nft', '"costs/iptables-nft"'],
    ['metallb-l3', '"load-balancers/metallb-l2"'],
    ['events.killPod', '"spec.events.killPods"'],
    ['results.seeed', '"results.seed"'],
    ['error:SVC_NO_PDO', 'did you mean "SVC_NO_POD"?'],
    ['zzzzzzzzzz', '`svcsim explain` says what can be asked'],
    ['', '`svcsim explain` says what can be asked'],
    ['__proto__', 'says what can be asked'],
    ['spec.constructor', 'USAGE'],
    ['metric:SVC_NO_POD', 'USAGE'],
  ])('%s', (name, hint) => {
    const text = refusal(name)
    expect(text).toContain(`USAGE there is nothing called "${name}"`)
    expect(text).toContain(hint)
  })

  it.each([
    ['utilisation', 'metric:pod.utilisation, metric:node.utilisation'],
    ['limits', 'preset:limits, field:spec.limits'],
  ])('%s means several things, each of which can be asked for', (name, choices) => {
    expect(refusal(name)).toBe(`USAGE "${name}" can mean 2 things; write one of ${choices}`)
    for (const choice of choices.split(', ')) expect(choice).toContain(explain(choice).name)
  })
})

describe('topics', () => {
  it('are all kinds, with examples that are explained as that kind', () => {
    expect(explainedTopics().map(({ kind }) => kind)).toEqual([...EXPLAINED_KINDS])
    for (const { kind, examples } of explainedTopics())
      for (const example of examples) expect(explain(example).kind).toBe(kind)
  })

  it.each(TOPICS)('every name of $kind is its own, and found by it', (topic) => {
    const names = topic.names()
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(topic.find(name).map((each) => each.name)).toEqual([name])
  })
})
