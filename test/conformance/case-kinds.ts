/**
 * Recognises cases by their fields, whatever file they are in, and runs them.
 */
import { type CaseResult, caseResult, isRecord, messageOf } from './case-result.js'
import {
  type RawChainNameCase,
  type RawNftChainNameCase,
  type RawProbabilityCase,
  type RawStaticChainCase,
  runChainNameCase,
  runNftChainNameCase,
  runProbabilityCase,
  runStaticChainCase,
} from './extra-cases.js'
import { type FlowFile, type RawFlowCase, runFlowCase } from './flow-cases.js'
import {
  isCountedExpectation,
  type RawEndpointsMapCase,
  type RawObjectsCase,
  runEndpointsMapCase,
  runObjectsCase,
} from './object-cases.js'
import { type RawTopologyCase, runTopologyCase } from './topology-cases.js'

type Fields = Readonly<Record<string, unknown>>

/** One kind of case. The data are the project's own: what has the fields of a kind is taken to be one. */
interface CaseKind {
  isOne(fields: Fields): boolean
  run(fields: never, file: never): readonly CaseResult[]
}

function kind<T>(
  isOne: (fields: Fields) => boolean,
  run: (each: T, file: FlowFile) => CaseResult | readonly CaseResult[],
): CaseKind {
  return {
    isOne,
    run: (fields: T, file: FlowFile) => {
      const result = run(fields, file)
      return 'reasons' in result ? [result] : result
    },
  }
}

const has =
  (...names: readonly string[]) =>
  (fields: Fields) =>
    names.every((name) => fields[name] !== undefined)

const KINDS: readonly CaseKind[] = [
  kind<RawFlowCase>(has('flows', 'node', 'objects'), runFlowCase),
  kind<RawTopologyCase>(has('service', 'endpoints', 'expect', 'node'), runTopologyCase),
  kind<RawEndpointsMapCase>(has('previousSlices', 'currentSlices', 'expect'), runEndpointsMapCase),
  kind<RawNftChainNameCase>(has('nameBase', 'namespace', 'service', 'protocol'), runNftChainNameCase),
  kind<RawChainNameCase>(has('servicePortName', 'protocol', 'chain'), runChainNameCase),
  kind<RawProbabilityCase>(has('endpointsLeft', 'text'), runProbabilityCase),
  kind<RawStaticChainCase>(has('table', 'chain', 'options', 'rules'), runStaticChainCase),
  kind<RawObjectsCase>(
    ({ objects, expect }) =>
      objects !== undefined && isRecord(expect) && Object.keys(expect).some(isCountedExpectation),
    runObjectsCase,
  ),
]

/**
 * Runs the cases of one file.
 *
 * @param file - its content, with `cases`
 * @returns one result for each flow of a flow case, and one for each other case; a case of no known kind fails
 */
export function runCases(file: FlowFile): CaseResult[] {
  return file.cases.flatMap((each: unknown, index) => runCase(each, index, file))
}

function runCase(each: unknown, index: number, file: FlowFile): readonly CaseResult[] {
  const name = isRecord(each) && typeof each.name === 'string' ? each.name : `case ${index + 1}`
  const found = isRecord(each) ? KINDS.find((kindOfCase) => kindOfCase.isOne(each)) : undefined
  if (found === undefined)
    return [caseResult(name, ['this case is not understood: its fields are of no kind'])]
  try {
    return found.run(each as never, file as never)
  } catch (error) {
    return [caseResult(name, [messageOf(error)])]
  }
}
