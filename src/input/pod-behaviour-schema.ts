/** Fields of `spec.pods` of a scenario that say how fast a pod works: its CPU limit, its first minutes. */
import { z } from 'zod'
import { NS_PER_MS, NS_PER_S } from '../base/nanoseconds.js'
import { parseQuantity } from '../base/units.js'
import { FROM_MANIFEST } from './pod-words.js'
import { duration, parsedText } from './scalars.js'

const EXPECTED_LIMIT = 'a number of CPUs above 0 such as 2 or 500m, or fromManifest'

/** A CPU limit: CPUs, above 0, or `fromManifest`. */
export const cpuLimit = z.union([
  z.number().positive(),
  parsedText('QUANTITY', parseCpuLimit, EXPECTED_LIMIT, ['500m', '2', FROM_MANIFEST]),
])

function parseCpuLimit(text: string): number | typeof FROM_MANIFEST | undefined {
  if (text === FROM_MANIFEST) return text
  const cpus = parseQuantity(text)
  return cpus !== undefined && cpus > 0 ? cpus : undefined
}

/** Output: ns. Range: kubelet's validation of `cpuCFSQuotaPeriod`. */
export const cpuPeriod = duration.refine((periodNs) => periodNs >= NS_PER_MS && periodNs <= NS_PER_S, {
  params: { expected: 'a duration from 1ms to 1s' },
})

/** Output: `duration` in ns. */
export const slowStart = z
  .strictObject({
    duration: duration.describe('How long after it became ready a pod is slower, e.g. 30s.'),
    factor: z
      .number()
      .positive()
      .max(1)
      .describe(
        'Its speed at the beginning, 1 being normal: 0.25 takes four times as long. Rises evenly to 1.',
      ),
  })
  .describe(
    'Pods that warm up, as with just-in-time compilers and empty caches: for a while after a pod became ready it works at a part of its speed. Pods are ready when the simulation begins, so set warmUp to 0s to see it. None by default.',
  )

/** Disciplines of a pod's servers. */
export const discipline = z
  .enum(['fcfs', 'ps'])
  .default('fcfs')
  .describe(
    'How servers work on requests. fcfs: one request for each server, the others wait in line (a pool of threads or workers). ps: all requests of the pod at once, each with an equal part of the servers, one server at most (threads without limit, goroutines, an event loop). Requests that wait for calls take no part.',
  )

/** Whether calls follow one another. */
export const callOrder = z
  .enum(['sequence', 'parallel'])
  .default('sequence')
  .describe(
    'sequence: one call after another. parallel: all at once after the own work; the answer waits for the last of them, or for the first that fails.',
  )
