/** `svcsim rules`, as a user calls it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ShopFolder, shopFolder } from './shop-folder.js'

let shop: ShopFolder
/** The rules of node-a, as svcsim prints them. */
let rules: string

beforeAll(async () => {
  shop = shopFolder()
  rules = (await shop.svcsim(['rules', 'shop', '--node', 'node-a'])).out
  shop.write('save.txt', rules)
})

afterAll(() => shop.remove())

describe('svcsim rules', () => {
  test('prints tables that iptables-restore loads, and nothing else', async () => {
    const { code, err } = await shop.svcsim(['rules', 'shop', '--node', 'node-a'])
    expect([code, err]).toEqual([0, ''])
    const words = rules.split('\n').map((line) => /^(\*(?:nat|filter)$|:|-A |COMMIT$|#|$)/.exec(line)?.[1])
    expect(words).not.toContain(undefined)
    expect(words.filter((word) => word === 'COMMIT')).toHaveLength(2)
    expect(rules).toMatch(/^-A KUBE-NODEPORTS .*-m tcp -p tcp --dport 30080 -j KUBE-EXT-LOLE4ISW44XBNF3G$/m)
  })

  test.each([
    [['--table', 'filter'], '*filter', '*nat'],
    [['--service', 'redis'], 'default/redis', 'default/web'],
    [['--mode', 'nftables'], 'table ip kube-proxy {', '*nat'],
    [['--mode', 'ipvs'], '-A -t ', 'KUBE-SVC'],
    [['--set', 'proxy.mode=ipvs'], '-A -t ', 'KUBE-SVC'],
    [['--set', 'web.replicas=1'], 'KUBE-SVC', '--probability'],
  ])('%j', async (options, present, absent) => {
    const { code, out, err } = await shop.svcsim(['rules', 'shop', '--node', 'node-a', ...options])
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain(present)
    expect(out).not.toContain(absent)
  })

  test('takes manifests alone, as a folder, a file, or from the standard input', async () => {
    const stdin = shop.read('shop/shop.yaml')
    shop.write('manifests/shop.yaml', stdin)
    for (const files of ['manifests', 'manifests/shop.yaml', '-']) {
      const { code, out } = await shop.svcsim(['rules', files, '--node', 'node-a'], { stdin })
      expect(code).toBe(0)
      expect(out).toContain('-A KUBE-SVC-LOLE4ISW44XBNF3G')
    }
  })

  test('takes other manifests for a scenario', async () => {
    shop.write('other.yaml', shop.read('shop/shop.yaml').replace('nodePort: 30080', 'nodePort: 30081'))
    const { code, out } = await shop.svcsim(['rules', 'shop', '--node', 'node-a', '-f', 'other.yaml'])
    expect(code).toBe(0)
    expect(out).toContain('--dport 30081 ')
    expect(out).not.toContain('--dport 30080 ')
  })

  test('draws what manifests leave open by the seed', async () => {
    const [one, same, other] = await Promise.all(
      ['5', '5', '6'].map((seed) => shop.svcsim(['rules', 'shop', '--node', 'node-a', '--seed', seed])),
    )
    expect(one.out).toBe(same.out)
    expect(one.out).not.toBe(other.out)
  })

  test('prints JSON with the command that repeats it', async () => {
    const { code, out } = await shop.svcsim([
      ...['rules', 'shop', '--node', 'node-a', '--seed', '5', '--table', 'nat', '--format', 'json'],
    ])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 'svcsim.dev/rules/v1',
      command: 'svcsim rules shop --seed 5 --node node-a --table nat',
      node: 'node-a',
      mode: 'iptables',
    })
  })

  test.each([
    [['--node', 'node-x'], 2, 'error[NODE_UNKNOWN] There is no node "node-x"', 'did you mean "node-a"?'],
    [['--node', 'node-a', '--service', 'wbe'], 2, 'error[SVC_UNKNOWN]', 'did you mean "web"?'],
    [['--node', 'node-a', '--mode', 'ebpf'], 2, 'Allowed choices are iptables, nftables, ipvs', ''],
    [['--node', 'node-a', '--set', 'web.replicas=1..3'], 2, 'names several values', ''],
    [['--node', 'node-a', '--diff', '-', '-f', '-'], 2, 'only one thing can be read', ''],
    [['--node', 'node-a', '--diff', 'save.txt', '--table', 'nat'], 2, '--diff compares all rules', ''],
    [['--node', 'node-a', '--diff', 'sav.txt'], 3, '"sav.txt" can not be read', 'did you mean "save.txt"?'],
    [[], 2, "required option '--node <node>' not specified", 'see `svcsim help rules`'],
  ])('refuses %j with exit code %d', async (options, expected, message, hint) => {
    const { code, out, err } = await shop.svcsim(['rules', 'shop', ...options])
    expect([code, out]).toEqual([expected, ''])
    expect(err).toContain(message)
    expect(err).toContain(hint)
  })

  test('warns on the standard error, unless it is to be quiet', async () => {
    const lost = `${shop.read('shop/shop.yaml')}---\napiVersion: v1\nkind: Service\nmetadata: { name: lost }\nspec: { selector: { app: nobody }, ports: [{ port: 1 }] }\n`
    const loud = await shop.svcsim(['rules', '-', '--node', 'node-a'], { stdin: lost })
    expect(loud.err).toMatch(/^warning\[/)
    expect(await shop.svcsim(['rules', '-', '--node', 'node-a', '-q'], { stdin: lost })).toEqual({
      ...loud,
      err: '',
    })
  })
})

describe('svcsim rules --diff', () => {
  test('ends with 0 and a Yes if the node has what the manifests say', async () => {
    const { code, out, err } = await shop.svcsim(['rules', 'shop', '--node', 'node-a', '--diff', 'save.txt'])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(
      /^Yes: kube-proxy on node-a has synced what the manifests say\. 2 Service ports compared/,
    )
    expect(out).toContain('Repeat with  svcsim rules shop --node node-a --diff save.txt')
  })

  test('takes the dump from the standard input', async () => {
    const { code, out } = await shop.svcsim(['rules', 'shop', '--node', 'node-a', '--diff', '-'], {
      stdin: rules,
    })
    expect(code).toBe(0)
    expect(out).toContain('--diff -\n')
  })

  test('ends with 1 and a No, without an error, if it has not', async () => {
    const { code, out, err } = await shop.svcsim([
      ...['rules', 'shop', '--node', 'node-a', '--set', 'web.replicas=3', '--diff', 'save.txt'],
    ])
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatch(
      /^No: kube-proxy on node-a has not synced what the manifests say: 1 of 2 Service ports/,
    )
    expect(out).toContain('3 endpoints by the manifests, 2 on the node')
  })

  test('says the same as JSON, with the same exit codes', async () => {
    const outcomes = await Promise.all(
      [[], ['--set', 'web.replicas=3']].map((options) =>
        shop.svcsim([...'rules shop --node node-a --diff save.txt --format json'.split(' '), ...options]),
      ),
    )
    expect(outcomes.map(({ code, out }) => [code, JSON.parse(out).isEqual])).toEqual([
      [0, true],
      [1, false],
    ])
  })

  test.each([
    ['', '"<stdin>" holds no table of iptables'],
    ['hello', '"hello" stands outside of a table'],
    ['*nat\n-A KUBE-SERVICES\nCOMMIT\n', 'error[NF_'],
    ['*nat\n', 'has no COMMIT'],
  ])('ends with 3 for the dump %j', async (stdin, message) => {
    const { code, out, err } = await shop.svcsim(['rules', 'shop', '--node', 'node-a', '--diff', '-'], {
      stdin,
    })
    expect([code, out]).toEqual([3, ''])
    expect(err).toContain(message)
  })

  test('compares mode iptables only', async () => {
    const { code, err } = await shop.svcsim([
      ...'rules shop --node node-a --mode nftables --diff save.txt'.split(' '),
    ])
    expect(code).toBe(2)
    expect(err).toContain('Only rules of mode iptables can be compared')
  })
})
