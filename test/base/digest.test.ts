import { describe, expect, it } from 'vitest'
import { base32, hash16, sha256Hex } from '../../src/base/digest.js'

describe('sha256Hex', () => {
  it.each([
    // FIPS 180-4 examples
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('of %j', (text, digest) => {
    expect(sha256Hex(text)).toBe(digest)
  })

  it('takes the UTF-8 bytes of the text', () => {
    expect(sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
  })
})

describe('hash16', () => {
  // Chain names of kubernetes pkg/proxy/iptables/proxier_test.go
  it.each([
    ['ns1/svc1:p80tcp', 'XPGD46QRK7WJZT7O'],
    ['ns2/svc2:p80tcp', 'GNZBNJ2PO5MGZ6GT'],
    ['ns3/svc3:p80tcp', 'X27LE4BHSL4DOUIK'],
    ['ns4/svc4:p80tcp', '4SW47YFZTEDKD3PK'],
    ['ns5/svc5:p80tcp', 'NUKIZ6OKUXPJNT4C'],
    ['ns2/svc2:p8080tcp', '2VJB64SDSIJUP5T6'],
    ['ns4/svc4:p8082tcp', 'EBDQOQU5SJFXRIL3'],
    ['ns1/svc1:p80tcp10.180.0.1:80', 'SXIVWICOYRO3J4NJ'],
    ['ns2/svc2:p80tcp10.180.0.2:80', 'RS4RBKLTHTF2IUXJ'],
    ['ns3/svc3:p80tcp10.180.0.3:80', 'OYPFS5VJICHGATKP'],
    ['ns4/svc4:p80tcp10.180.0.4:80', 'UKSFD7AGPMPPLUHC'],
    ['ns4/svc4:p80tcp10.180.0.5:80', 'C6EBXVWJJZMIWKLZ'],
    ['ns5/svc5:p80tcp10.180.0.3:80', 'I77PXRDZVX7PMWMN'],
    ['ns1/svc1:p80tcp10.0.0.0:80', 'DKGQUZGBKLTPAR56'],
    ['default/kubernetes:httpstcp', 'NPX46M4PTMTKRN6Y'],
    ['kube-system/kube-dns:dnsudp', 'TCOU7JCQXEZGVUNU'],
    ['kube-system/kube-dns:dns-tcptcp', 'ERIFXISQEP7F7OF4'],
    ['default/web:httptcp', 'CDGGSHYLG3RE2FKL'],
    ['default/web:httptcp10.244.1.5:8080', 'AFGSLHOD2HFNCBX4'],
    ['default/webtcp', 'LOLE4ISW44XBNF3G'],
    ['default/webtcp[fd00::5]:8080', 'QOTVL4YGKQSINFVI'],
  ])('of %s', (text, hash) => {
    expect(hash16(text)).toBe(hash)
  })
})

describe('base32', () => {
  // RFC 4648 section 10
  it.each([
    ['', ''],
    ['f', 'MY======'],
    ['fo', 'MZXQ===='],
    ['foo', 'MZXW6==='],
    ['foob', 'MZXW6YQ='],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI======'],
  ])('of %j', (text, encoded) => {
    expect(base32(new TextEncoder().encode(text))).toBe(encoded)
  })

  it('uses all bits of every byte', () => {
    expect(base32(new Uint8Array([255, 255, 255, 255, 255]))).toBe('77777777')
  })
})
