/** Packets of the cluster of test/data/trace, traced, and what became of them in a line. */
import fs from 'node:fs'
import { type LoadedCluster, loadCluster } from '../../../src/experiment/load-cluster.js'
import type { FlowQuestion } from '../../../src/experiment/trace/flow-question.js'
import { tracePacket } from '../../../src/experiment/trace/trace-packet.js'
import { parseSetting } from '../../../src/input/settings.js'
import type { Trace, TraceOutcome } from '../../../src/results/trace-schema.js'

const TEXT = fs.readFileSync(new URL('../../data/trace/cluster.yaml', import.meta.url), 'utf8')

/** The cluster with some settings, `PATH=VALUE`. */
export function tracedCluster(settings: readonly string[] = [], text = TEXT): LoadedCluster {
  const manifestFiles = [{ path: 'cluster.yaml', text }]
  return loadCluster({ scenarioFile: undefined, manifestFiles, settings: settings.map(parseSetting) })
}

const CLUSTER = tracedCluster()

/** A question, with all that it does not say left open. */
export function traced(question: Partial<FlowQuestion>, cluster = CLUSTER): Trace {
  return tracePacket(cluster, {
    from: 'external',
    to: 'web:80',
    dumps: [],
    maxRunLength: 8,
    command: 'svcsim trace cluster.yaml',
    ...question,
  })
}

/** How every way ends: `50 % delivered web-0 10.244.0.2:8080, sees 10.244.0.1 by n1, rules 21, 20.03 ms`. */
export function ends(trace: Trace): string[] {
  return trace.outcomes.map(endText)
}

function endText(outcome: TraceOutcome): string {
  const { probability, disposition, destination, source, nodes, connectNs, isHairpin } = outcome
  const share = `${Math.round(probability.ratio * 100)} %`
  const to = `${destination.pod ?? '-'} ${destination.address}:${destination.port}`
  const by = nodes.filter((node) => node.isMasqueraded).map(({ node }) => ` by ${node}`)
  const sees = source === null ? '' : `, sees ${source.address}${by.join('')}`
  const rules = nodes.map(({ node, rulesEvaluated }) => `${node} ${rulesEvaluated}`).join(' ')
  const time = connectNs === null ? '' : `, ${connectNs} ns`
  return `${share} ${disposition} ${to}${isHairpin ? ', itself' : ''}${sees}, rules ${rules}${time}`
}
