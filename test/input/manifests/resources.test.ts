/** CPU limits of containers. */
import { describe, expect, test } from 'vitest'
import { manifestsOf, toldOf } from '../reading.js'

const podText = (resources: string) => `apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: main, resources: ${resources}}]}
`

const limitOf = (resources: string) =>
  manifestsOf(podText(resources)).pods[0].podSpec.containers[0].cpuLimitMilli

describe('the CPU limit of a container', () => {
  test.each([
    ['500m', 500],
    ['2', 2_000],
    ['"1.5"', 1_500],
    ['0.3', 300],
    ['100u', 1],
    ['1001u', 2],
    ['1e2', 100_000],
  ])('%s is %i thousandths, rounded up', (text, expected) => {
    expect(limitOf(`{limits: {cpu: ${text}, memory: 64Mi}}`)).toBe(expected)
  })

  test.each(['{}', '{limits: {}}', '{limits: {memory: 1Gi}}', '{limits: {cpu: 0}}', '{limits: {cpu: null}}'])(
    'is none for %s',
    (resources) => {
      expect(limitOf(resources)).toBeUndefined()
    },
  )

  test.each([
    ['half', 'QUANTITY', 'is "half"'],
    ['-1', 'QUANTITY', 'is "-1"'],
    ['[1]', 'FIELD_TYPE', 'is no quantity'],
    ['true', 'FIELD_TYPE', 'is no quantity'],
  ])('is not %s', (text, code, what) => {
    expect(toldOf(podText(`{limits: {cpu: ${text}}}`)).map((each) => each.replace(/ \d+:\d+ /, ' '))).toEqual(
      [
        `${code} Pod "web": spec.containers[0].resources.limits.cpu ${what} [it must be a number of CPUs such as 2 or 500m]`,
      ],
    )
  })

  test('is read of resources of which no other decides about anything; requests are warned of', () => {
    expect(toldOf(podText('{limits: {cpu: 1, nvidia.com/gpu: 1}, claims: []}'))).toEqual([])
    expect(toldOf(podText('{requests: {cpu: 1}}'))).toEqual([
      expect.stringContaining('Pod field pod spec.containers[].resources.requests is not modelled'),
    ])
  })
})
