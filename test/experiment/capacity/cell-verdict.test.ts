import { describe, expect, it } from 'vitest'
import { cellVerdict } from '../../../src/experiment/capacity/cell-verdict.js'
import { loadExperiment } from '../../../src/experiment/load-experiment.js'
import { runExperiment } from '../../../src/experiment/run-experiment.js'
import { shopInputs } from '../inputs.js'

describe('the verdict on a cell', () => {
  const verdictOf = async (...settings: string[]) => {
    const inputs = shopInputs({ settings: ['replications=2', 'warmUp=200ms', 'horizon=2s', ...settings] })
    const thresholds = [{ text: 'client.browsers.errors < 50%' }]
    const { points } = await runExperiment(loadExperiment({ ...inputs, thresholds }))
    return cellVerdict({ result: points[0], replications: 2 }, 'browsers')
  }

  it('is that of the objectives', async () => {
    expect(await verdictOf()).toBe('passed')
  })

  it('is open where requests hang that no objective sees', async () => {
    const events = (timeout: string) => {
      const inputs = shopInputs({
        settings: ['replications=2', 'warmUp=200ms', 'horizon=2s', `clients.browsers.timeout=${timeout}`],
        edit: (text) => `${text}  events: [{ at: 0s, kind: loseNode, node: node-a }]\n`,
      })
      return loadExperiment({ ...inputs, thresholds: [{ text: 'client.browsers.errors < 50%' }] })
    }
    const verdict = async (timeout: string) => {
      const { points } = await runExperiment(events(timeout))
      return cellVerdict({ result: points[0], replications: 2 }, 'browsers')
    }
    expect(await verdict('30s')).toBe('undecided')
    // The node takes redis with it: everybody times out before the end, which the objective does see.
    expect(await verdict('100ms')).toBe('failed')
  })
})
