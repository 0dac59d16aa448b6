import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runConformance } from './run-conformance.js'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'svcsim-conformance-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Writes files and runs them; paths in the output are cut to what follows the folder. */
function run(files: Readonly<Record<string, unknown>>, ...paths: string[]) {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  }
  const lines: string[] = []
  const errors: string[] = []
  const given = paths.length > 0 ? paths.map((path) => join(folder, path)) : [folder]
  const code = runConformance(given, {
    out: (line) => lines.push(line.replaceAll(`${folder}/`, '')),
    error: (line) => errors.push(line.replaceAll(`${folder}/`, '')),
  })
  return { code, lines, errors }
}

const chances = (...texts: string[]) => ({ cases: texts.map((text) => ({ endpointsLeft: 2, text })) })

const node = {
  name: 'a',
  proxyMode: 'iptables',
  ipFamily: 'IPv4',
  nodeIP: '192.168.0.2',
  ips: ['192.168.0.2'],
  podCIDRs: ['10.0.0.0/8'],
  localTrafficDetector: { mode: 'ClusterCIDR', cidr: '10.0.0.0/8' },
  nodePortAddresses: null,
  localhostNodePorts: false,
  masqueradeAll: false,
}

function web(addresses: readonly string[]) {
  return [
    {
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        type: 'ClusterIP',
        clusterIP: '172.30.0.1',
        ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
      },
    },
    {
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints: addresses.map((address) => ({ addresses: [address] })),
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
  ]
}

function flow(expected: unknown) {
  return { name: 'a pod', protocol: 'TCP', from: '10.0.0.9', to: '172.30.0.1', port: 80, expect: expected }
}

function flowFile(flows: readonly unknown[], more: object = {}, addresses = ['10.0.0.1', '10.0.0.2']) {
  return { cases: [{ name: 'default', node, objects: web(addresses), flows, ...more }] }
}

