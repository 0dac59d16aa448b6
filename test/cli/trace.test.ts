/** `svcsim trace`, as a user calls it. */
import fs from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ShopFolder, shopFolder } from './shop-folder.js'

let shop: ShopFolder

beforeAll(() => {
  shop = shopFolder()
})

afterAll(() => shop.remove())

/** The words of a command line without quotes. */
function words(text: string): string[] {
  return text.split(' ')
}

describe('svcsim trace', () => {
  test('prints question, answer, ways, rules, assumptions, and the command that repeats it', async () => {
    const { code, out, err } = await shop.svcsim(words('trace shop --from pod/redis-0 --to web:80'))
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^TCP from redis-0 on node-a to web:80, cluster IP of default\/web:80\n/)
    expect(out).toMatch(/^ {2}1 {4}50 % {2}1073741824\/2\^31 /m)
    expect(out).toMatch(/^ {22,}KUBE-SVC-LOLE4ISW44XBNF3G$/m)
    expect(out).toContain('-j DNAT --to-destination 10.244.')
    expect(out).toMatch(/^Repeat with {3}svcsim trace shop --from pod\/redis-0 --to web:80$/m)
  })

  test('repeats with every option that was given, from wherever it is called', async () => {
    shop.write('save.txt', (await shop.svcsim(words('rules shop --node node-a'))).out)
    const { code, out } = await shop.svcsim(
      words(
        'trace scenario.yaml -f shop.yaml --set web.replicas=3 --seed 4 --from external --to web:80 --via node-a --protocol tcp --source-port 40000 --draw 2 --rules node-a=../save.txt --pod-interface cali0 --all-rules -q',
      ),
      { cwd: `${shop.root}/shop` },
    )
    expect(code).toBe(0)
    expect(out).toContain(
      '\nRepeat with   svcsim trace shop -f shop/shop.yaml --set web.replicas=3 --seed 4 --from external --to web:80 --via node-a --protocol tcp --source-port 40000 --draw 2 --rules node-a=save.txt --pod-interface cali0 --all-rules\n',
    )
    expect(out).toContain(':40000 → ')
  })

  test('is the same every time, and by the seed where it draws', async () => {
    const draw = (options: string) =>
      shop.svcsim(words(`trace shop --from pod/redis-0 --to web:80 ${options} --format json`))
    const [one, same] = [await draw('--draw 3 --seed 8'), await draw('--draw 3 --seed 8')]
    expect(one.out).toBe(same.out)
    const ends = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const { outcomes } = JSON.parse((await draw(`--draw ${index + 1}`)).out)
        expect(outcomes).toHaveLength(1)
        return outcomes[0].destination.pod
      }),
    )
    expect(new Set(ends)).toEqual(new Set(['web-0', 'web-1']))
  })

  test('takes manifests alone, from the standard input too, and dumps from there', async () => {
    const stdin = shop.read('shop/shop.yaml')
    shop.write('manifests/shop.yaml', stdin)
    const question = words('--from pod/redis-0 --to web:80 --format json')
    const traces = await Promise.all(
      ['manifests', 'manifests/shop.yaml', '-'].map((files) =>
        shop.svcsim(['trace', files, ...question], { stdin }),
      ),
    )
    for (const { code, out } of traces)
      expect([code, JSON.parse(out).scenario, JSON.parse(out).outcomes.length]).toEqual([0, null, 2])
    const rules = (await shop.svcsim(['rules', 'manifests', '--node', 'node-a'])).out
    const { code, out } = await shop.svcsim(['trace', 'manifests', ...question, '--rules', 'node-a=-'], {
      stdin: rules,
    })
    expect(code).toBe(0)
    expect(JSON.parse(out).way.steps[0]).toMatchObject({ kind: 'node', rules: '<stdin>' })
  })

  test.each(['iptables', 'nftables', 'ipvs'])('follows the rules of mode %s', async (mode) => {
    const { code, out } = await shop.svcsim(
      words(`trace shop --from external --to web:80 --set proxy.mode=${mode} --format json`),
    )
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ mode, outcomes: [{ disposition: 'delivered' }, {}] })
  })

  test.each([
    ['--from pod/web --to web:80', 'error[POD_UNKNOWN]', 'its pods are called web-0, web-1'],
    ['--from pod/web-0 --to wbe:80', 'error[SVC_UNKNOWN]', 'did you mean "web"?'],
    ['--from pod/web-0 --to web:81', 'error[SVC_PORT_UNKNOWN]', '80'],
    ['--from node/node-x --to web:80', 'error[NODE_UNKNOWN]', 'did you mean "node-a"?'],
    ['--from web-0 --to web:80', 'error[FLOW_SYNTAX]', 'pod/web-0'],
    ['--from pod/web-0 --to web', 'error[FLOW_SYNTAX]', ''],
    ['--from external --to redis:6379', 'error[FLOW_IMPOSSIBLE]', ''],
    ['--from pod/web-0 --to web:80 --via node-a', 'error[', '--via'],
    ['--from pod/web-0 --to web:80 --rules save.txt', 'does not say which node', 'write --rules NODE=DUMP'],
    ['--from pod/web-0 --to web:80 --rules nod-a=-', 'error[NODE_UNKNOWN]', 'did you mean "node-a"?'],
    ['--from pod/web-0 --to web:80 --rules node-a=- -f -', 'only one thing can be read', ''],
    ['--from pod/web-0 --to web:80 --source-port 65536', 'It must be an integer from 1 to 65535', ''],
    ['--from pod/web-0 --to web:80 --draw 0', 'It must be an integer from 1 to', ''],
    ['--from pod/web-0 --to web:80 --protocol icmp', 'Allowed choices are tcp, udp, sctp', ''],
    ['--from pod/web-0 --to web:80 --set web.replicas=1,2', 'names several values', ''],
    ['--to web:80', "required option '--from <source>' not specified", ''],
  ])('refuses %s with exit code 2', async (options, message, hint) => {
    const { code, out, err } = await shop.svcsim(['trace', 'shop', ...words(options)])
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(err).toContain(hint)
  })

  test('ends with 3 for files that can not be read', async () => {
    const question = words('--from pod/redis-0 --to web:80')
    const outcomes = [
      await shop.svcsim(['trace', 'shpo', ...question]),
      await shop.svcsim(['trace', 'shop', ...question, '--rules', 'node-a=nothing.txt']),
      await shop.svcsim(['trace', 'shop', ...question, '--rules', 'node-a=-'], {
        stdin: '*nat\n-A X -j Y\nCOMMIT\n',
      }),
    ]
    expect(outcomes.map(({ code, out }) => [code, out])).toEqual([
      [3, ''],
      [3, ''],
      [3, ''],
    ])
  })

  test('does not let names drive the terminal', async () => {
    const name = '\u001b[31mred'
    const outcomes = [
      await shop.svcsim(['trace', 'shop', '--from', name, '--to', 'web:80']),
      await shop.svcsim(['trace', 'shop', '--from', 'pod/redis-0', '--to', name]),
      await shop.svcsim(['trace', 'shop', '--from', 'pod/redis-0', '--to', 'web:80', '--rules', `${name}=x`]),
    ]
    const dump = `*nat\n:${name} - [0:0]\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j ${name}\n-A ${name} -m ${name} -j ${name}\nCOMMIT\n`
    outcomes.push(
      await shop.svcsim(words('trace shop --from pod/redis-0 --to web:80 --rules node-a=-'), { stdin: dump }),
    )
    for (const { out, err } of outcomes) expect(out + err).not.toContain('\u001b')
  })
})

test('the trace of the example is that of the documentation', async () => {
  const { code, out } = await shop.svcsim(
    words('trace scenarios/counter --from external --to counter-np:3000 --via node/node-a'),
    { cwd: process.cwd() },
  )
  expect(code).toBe(0)
  const golden = fs.readFileSync(new URL('../data/report/trace-counter.txt', import.meta.url), 'utf8')
  const body = (text: string) => text.replace(/\nRepeat with .*\n$/, '')
  expect(body(out)).toBe(body(golden))
})

test.each(['trace', 'rules', 'rules-diff'])('svcsim schema %s describes what is printed', async (name) => {
  const { code, out } = await shop.svcsim(['schema', name])
  expect(code).toBe(0)
  expect(JSON.parse(out).properties.schemaVersion.const).toBe(`svcsim.dev/${name}/v1`)
})
