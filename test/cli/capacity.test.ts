import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readResults } from '../../src/results/results-json.js'
import { type ShopFolder, shopFolder } from './shop-folder.js'

let shop: ShopFolder

beforeEach(() => {
  shop = shopFolder()
})

afterEach(() => shop.remove())

const QUESTION = [
  'capacity',
  'shop',
  '--rate',
  '100..300/s',
  '--rate-step',
  '100/s',
  '--replicas',
  '1..3',
  '--client',
  'browsers',
  '--max-replications',
  '6',
]

describe('svcsim capacity', () => {
  test('writes a page, a page for repositories and the figures into a folder, with the command that repeats it', async () => {
    const { code, err } = await shop.svcsim([...QUESTION, '--slo', 'p99 < 10s', '-o', 'out/'])
    expect(code).toBe(0)
    expect(err).toMatch(/^wrote out\/.*index\.html, out\/README\.md,/m)
    const { capacity, command } = readResults(shop.read('out/results.json'), 'x')
    expect(capacity?.details).toEqual({ ratePerSec: 100, replicas: 1 })
    expect(command).toBe(
      "svcsim capacity shop --seed 1 --rate 100..300/s --replicas 1..3 --slo 'p99 < 10s' --rate-step 100/s --client browsers --max-replications 6",
    )
  })

  test('ends with 99 where no number of replicas is enough', async () => {
    const { code, err } = await shop.svcsim([...QUESTION, '--slo', 'client.browsers.p99 < 1ms'])
    expect([code, err]).toEqual([99, 'no number of replicas that was tried keeps the objectives\n'])
  })

  test.each([
    [
      ['--slo', 'p99 < 1s', '--rate', 'fast'],
      '--rate "fast" in steps of "100/s" is no range of 1 to 1,000 rates above 0',
    ],
    [['--slo', 'p99 < 1s', '--replicas', '0..3'], '--replicas "0..3" is no range of numbers from 1'],
    [['--slo', 'p99 < 1s', '--at', '500/s'], '--at "500/s" is no rate from 100/s to 300/s'],
    [[], 'there is no objective to keep'],
    [['--set', 'web.replicas=1..3'], 'names several values'],
  ])('says what is wrong with %j', async (more, message) => {
    const { code, err } = await shop.svcsim([...QUESTION, ...more])
    expect(code).toBe(2)
    expect(err).toContain(message)
  })
})
