/**
 * Thresholds as JUnit XML, which systems of continuous integration read: one test case for each threshold of each point.
 *
 * Source: the schema of Apache Ant and Maven Surefire as Jenkins and GitLab read it: testsuites, testsuite, testcase, failure,
 * skipped.
 */
import type { Results } from '../results/results-schema.js'
import { estimateText } from './figures.js'
import { type ThresholdRow, thresholdRows } from './threshold-rows.js'
import { xmlText } from './xml-text.js'

/**
 * Renders them.
 *
 * @param isUndecidedPassed - what is undecided is skipped; else it is a failure
 */
export function junitReport(results: Results, isUndecidedPassed: boolean): string {
  const rows = thresholdRows(results)
  const failures = rows.filter(({ result }) => isFailure(result.verdict, isUndecidedPassed)).length
  const skipped = rows.filter(({ result }) => result.verdict === 'undecided' && isUndecidedPassed).length
  const counts = `tests="${rows.length}" failures="${failures}" errors="0" skipped="${skipped}"`
  const name = xmlText(results.scenario.name)
  const cases = rows.flatMap((row) => testCase(results, row, isUndecidedPassed))
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="svcsim" ${counts}>`,
    `  <testsuite name="${name}" ${counts}>`,
    ...cases.map((line) => `    ${line}`),
    '  </testsuite>',
    '</testsuites>',
  ]
  return `${lines.join('\n')}\n`
}

function testCase(
  results: Results,
  { settings, result }: ThresholdRow,
  isUndecidedPassed: boolean,
): string[] {
  const axes = results.sweep?.axes ?? []
  const at = settings.map((value, index) => `${axes[index]}=${value}`).join(' ')
  const name = xmlText(at === '' ? result.threshold : `${result.threshold} at ${at}`)
  const open = `<testcase classname="${xmlText(results.scenario.name)}" name="${name}"`
  const { verdict } = result
  if (verdict === 'passed') return [`${open}/>`]
  const note = result.note === undefined ? '' : `: ${result.note}`
  const message = xmlText(`${verdict}: ${result.metric} is ${estimateText(result.unit, result)}${note}`)
  const element = isFailure(verdict, isUndecidedPassed)
    ? `<failure type="${verdict}" message="${message}">${xmlText(results.command)}</failure>`
    : `<skipped message="${message}"/>`
  return [`${open}>`, `  ${element}`, '</testcase>']
}

function isFailure(verdict: string, isUndecidedPassed: boolean): boolean {
  return verdict === 'failed' || (verdict === 'undecided' && !isUndecidedPassed)
}
