import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readResults } from '../../src/results/results-json.js'
import { type ShopFolder, shopFolder } from './shop-folder.js'

let shop: ShopFolder

beforeEach(() => {
  shop = shopFolder()
})

afterEach(() => shop.remove())

describe('invalid input ends with exit code 3, all errors in one pass', () => {
  test('of scenario and manifests, each with its place', async () => {
    shop.write('shop/shop.yaml', shop.read('shop/shop.yaml').replace('nodePort: 30080', 'nodePort: 80'))
    shop.write(
      'shop/scenario.yaml',
      shop.read('shop/scenario.yaml').replace('horizon: 3s', 'horizon: 3 parsecs'),
    )
    const { code, out, err } = await shop.svcsim(['run', 'shop'])
    expect([code, out]).toEqual([3, ''])
    expect(err).toMatch(/^error\[DURATION\] /)
    expect(err).toContain('  --> shop/scenario.yaml:9:12\n')
    expect(err).toContain('error[NODE_PORT_RANGE] ')
    expect(err).toMatch(/ {2}--> shop\/shop\.yaml:25:51\n/)
  })

  test.each([
    [
      ['run', 'shpo'],
      '"shpo" can not be read: there is no such file or folder (ENOENT)',
      'did you mean "shop"?',
    ],
    [
      ['run', 'shop/scenaro.yaml'],
      '"shop/scenaro.yaml" can not be read',
      'did you mean "shop/scenario.yaml"?',
    ],
    [['run', 'empty'], '"empty/scenario.yaml" can not be read', ''],
    [['run', 'shop', '-f', 'empty'], 'The folder "empty" holds no manifests', 'end in .yaml'],
    [['run', 'shop/shop.yaml'], 'holds 4 documents, and a scenario is one', ''],
    [['run', 'binary'], '"binary" is not UTF-8 text', ''],
    [['run', 'a\0b'], 'can not be read', ''],
    [['report', 'shop/shop.yaml'], '"shop/shop.yaml" is not JSON', ''],
    [['report', 'binary'], '"binary" is not a bundle of results', ''],
    [['check', 'nothing.yaml'], '"nothing.yaml" can not be read', ''],
  ])('%j', async (argv, message, hint) => {
    fs.mkdirSync(path.join(shop.root, 'empty'))
    shop.write('binary', Buffer.from([0xc3, 0x28]))
    const { code, out, err } = await shop.svcsim(argv)
    expect([code, out]).toEqual([3, ''])
    expect(err).toContain(message)
    expect(err).toContain(hint)
  })

  test('a wrong value on the command line is wrong usage', async () => {
    const { code, err } = await shop.svcsim(['run', 'shop', '--set', 'web.replicas=many'])
    expect(code).toBe(2)
    expect(err).toContain('web.replicas=many')
  })
})

