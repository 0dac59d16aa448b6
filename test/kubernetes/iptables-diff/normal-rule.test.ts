import { describe, expect, it } from 'vitest'
import { isSameRule, normalRule } from '../../../src/kubernetes/iptables-diff/normal-rule.js'
import { ruleOf } from './rules.js'

/** As kube-proxy writes it, and as iptables-save prints it. */
const SAME: readonly (readonly [string, string, string])[] = [
  [
    '/32 on addresses',
    '-m tcp -p tcp -d 10.0.0.1 --dport 80 -j KUBE-A',
    '-d 10.0.0.1/32 -p tcp -m tcp --dport 80 -j KUBE-A',
  ],
  [
    'the order of tests',
    '-m comment --comment x ! -s 10.0.0.0/8 -m mark --mark 0x4000/0x4000 -j RETURN',
    '! -s 10.0.0.0/8 -m mark --mark 0x4000/0x4000 -m comment --comment x -j RETURN',
  ],
  ['marks', '-j MARK --or-mark 0x4000', '-j MARK --set-xmark 0x4000/0x4000'],
  ['marks turned over', '-j MARK --xor-mark 0x4000', '-j MARK --set-xmark 0x4000/0x0'],
  [
    'digits of probabilities',
    '-m statistic --mode random --probability 0.3333333333 -j KUBE-A',
    '-m statistic --mode random --probability 0.33333333349 -j KUBE-A',
  ],
  [
    'masks of recent',
    '-m recent --name L --set -j RETURN',
    '-m recent --set --name L --mask 255.255.255.255 --rsource -j RETURN',
  ],
  ['the answer of REJECT', '-j REJECT', '-j REJECT --reject-with icmp-port-unreachable'],
  ['random ports', '-j MASQUERADE', '-j MASQUERADE --random-fully'],
  [
    'counters',
    '-m conntrack --ctstate INVALID -m nfacct --nfacct-name c -j DROP',
    '-m conntrack --ctstate INVALID -j DROP',
  ],
  ['comments', '-m comment --comment "one" -j KUBE-A', '-m comment --comment "two" -j KUBE-A'],
  [
    'the order of states',
    '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
  ],
]

const DIFFERENT: readonly (readonly [string, string, string])[] = [
  ['an address', '-d 10.0.0.1 -j KUBE-A', '-d 10.0.0.2 -j KUBE-A'],
  ['a range', '-s 10.0.0.0/8 -j KUBE-A', '-s 10.0.0.0/9 -j KUBE-A'],
  ['a not', '-s 10.0.0.0/8 -j KUBE-A', '! -s 10.0.0.0/8 -j KUBE-A'],
  ['source and destination', '-s 10.0.0.1 -j KUBE-A', '-d 10.0.0.1 -j KUBE-A'],
  ['the port', '-p tcp --dport 80 -j KUBE-A', '-p tcp --dport 81 -j KUBE-A'],
  ['the protocol', '-p tcp --dport 80 -j KUBE-A', '-p udp --dport 80 -j KUBE-A'],
  ['the target', '-j KUBE-A', '-j KUBE-B'],
  ['jump and goto', '-j KUBE-A', '-g KUBE-A'],
  ['the mark', '-j MARK --or-mark 0x4000', '-j MARK --or-mark 0x8000'],
  ['or and xor', '-j MARK --or-mark 0x4000', '-j MARK --xor-mark 0x4000'],
  [
    'the probability, by one in 2^31',
    '-m statistic --mode random --probability 0.5 -j KUBE-A',
    '-m statistic --mode random --probability 0.50000000047 -j KUBE-A',
  ],
  ['a draw at all', '-j KUBE-A', '-m statistic --mode random --probability 0.5 -j KUBE-A'],
  [
    'the time of recent',
    '-m recent --name L --rcheck --seconds 10 --reap -j KUBE-A',
    '-m recent --name L --rcheck --seconds 11 --reap -j KUBE-A',
  ],
  ['the list', '-m recent --name L --set -j RETURN', '-m recent --name M --set -j RETURN'],
  [
    'the endpoint',
    '-p tcp -j DNAT --to-destination 10.0.0.1:80',
    '-p tcp -j DNAT --to-destination 10.0.0.1:81',
  ],
  ['the answer', '-j REJECT', '-j REJECT --reject-with tcp-reset'],
]

describe('rules that mean the same', () => {
  it.each(SAME)('differ in %s', (_what, one, other) => {
    expect(isSameRule(normalRule(ruleOf(one)), normalRule(ruleOf(other)))).toBe(true)
  })
})

describe('rules that do not', () => {
  it.each(DIFFERENT)('differ in %s', (_what, one, other) => {
    expect(isSameRule(normalRule(ruleOf(one)), normalRule(ruleOf(other)))).toBe(false)
  })
})
