import { describe, expect, it } from 'vitest'
import {
  endpointChainName,
  servicePortChainNames,
  servicePortName,
} from '../../../src/kubernetes/iptables/chain-names.js'

describe('names of chains', () => {
  it.each([
    ['default', 'kubernetes', 'https', 'TCP', 'KUBE-SVC-NPX46M4PTMTKRN6Y'],
    ['kube-system', 'kube-dns', 'dns', 'UDP', 'KUBE-SVC-TCOU7JCQXEZGVUNU'],
    ['kube-system', 'kube-dns', 'dns-tcp', 'TCP', 'KUBE-SVC-ERIFXISQEP7F7OF4'],
    ['default', 'web', '', 'TCP', 'KUBE-SVC-LOLE4ISW44XBNF3G'],
  ] as const)(
    'port %s/%s:%s %s, which every cluster has, leads to %s',
    (namespace, name, port, protocol, chain) => {
      expect(servicePortChainNames(servicePortName(namespace, name, port), protocol).cluster).toBe(chain)
    },
  )

  it('the address of an IPv6 endpoint is hashed in brackets', () => {
    expect(endpointChainName('default/web', 'TCP', '[fd00::5]:8080')).toBe('KUBE-SEP-QOTVL4YGKQSINFVI')
  })

  it('no name is longer than the 28 characters that iptables allows', () => {
    const names = servicePortChainNames('a/b', 'SCTP')
    expect(Object.values(names).map((each) => each.length)).toEqual([25, 25, 25, 24])
  })
})