describe('names from strangers', () => {
  const ESCAPES = ['\u001b[31mred', '\u0007', '\u202egnp.exe', '\u009b2J', 'a\rb', 'a\nb', '\u2066x']

  test.each(ESCAPES)('%j in names and paths does not reach the terminal', async (name) => {
    const quoted = JSON.stringify(name)
    shop.write(
      'bad.yaml',
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${quoted}}\nspec: {ports: [{port: 80}]}\n---\n${quoted}: 1\n`,
    )
    shop.write('shop/bad.yaml', shop.read('shop/scenario.yaml').replace('[shop.yaml]', `[${quoted}]`))
    const outcomes = [
      await shop.svcsim(['check', 'bad.yaml']),
      await shop.svcsim(['run', 'shop/bad.yaml']),
      await shop.svcsim(['run', name]),
      await shop.svcsim(['run', 'shop', '--set', `${name}.replicas=3`]),
      await shop.svcsim(['run', 'shop', '--output', `${name}.json`, '--quiet']),
      await shop.svcsim(['report', name]),
      await shop.svcsim([name]),
    ]
    for (const { out, err } of outcomes) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }
  })

  test('a path that a shell would obey is quoted in the command that repeats the run', async () => {
    shop.write(
      'a b; $(x)/scenario.yaml',
      shop.read('shop/scenario.yaml').replace('[shop.yaml]', '[../shop/shop.yaml]'),
    )
    const { out } = await shop.svcsim(['run', 'a b; $(x)', '--format', 'json', '--quiet'])
    expect(readResults(out, 'x').command).toBe("svcsim run 'a b; $(x)' --seed 1")
  })
})

describe('svcsim check', () => {
  test('of a scenario prints what was understood, and runs nothing', async () => {
    expect(await shop.svcsim(['check', 'shop'])).toEqual({
      code: 0,
      out: 'ok: 2 Services, 3 pods on 3 nodes; 2 client groups, 1 point of 1 replication; no warnings\n',
      err: '',
    })
  })

  test('of manifests alone: files, folders, the standard input', async () => {
    const ok = { code: 0, out: 'ok: 2 Services, 3 pods on 3 nodes; no warnings\n', err: '' }
    shop.write('manifests/shop.yaml', shop.read('shop/shop.yaml'))
    expect(await shop.svcsim(['check', 'shop/shop.yaml'])).toEqual(ok)
    expect(await shop.svcsim(['check', 'manifests'])).toEqual(ok)
    expect(await shop.svcsim(['check', '-'], { stdin: shop.read('shop/shop.yaml') })).toEqual(ok)
  })

  test('warns, and ends well', async () => {
    const { code, out, err } = await shop.svcsim(['check', 'shop/sweep.yaml'])
    expect([code, out]).toEqual([
      0,
      'ok: 2 Services, 2 pods on 3 nodes; 1 client group, 6 points of 2 replications; 1 warning\n',
    ])
    expect(err).toMatch(/^warning\[SVC_UNUSED\] Service "redis" is used by no client and no call\n/)
  })

  test('finds what only some points of a sweep have', async () => {
    const { code, err } = await shop.svcsim(['check', 'shop', '--set', 'clients.browsers.to=web:80,wbe:80'])
    expect(code).toBe(2)
    expect(err).toContain('No Service is named "wbe" (at clients.browsers.to=wbe:80)')
  })

  test('takes one scenario', async () => {
    const { code, err } = await shop.svcsim(['check', 'shop', 'shop/sweep.yaml'])
    expect([code, err.split('\n')[0]]).toEqual([2, 'error[USAGE] a scenario is checked by itself'])
  })
})

describe('svcsim bench routing', () => {
  test('prints a table for each kind of pods, and says what a hash of few clients does', async () => {
    const { code, out } = await shop.svcsim([
      'bench',
      'routing',
      '--pods',
      '4',
      '--replications',
      '2',
      '--seed',
      '3',
    ])
    expect(code).toBe(0)
    for (const heading of ['Pods all alike', 'Pods one at a quarter speed']) expect(out).toContain(heading)
    const row =
      /^ {2}(roundRobin|random|leastConnections|powerOfChoices\w*|joinIdleQueue|flowHash|hashThreshold|resilientHash|ringHash|boundedRingHash|maglev|sourceHash) .* \d\.\d\d×$/gm
    expect(out.match(row)).toHaveLength(26)
    expect(out.match(/ 1\.00×$/gm)).toHaveLength(2)
    expect(out).toContain(
      'sourceHash spreads addresses, not requests: 100 clients over 4 pods give the busiest',
    )
    expect(out).toContain(
      'svcsim bench routing --pods 4 --clients 100 --utilisation 0.7 --seed 3 --replications 2\n',
    )
  })

  test('as JSON is an ordinary results file', async () => {
    const { out } = await shop.svcsim([
      'bench',
      'routing',
      '--rate',
      '50',
      '--replications',
      '1',
      '--format',
      'json',
    ])
    const { points, sweep } = readResults(out, 'x')
    expect([points.length, sweep?.axes]).toEqual([26, ['pods', 'algorithm']])
  })
})

describe('svcsim workload record', () => {
  test('writes the same bytes every time', async () => {
    for (const name of ['a.msgpack', 'b.msgpack']) {
      expect((await shop.svcsim(['workload', 'record', 'shop', '--output', name, '--quiet'])).out).toBe('')
    }
    expect(
      fs
        .readFileSync(path.join(shop.root, 'a.msgpack'))
        .equals(fs.readFileSync(path.join(shop.root, 'b.msgpack'))),
    ).toBe(true)
  })

  test('takes one value for each field', async () => {
    const { code, err } = await shop.svcsim([
      'workload',
      'record',
      'shop',
      '--output',
      'a.msgpack',
      '--set',
      'web.replicas=1..2',
    ])
    expect(code).toBe(2)
    expect(err).toContain('names several values')
  })
})

describe('svcsim report', () => {
  test('renders saved results as the run did, from JSON, bundle or pipe', async () => {
    const { out } = await shop.svcsim(['run', 'shop', '--output', 'results.json'])
    await shop.svcsim(['run', 'shop', '--output', 'results.msgpack'])
    expect((await shop.svcsim(['report', 'results.json'])).out).toBe(out)
    expect((await shop.svcsim(['report', 'results.msgpack'])).out).toBe(out)
    expect((await shop.svcsim(['report', '-'], { stdin: shop.read('results.json') })).out).toBe(out)
  })

  test('compares what are no parts of one experiment, as `svcsim compare` does, and says why', async () => {
    const files = ['one.json', 'two.json']
    await shop.svcsim(['run', 'shop', '--replications', '3', '--per-replication', '--output', 'one.json'])
    const settings = ['--set', 'web.replicas=1', '--replications', '3', '--per-replication']
    await shop.svcsim(['run', 'shop', ...settings, '--output', 'two.json'])
    const { code, out, err } = await shop.svcsim(['report', ...files, '--format', 'json'])
    expect(code).toBe(0)
    expect(err).toMatch(
      /^note: compared, not joined: results that differ in their scenario can not be merged\n$/,
    )
    const compared = JSON.parse((await shop.svcsim(['compare', ...files, '--format', 'json'])).out)
    expect(JSON.parse(out)).toEqual({ ...compared, command: 'svcsim report one.json two.json' })
    expect(compared.hasRealDifference).toBe(true)
    for (const format of ['text', 'csv', 'md']) {
      const report = await shop.svcsim(['report', ...files, '--format', format, '-q'])
      const comparison = (await shop.svcsim(['compare', ...files, '--format', format])).out
      expect(report).toEqual({
        code: 0,
        err: '',
        out: comparison.replace(
          'svcsim compare one.json two.json --seed 1 --replications 3',
          'svcsim report one.json two.json',
        ),
      })
    }
  })

  test('writes a comparison to a file or folder, and refuses what no comparison can be', async () => {
    const argv = ['report', 'one.json', 'two.json']
    await shop.svcsim(['run', 'shop', '--seed', '1', '--output', 'one.json'])
    await shop.svcsim(['run', 'shop', '--seed', '2', '--output', 'two.json'])
    const written = await shop.svcsim([...argv, '--output', 'both.md'])
    expect([written.code, written.out]).toEqual([0, ''])
    expect(shop.read('both.md')).toContain('# two.json against one.json')
    await shop.svcsim([...argv, '--format', 'csv', '--output', 'both/', '-q'])
    expect(shop.read('both/comparison.csv')).toContain('baseline,alternative,kind')
    await shop.svcsim([...argv, '--output', 'both.html', '-q'])
    expect(shop.read('both.html')).toContain('<title>one.json, two.json · svcsim</title>')
    const metrics = await shop.svcsim([...argv, '--format', 'openmetrics'])
    expect([metrics.code, metrics.out]).toEqual([3, ''])
    expect(metrics.err).toContain(
      'error[RESULTS_MISMATCH] results that differ in their seed can not be merged',
    )
    expect(metrics.err).toContain('they can be compared with --format text, md, csv, json or html')
    const judged = await shop.svcsim([...argv, '--threshold', 'p99 < 1s'])
    expect([judged.code, judged.out]).toEqual([2, ''])
  })

  test('compares sweeps setting by setting, and refuses those that share none', async () => {
    const sweep = (values: string, seed: string, file: string) =>
      shop.svcsim(['sweep', 'shop', '--set', `web.replicas=${values}`, '--seed', seed, '--output', file])
    await sweep('1..3', '1', 'one.json')
    await sweep('2..4', '2', 'two.json')
    await sweep('5,6', '2', 'five.json')
    const { code, out } = await shop.svcsim(['report', 'one.json', 'two.json'])
    expect(code).toBe(0)
    expect(out).toContain('browsers → web:80, web.replicas 2')
    expect(out.replaceAll(/\s+/g, ' ')).toContain('so not compared: web.replicas 1, web.replicas 4')
    const apart = await shop.svcsim(['report', 'one.json', 'five.json'])
    expect([apart.code, apart.out]).toEqual([3, ''])
    expect(apart.err).toContain('nor can they be compared: they share no setting')
  })

  test('writes the files of a report into a folder', async () => {
    await shop.svcsim(['run', 'shop', '--output', 'results.json'])
    const { out, err } = await shop.svcsim([
      'report',
      'results.json',
      '--format',
      'csv',
      '--output',
      'report/',
    ])
    expect([out, err, shop.made()]).toEqual(['', 'wrote report/results.csv\n', ['report', 'results.json']])
  })
})

describe('svcsim schema', () => {
  test.each([
    [[], 'svcsim scenario'],
    [['scenario'], 'svcsim scenario'],
    [['results'], 'Results of svcsim'],
  ])('%j prints JSON Schema, draft 7', async (args, title) => {
    const { code, out } = await shop.svcsim(['schema', ...args])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#', title })
  })
})