describe('running conformance data', () => {
  it('counts every case and ends with 0 if none fails', () => {
    expect(
      run({ 'a.json': chances('0.5000000000'), 'sub/b.json': chances('0.5000000000', '0.5000000000') }),
    ).toEqual({
      code: 0,
      lines: ['3 passed, 0 failed'],
      errors: [],
    })
  })

  it('names what failed, says why, and ends with 1', () => {
    expect(run({ 'a.json': chances('0.5000000000', '0.4') })).toEqual({
      code: 1,
      lines: ['FAILED a.json: 1 of 2', '    text: expected "0.4", got "0.5000000000"', '1 passed, 1 failed'],
      errors: [],
    })
  })

  it('shows the rules that the packet of a failed flow met', () => {
    const wrong = { outcome: 'dnat', endpoints: ['10.0.0.1:8080'], masquerade: false }
    const { code, lines } = run({ 'a.json': flowFile([flow(wrong)]) })
    expect(code).toBe(1)
    expect(lines[0]).toBe('FAILED a.json: default: a pod (TCP from 10.0.0.9 to 172.30.0.1 port 80)')
    expect(lines[1]).toContain(
      'got {"endpoints":["10.0.0.1:8080","10.0.0.2:8080"],"masquerade":false,"outcome":"dnat"}',
    )
    expect(lines).toContain(
      '      matched      nat KUBE-SERVICES: -A KUBE-SERVICES -m comment --comment "shop/web:http cluster IP" ' +
        '-m tcp -p tcp -d 172.30.0.1 --dport 80 -j KUBE-SVC-67NZLRHBNDSAWJRO',
    )
    expect(lines).toContain(
      '      not matched  nat KUBE-SVC-67NZLRHBNDSAWJRO: -A KUBE-SVC-67NZLRHBNDSAWJRO -m comment --comment ' +
        '"shop/web:http cluster IP" -m tcp -p tcp -d 172.30.0.1 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ',
    )
    expect(lines.filter((line) => line.includes('rules met on way'))).toHaveLength(2)
  })

  it('shows how a dump differs', () => {
    const { code, lines } = run({
      'x.objects.json': { proxyMode: 'iptables', sync: 'full', node, objects: [] },
      'x.txt': '*nat\n:KUBE-SERVICES - [0:0]\n-A KUBE-SERVICES -j NOWHERE\nCOMMIT\n',
    })
    expect(code).toBe(1)
    expect(lines.slice(0, 2)).toEqual([
      'FAILED x.objects.json: x',
      '    the dump differs (- expected, + written):',
    ])
    expect(lines).toContain('    - -A KUBE-SERVICES -j NOWHERE')
    expect(lines).toContain('    + -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000')
    expect(lines.at(-1)).toBe('0 passed, 1 failed')
  })

  it('a dump and its objects are one case, whichever is named', () => {
    const files = {
      'x.objects.json': { proxyMode: 'iptables', node, objects: [] },
      'x.txt': '',
    }
    expect(run(files, 'x.txt', 'x.objects.json').lines.at(-1)).toBe('0 passed, 1 failed')
  })

  it.each([
    ['a file of no known form', { 'a.json': { items: [] } }, 'it is neither a file of cases nor a dump'],
    [
      'a case of no known kind',
      { 'a.json': { cases: [{ name: 'odd', colour: 'red' }] } },
      'this case is not understood',
    ],
    ['text that is no JSON', { 'a.json': '{' }, 'not understood'],
    ['a dump without objects', { 'a.txt': '*nat' }, 'it is neither a file of cases nor a dump'],
    [
      'an expectation of no known kind',
      { 'a.json': flowFile([flow({ outcome: 'none' })], { expectSnow: true }) },
      '"expectSnow" is not understood',
    ],
    [
      'a proxy mode of no known kind',
      { 'a.json': flowFile([flow({ outcome: 'none' })], { node: { ...node, proxyMode: 'ebpf' } }) },
      'proxyMode "ebpf" is not understood',
    ],
    [
      'a case that follows nothing',
      { 'a.json': flowFile([flow({ outcome: 'none' })], { follows: 'gone' }) },
      'it follows "gone", which is no case of this file',
    ],
    [
      'an address that is none',
      { 'a.json': flowFile([{ ...flow({ outcome: 'none' }), from: 'here' }]) },
      '"here" is no address',
    ],
  ])('%s fails, and says so', (_what, files, reason) => {
    const { code, lines } = run(files)
    expect(code).toBe(1)
    expect(lines.some((line) => line.includes(reason))).toBe(true)
    expect(lines.at(-1)).toBe('0 passed, 1 failed')
  })

  it('leaves out what tells about the data', () => {
    const files = { 'a.json': chances('0.5000000000'), 'index.json': {}, 'README.md': 'x', 'README.txt': 'x' }
    expect(run(files).lines).toEqual(['1 passed, 0 failed'])
  })

  it.each([
    ['no argument', [], 'no file or folder is given'],
    ['a path that is not there', ['/nowhere/at/all'], 'there is no file or folder "/nowhere/at/all"'],
    ['an option', ['--fast'], 'unknown option "--fast"'],
  ])('%s ends with 2 and the usage', (_what, paths, message) => {
    const errors: string[] = []
    const code = runConformance(paths, { out: () => {}, error: (line) => errors.push(line) })
    expect([code, ...errors]).toEqual([2, message, 'usage: npm run conformance -- FILE|FOLDER...'])
  })

  it('a folder without data ends with 2', () => {
    expect(run({ 'README.md': 'x' }).code).toBe(2)
  })
})

describe('flows in large clusters', () => {
  it.each(['iptables', 'nftables'])('of %s mode find every one of 1,200 endpoints, in order', (proxyMode) => {
    const addresses = Array.from({ length: 1200 }, (_, index) => `10.1.${index >> 8}.${index & 255}`)
    const endpoints = addresses.map((address) => `${address}:8080`).sort()
    const flows = [flow({ outcome: 'dnat', endpoints })]
    const file = flowFile(flows, { node: { ...node, proxyMode } }, addresses)
    expect(run({ 'a.json': file }).lines).toEqual(['1 passed, 0 failed'])
  })
})
