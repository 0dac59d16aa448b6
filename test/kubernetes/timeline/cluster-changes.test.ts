/** What events make of pods and endpoints over time, event by event. */
import { describe, expect, it } from 'vitest'
import { formatDuration } from '../../../src/base/units.js'
import type { Manifests } from '../../../src/input/kubernetes-objects.js'
import { compile, findingsOf, nodes, podSpec, service, workload } from '../objects.js'

const SPEC = {
  cluster: { nodes: nodes('a', 'b') },
  warmUp: '0s',
  horizon: '1000s',
  clients: [{ name: 'users', location: 'inside', to: 'web:80', arrivals: { rate: '1/s' } }],
}
const web = (more: object = {}): Partial<Manifests> => ({
  workloads: [workload('web', { replicas: 3, ...more })],
  services: [service('web')],
})

/** `1 s web-0 exit`, `2 s [web-1 web-2]`: pods that change, and ready endpoints where they do, in order of time. */
function story(objects: Partial<Manifests>, spec: object): string[] {
  const { changes, pods } = compile(objects, { ...SPEC, ...spec })
  const name = (index: number) => pods[index].name + (pods[index].life === 0 ? '' : '#2')
  let before = pods
    .filter((each) => each.isReady)
    .map(({ index }) => name(index))
    .sort()
    .join(' ')
  return changes.flatMap(({ atNs, pods: changed, nodes: lost, services }) => {
    const at = formatDuration(atNs)
    const ready = services?.[0].ports[0].endpoints.filter((each) => each.ready)
    const names = ready
      ?.map(({ podIndex }) => name(podIndex ?? -1))
      .sort()
      .join(' ')
    const isNew = names !== undefined && names !== before
    before = names ?? before
    return [
      ...lost.map(({ nodeIndex, isLost }) => `${at} node ${nodeIndex} ${isLost ? 'lost' : 'back'}`),
      ...changed.map(({ podIndex, state }) => `${at} ${name(podIndex)} ${state}`),
      ...(isNew ? [`${at} [${names}]`] : []),
    ]
  })
}

describe('an event', () => {
  it('killPods: kubelet notices, and the process starts again', () => {
    const events = [
      { at: '10s', kind: 'killPods', workload: 'web', pods: [1], how: 'crash', restartAfter: '4s' },
    ]
    expect(story(web(), { events })).toEqual([
      '10 s web-1 crash',
      '11 s [web-0 web-2]',
      '14 s web-1 up',
      '19 s [web-0 web-1 web-2]',
    ])
  })

  it('killPods: a short cut that no probe has noticed changes no endpoints', () => {
    const cut = { at: '10s', kind: 'killPods', workload: 'web', pods: [1], how: 'swallowed' }
    expect(story(web(), { events: [{ ...cut, restartAfter: '20s' }] })).toEqual([
      '10 s web-1 swallowed',
      '30 s web-1 up',
    ])
    expect(story(web(), { events: [cut] })).toEqual(['10 s web-1 swallowed', '40 s [web-0 web-2]'])
  })

  it('deletePods: the endpoint goes at once, the process after preStop, another pod comes', () => {
    const pods = { web: { shutdown: { preStop: '3s', onTerm: 'drain', drainTime: '2s' } } }
    const events = [{ at: '10s', kind: 'deletePods', workload: 'web', pods: [0] }]
    expect(story(web(), { pods, events })).toEqual([
      '10 s [web-1 web-2]',
      '13 s web-0 draining',
      '15 s web-3 up',
      '15 s web-0 exit',
      '15 s [web-1 web-2 web-3]',
      '16 s web-0 noArpReply',
    ])
  })

  it('deletePods: a process that ignores SIGTERM is killed when its grace is over', () => {
    const pods = { web: { shutdown: { onTerm: 'ignore', gracePeriod: '7s' } } }
    const events = [{ at: '10s', kind: 'deletePods', workload: 'web', pods: [0] }]
    expect(story(web(), { pods, events })).toContain('17 s web-0 crash')
  })

  it('deletePods of a StatefulSet: the same name again, once the old pod is gone', () => {
    const events = [{ at: '10s', kind: 'deletePods', workload: 'web', pods: [0] }]
    expect(story(web({ kind: 'StatefulSet', serviceName: 'web' }), { events })).toEqual([
      '10 s web-0 exit',
      '10 s [web-1 web-2]',
      '11 s web-0 noArpReply',
      '16 s web-0#2 up',
      '16 s [web-0#2 web-1 web-2]',
    ])
  })

  it('scale: up with new pods, down from the youngest', () => {
    const up = [{ at: '10s', kind: 'scale', workload: 'web', replicas: 5 }]
    expect(story(web(), { events: up })).toEqual([
      '15 s web-3 up',
      '15 s web-4 up',
      '15 s [web-0 web-1 web-2 web-3 web-4]',
    ])
    const down = [{ at: '10s', kind: 'scale', workload: 'web', replicas: 1 }]
    expect(story(web(), { events: down })[0]).toBe('10 s web-2 exit')
    expect(story(web(), { events: down })).toContain('10 s [web-0]')
  })

  it('setReady: endpoints change, pods do not', () => {
    const events = [{ at: '10s', kind: 'setReady', workload: 'web', ready: false }]
    expect(story(web(), { events })).toEqual(['10 s []'])
  })

  it('drainNode: its pods start on other nodes', () => {
    const objects = web()
    const spec = {
      cluster: { nodes: nodes('a', 'b'), placement: {} },
      events: [{ at: '10s', kind: 'drainNode', node: 'a' }],
    }
    const { pods } = compile(objects, { ...SPEC, ...spec })
    expect(pods.slice(3).map(({ nodeIndex }) => nodeIndex)).toEqual([1, 1])
  })

  it('loseNode: not ready after the grace period, replaced after the eviction, back as they were', () => {
    const events = [{ at: '10s', kind: 'loseNode', node: 'b', backAfter: '500s' }]
    expect(story(web({ replicas: 2 }), { events })).toEqual(
      [
        '10 s node 1 lost',
        '1 min [web-0]',
        '365 s web-2 up',
        '365 s [web-0 web-2]',
        '510 s node 1 back',
        '510 s web-1 exit',
        '511 s web-1 noArpReply',
      ].map((line) =>
        line
          .replace('1 min', formatDuration(60e9))
          .replace('365 s', formatDuration(365e9))
          .replace('510 s', formatDuration(510e9))
          .replace('511 s', formatDuration(511e9)),
      ),
    )
  })
})

