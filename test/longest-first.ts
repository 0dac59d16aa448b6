/**
 * The order of test files: those that take longest first, so that none of them is left to one worker when the others have nothing
 * more to do. Without times of an earlier run, as after a fresh checkout, vitest goes by the size of files.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Some 40 to 80 s of processor time each, longest first. */
const LONGEST = [
  'test/scenarios/golden.test.ts',
  'test/validation/theory.test.ts',
  'test/validation/few-choices.test.ts',
  'test/validation/conservation.test.ts',
  'test/experiment/journal/interruptions.test.ts',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`))
      return at < 0 ? LONGEST.length : at
    }
    const sorted = await super.sort(files)
    return sorted.sort((left, right) => rankOf(left) - rankOf(right))
  }
}
