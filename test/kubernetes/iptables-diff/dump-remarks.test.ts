/** Dumps of nodes that do not run kube-proxy in mode iptables. */
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dumpRemarks } from '../../../src/kubernetes/iptables-diff/dump-remarks.js'
import { parseTables } from '../../../src/netfilter/iptables/iptables-save.js'

function remarks(text: string): string[] {
  return dumpRemarks(parseTables(text, 'save.txt', { isLenient: true }))
}

function dump(name: string): string {
  return fs.readFileSync(new URL(`../../data/dumps/${name}.iptables`, import.meta.url), 'utf8')
}

const NO_KUBE_PROXY =
  'it has no rules of kube-proxy in mode iptables, which runs in another mode, has been stopped, or writes with the other iptables program (legacy or nf_tables)'

describe('what a dump as a whole looks like', () => {
  it.each(['calico', 'docker-flannel'])('is told of no node in mode iptables: %s', (name) => {
    expect(remarks(dump(name))).toEqual([])
  })

  it('is told of mode ipvs', () => {
    expect(remarks(dump('cilium'))).toEqual([
      'its rules are those of kube-proxy in mode ipvs; compared are those of mode iptables',
    ])
  })

  it.each([
    ['*nat\nCOMMIT\n*filter\nCOMMIT\n', [NO_KUBE_PROXY]],
    ['*nat\n:KUBE-SERVICES - [0:0]\nCOMMIT\n*filter\nCOMMIT\n', [NO_KUBE_PROXY]],
    ['*nat\n:KUBE-SERVICES - [0:0]\n-A KUBE-SERVICES -j ACCEPT\nCOMMIT\n', ['the dump has no table filter']],
    ['*filter\nCOMMIT\n', ['the dump has no table nat']],
    ['*mangle\nCOMMIT\n', ['the dump has no table nat', 'the dump has no table filter']],
  ])('is told of tables that lack: %j', (text, expected) => {
    expect(remarks(text)).toEqual(expected)
  })
})