describe('a rollout', () => {
  const rollout = { at: '10s', kind: 'rollout', workload: 'web' }
  const readyCounts = (lines: readonly string[]) =>
    lines
      .filter((line) => line.includes('['))
      .map((line) => line.slice(line.indexOf('[') + 1, -1).split(' ').length)

  it('keeps to maxSurge and maxUnavailable of the manifest, and of the event before it', () => {
    const strategy = { isRecreate: false, maxSurge: 0, maxUnavailable: 1 }
    const lines = story(web({ strategy }), { events: [rollout] })
    expect(Math.min(...readyCounts(lines))).toBe(2)
    expect(Math.max(...readyCounts(lines))).toBe(3)
    const surging = story(web({ strategy }), {
      events: [{ ...rollout, maxSurge: '100%', maxUnavailable: 0 }],
    })
    expect(Math.min(...readyCounts(surging))).toBe(3)
    expect(surging.at(-1)).toMatch(/web-\d noArpReply|\[web-3 web-4 web-5\]/)
  })

  it('with strategy Recreate starts new pods when the old ones are gone', () => {
    const lines = story(web({ strategy: { isRecreate: true } }), { events: [rollout] })
    expect(lines).toContain('10 s []')
    expect(lines.at(-1)).toBe('16 s [web-3 web-4 web-5]')
  })

  it('of a StatefulSet replaces one pod after another, the last first', () => {
    const lines = story(web({ kind: 'StatefulSet' }), { events: [rollout] })
    const exits = lines.filter((line) => line.endsWith('exit'))
    expect(exits.map((line) => line.split(' ')[2])).toEqual(['web-2', 'web-1', 'web-0'])
    expect(Math.min(...readyCounts(lines))).toBe(2)
  })

  it('waits as long as the hooks of the manifest sleep', () => {
    const containers = [{ name: 'main', ports: [], env: new Map(), preStopSeconds: 4 }]
    const events = [{ at: '10s', kind: 'deletePods', workload: 'web', pods: [0] }]
    const lines = story(web({ podSpec: podSpec({ containers, gracePeriodSeconds: 30 }) }), { events })
    expect(lines).toContain('14 s web-0 exit')
    const hasty = story(web({ podSpec: podSpec({ containers, gracePeriodSeconds: 2 }) }), { events })
    expect(hasty).toContain('12 s web-0 exit')
  })
})

describe('events that can not be', () => {
  it('name what does not exist', () => {
    const events = [
      { at: '1s', kind: 'loseNode', node: 'c' },
      { at: '1s', kind: 'rollout', workload: 'wbe' },
    ]
    expect(findingsOf(web(), { ...SPEC, events }).map((each) => each.split(' ')[1])).toEqual([
      'NODE_UNKNOWN',
      'WORKLOAD_UNKNOWN',
    ])
  })

  it('are warned of where they do nothing', () => {
    const events = [
      { at: '2000s', kind: 'rollout', workload: 'web' },
      { at: '1s', kind: 'deletePods', workload: 'web', pods: [7] },
      { at: '1s', kind: 'scale', workload: 'agent', replicas: 2 },
    ]
    const objects = {
      ...web(),
      workloads: [workload('agent', { kind: 'DaemonSet' }), workload('web', { replicas: 3 })],
    }
    const { warnings } = compile(objects, { ...SPEC, events })
    const found = warnings.filter(({ code }) => code === 'SETTING_WITHOUT_EFFECT')
    expect(found.length).toBe(3)
  })
})
