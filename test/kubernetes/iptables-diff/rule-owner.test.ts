import { describe, expect, it } from 'vitest'
import { ownerOf } from '../../../src/kubernetes/iptables-diff/rule-owner.js'
import { ruleOf } from './rules.js'

describe('ownerOf', () => {
  it.each([
    ['default/web:http cluster IP', 'default/web:http'],
    ['kube-system/kube-dns:dns-tcp cluster IP', 'kube-system/kube-dns:dns-tcp'],
    ['shop/web.v2 external IP', 'shop/web.v2'],
    ['default/web loadbalancer IP', 'default/web'],
    ['default/web has no endpoints', 'default/web'],
    ['default/web has no local endpoints', 'default/web'],
    ['default/web:http health check node port', 'default/web:http'],
    ['default/web traffic not accepted by KUBE-FW-BJWR5DPVIKTHVKZU', 'default/web'],
    ['default/web:http', 'default/web:http'],
    ['kubernetes service nodeports; NOTE: this must be the last rule in this chain', undefined],
    ['kubernetes service portals', undefined],
    ['web', undefined],
    ['Default/web cluster IP', undefined],
    ['default/web cluster IP and more', undefined],
  ])('"%s" belongs to %s', (comment, owner) => {
    expect(ownerOf(ruleOf(`-m comment --comment "${comment}" -j RETURN`))).toBe(owner)
  })

  it('knows no owner without a comment', () => {
    expect(ownerOf(ruleOf('-j RETURN'))).toBeUndefined()
  })
})
