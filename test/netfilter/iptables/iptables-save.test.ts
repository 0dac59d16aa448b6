import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/base/diagnostics.js'
import { parseTables, printRule, printTables } from '../../../src/netfilter/iptables/iptables-save.js'
import type { Rule } from '../../../src/netfilter/iptables/rule.js'
import { randomTables } from './random-tables.js'

/** What kube-proxy hands to iptables-restore for one Service with affinity, with the built-in chains. */
const KUBE_PROXY = `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-SVC-XPGD46QRK7WJZT7O - [0:0]
:KUBE-SEP-SXIVWICOYRO3J4NJ - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j KUBE-SVC-XPGD46QRK7WJZT7O
-A KUBE-SERVICES -m comment --comment "nodeports; last" -m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-MARK-MASQ
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ
-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m recent --name KUBE-SEP-SXIVWICOYRO3J4NJ --rcheck --seconds 10800 --reap -j KUBE-SEP-SXIVWICOYRO3J4NJ
-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-SXIVWICOYRO3J4NJ
-A KUBE-SEP-SXIVWICOYRO3J4NJ -m comment --comment ns1/svc1:p80 -s 10.180.0.1 -j KUBE-MARK-MASQ
-A KUBE-SEP-SXIVWICOYRO3J4NJ -m comment --comment ns1/svc1:p80 -m recent --name KUBE-SEP-SXIVWICOYRO3J4NJ --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
-A INPUT -m conntrack --ctstate NEW -g KUBE-EXTERNAL-SERVICES
-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3001 -j REJECT
-A KUBE-EXTERNAL-SERVICES -m comment --comment "other traffic"
COMMIT
`

test('writes what kube-proxy writes, byte for byte', () => {
  expect(printTables(parseTables(KUBE_PROXY))).toBe(KUBE_PROXY)
})

test.each(['BadIPs', 'SyncRepeated-0-initial', 'SyncRepeated-1-add-svc3', 'SyncRepeated-2-delete-svc2'])(
  "the dump %s of kube-proxy's own tests comes back byte for byte",
  (name) => {
    const dump = readFileSync(
      new URL(`../../data/conformance/golden/iptables.${name}.txt`, import.meta.url),
      'utf8',
    )
    expect(printTables(parseTables(dump))).toBe(withoutDeletedChains(dump))
  },
)

/** A dump as it is once its lines `-X CHAIN` have done their work. */
function withoutDeletedChains(dump: string): string {
  const lines = dump.split('\n')
  const deleted = lines.flatMap((line) => (line.startsWith('-X ') ? [line.slice(3)] : []))
  return lines
    .filter((line) => !deleted.some((chain) => line === `-X ${chain}` || line.startsWith(`:${chain} `)))
    .join('\n')
}

test('reads back what it writes, for any tables', () => {
  const property = fc.property(randomTables, (tables) => {
    expect(parseTables(printTables(tables))).toEqual(tables)
  })
  fc.assert(property, { seed: 5, numRuns: 300 })
})

/** The one rule of a text, printed: how svcsim writes what others wrote. */
function rewritten(rule: string): string {
  const [table] = parseTables(`*nat\n:A - [0:0]\n-A A ${rule}\nCOMMIT\n`)
  return printRule('A', table.chains[0].rules[0]).slice('-A A '.length)
}

describe('what iptables-save prints of the same rules', () => {
  test.each([
    ['-d 172.30.0.41/32 -p tcp -m tcp --dport 80 -j B', '-d 172.30.0.41 -m tcp -p tcp --dport 80 -j B'],
    [
      '-p tcp -m comment --comment "x y" -m tcp --dport 80:90 -j B',
      '-m tcp -p tcp -m comment --comment "x y" --dport 80:90 -j B',
    ],
    [
      '-m recent --rcheck --seconds 10800 --reap --name L --mask 255.255.255.255 --rsource -j B',
      '-m recent --name L --rcheck --seconds 10800 --reap -j B',
    ],
    [
      '-m recent --set --name L --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource',
      '-m recent --name L --set',
    ],
    ['-m recent --update', '-m recent --name DEFAULT --update'],
    ['-j MARK --set-xmark 0x4000/0x4000', '-j MARK --set-xmark 0x4000/0x4000'],
    ['-j MARK --set-xmark 16384', '-j MARK --set-xmark 0x4000/0xffffffff'],
    ['-j MARK --set-mark 0x10/0x7', '-j MARK --set-xmark 0x10/0x17'],
    ['-j MARK --and-mark 0xff', '-j MARK --set-xmark 0x0/0xffffff00'],
    ['-m mark --mark 0x1', '-m mark --mark 0x1'],
    ['-j REJECT --reject-with icmp-port-unreachable', '-j REJECT'],
    ['-j REJECT --reject-with icmp6-port-unreachable', '-j REJECT'],
    ['-j REJECT --reject-with tcp-reset', '-j REJECT --reject-with tcp-reset'],
    ['-p tcp -j DNAT --to-destination [fd00::1]:80', '-m tcp -p tcp -j DNAT --to-destination [fd00::1]:80'],
    ['-j DNAT --to-destination fd00:0:0::1', '-j DNAT --to-destination fd00::1'],
    ['--source 10.1.2.3/8 --destination 10.0.0.010', '-s 10.0.0.0/8 -d 10.0.0.10'],
    ['-p udp --dport 53: --sport :53', '-m udp -p udp --dport 53:65535 --sport 0:53'],
    ['! --protocol UDP', '! -p udp'],
    [
      '-m addrtype --src-type LOCAL ! --dst-type LOCAL',
      '-m addrtype --src-type LOCAL -m addrtype ! --dst-type LOCAL',
    ],
    [
      '-m statistic --mode random --probability 0.33333333349',
      '-m statistic --mode random --probability 0.33333333349',
    ],
    [
      '--match comment --comment "say \\"hi\\" \\\\ now" --jump B',
      '-m comment --comment "say \\"hi\\" \\\\ now" -j B',
    ],
    ['-m comment --comment a"b c"d', '-m comment --comment "ab cd"'],
    ['--goto B', '-g B'],
    ['-p 6 -j B', '-m tcp -p tcp -j B'],
    ['-p all -j B', '-j B'],
    ['! -p ICMP -j B', '! -p icmp -j B'],
    ['-p 47 -c 12 840 -j B', '-p 47 -j B'],
    ['-m state ! --state INVALID -j B', '-m conntrack ! --ctstate INVALID -j B'],
    ['! --in-interface eth0 --out-interface cali+', '! -i eth0 -o cali+'],
  ])('%s', (theirs, ours) => {
    expect(rewritten(theirs)).toBe(ours)
  })

  test('counters, comment lines, empty lines and carriage returns are passed over', () => {
    const text =
      '# Generated\r\n\r\n*nat\r\n:A - [12:3456]\r\n[7:420] -A A -j RETURN\r\nCOMMIT\r\n# Completed\r\n'
    expect(printTables(parseTables(text))).toBe('*nat\n:A - [0:0]\n-A A -j RETURN\nCOMMIT\n')
  })

  test('a comment line may hold a quote that is not closed', () => {
    expect(parseTables('# Warning: "nft\n*nat\nCOMMIT\n')).toEqual([{ name: 'nat', chains: [] }])
  })

  test('built-in chains come first, wherever they are declared', () => {
    const text = '*nat\n:A - [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n'
    expect(parseTables(text)[0].chains.map((chain) => chain.name)).toEqual(['OUTPUT', 'A'])
  })
})

test('the threshold of a probability is 2^31 times it, rounded, as iptables stores it', () => {
  const thresholds = ['0', '0.5000000000', '0.3333333333', '0.0000099999', '1'].map((text) => {
    const [table] = parseTables(`*nat\n:A -\n-A A -m statistic --mode random --probability ${text}\nCOMMIT`)
    const [match] = table.chains[0].rules[0].matches
    return match.kind === 'statistic' ? match.threshold : undefined
  })
  expect(thresholds).toEqual([0, 1_073_741_824, 715_827_883, 21_475, 2_147_483_648])
})

function errorsOf(text: string): string[] {
  try {
    parseTables(text, 'dump.txt')
    return []
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.diagnostics.map(
      ({ code, message, place }) => `${code} ${place?.line}:${place?.column} ${message}`,
    )
  }
}

describe('errors in a rule', () => {
  test.each([
    ['-m multiport --dports 1,2', 'NF_UNSUPPORTED 3:9 match "multiport" is not modelled'],
    ['-j LOG', 'NF_UNSUPPORTED 3:9 target "LOG" is not modelled'],
    ['-f', 'NF_UNSUPPORTED 3:6 option "-f" is not modelled'],
    ['-i sixteen-letters-', 'NF_SYNTAX 3:9 "sixteen-letters-" is no interface'],
    ['! -o ""', 'NF_SYNTAX 3:11 "" is no interface'],
    ['-p nothing', 'NF_UNSUPPORTED 3:9 protocol "nothing" is not modelled'],
    ['! -p all', 'NF_SYNTAX 3:11 no packet is of no protocol'],
    ['-m recent --set --hitcount 3', 'NF_UNSUPPORTED 3:22 option "--hitcount" is not modelled'],
    ['-m recent ! --rcheck', 'NF_UNSUPPORTED 3:18 "! --rcheck" is not modelled'],
    [
      '-m recent --set --mask 255.255.255.0',
      'NF_UNSUPPORTED 3:29 lists of masked addresses are not modelled',
    ],
    ['-m statistic --mode nth --every 3', 'NF_UNSUPPORTED 3:26 statistic mode "nth" is not modelled'],
    ['-m addrtype --dst-type UNICAST', 'NF_UNSUPPORTED 3:29 address type "UNICAST" is not modelled'],
    ['-m conntrack --ctstate UNTRACKED', 'NF_UNSUPPORTED 3:29 connection state "UNTRACKED" is not modelled'],
    ['-m conntrack --ctproto 6', 'NF_UNSUPPORTED 3:19 "-m conntrack" needs "--ctstate" next'],
    [
      '-p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.9:80',
      'NF_UNSUPPORTED 3:38 "10.0.0.1-10.0.0.9:80" is not one address with a port',
    ],
    ['-p tcp -j DNAT --to-destination :80', 'NF_UNSUPPORTED 3:38 ":80" is not one address with a port'],
    ['-s 10.0.0.0/255.0.0.255', 'NF_UNSUPPORTED 3:9 masks in dotted form are not modelled'],
    ['-d 10.0.0.256', 'NF_SYNTAX 3:9 "10.0.0.256" is neither an address nor a range'],
    ['-d', 'NF_SYNTAX 3:6 "-d" lacks its value'],
    ['--dport 80', 'NF_SYNTAX 3:6 "--dport" needs "-p tcp", "-p udp" or "-p sctp" before it'],
    ['-p tcp --dport 90:80', 'NF_SYNTAX 3:21 "90:80" is no port or range of ports'],
    ['-p tcp --dport 65536', 'NF_SYNTAX 3:21 "65536" is no port or range of ports'],
    ['-p tcp -m udp', 'NF_SYNTAX 3:16 "-m udp" needs "-p udp"'],
    ['-p tcp -p udp', 'NF_SYNTAX 3:13 a rule has one protocol only'],
    ['-m mark --mark 0x1ffffffff', 'NF_SYNTAX 3:21 "0x1ffffffff" is no mark'],
    ['-m mark --mark 010', 'NF_SYNTAX 3:21 "010" is no mark'],
    ['-m mark', 'NF_SYNTAX 3:9 "-m mark" needs "--mark" next'],
    ['-m statistic --mode random --probability 1.5', 'NF_SYNTAX 3:47 "1.5" is no probability'],
    ['-m recent --rcheck --seconds 0', 'NF_SYNTAX 3:35 "0" is not an integer from 1 to 2147483647'],
    ['-m recent --set --seconds 5', 'NF_SYNTAX 3:9 "--set" takes neither "--seconds" nor "--reap"'],
    ['-m recent --rcheck --reap', 'NF_SYNTAX 3:9 "--reap" needs "--seconds"'],
    ['-m recent --set --remove', 'NF_SYNTAX 3:22 a "recent" does one thing only'],
    [
      '-m recent --name L',
      'NF_SYNTAX 3:9 "-m recent" needs "--set", "--rcheck", "--update" or "--remove" next',
    ],
    ['-j A -j A', 'NF_SYNTAX 3:11 a rule has one target only'],
    ['-j REJECT --reject-with nothing', 'NF_SYNTAX 3:30 REJECT does not know "nothing"'],
    ['-j DNAT', 'NF_SYNTAX 3:9 DNAT needs "--to-destination" next'],
    [
      '-j DNAT --to-destination 10.0.0.1:80',
      'NF_SYNTAX 3:1 a DNAT to a port needs "-p tcp", "-p udp" or "-p sctp"',
    ],
    [
      '-p tcp -j DNAT --to-destination fd00::1:80:',
      'NF_SYNTAX 3:38 "fd00::1:80:" is not one address with a port',
    ],
    ['-j MARK', 'NF_SYNTAX 3:9 MARK needs "--set-xmark", "--or-mark" or the like next'],
    ['-m comment --comment "open', 'NF_SYNTAX 3:27 a quote is not closed'],
    ['! -j A', 'NF_SYNTAX 3:6 "!" can not stand before "-j"'],
    ['!', 'NF_SYNTAX 3:6 "!" stands before nothing'],
    ['stray', 'NF_SYNTAX 3:6 "stray" stands where an option should'],
  ])('%s', (rule, error) => {
    expect(errorsOf(`*nat\n:A - [0:0]\n-A A ${rule}\nCOMMIT\n`)).toEqual([error])
  })
})

describe('errors outside of rules', () => {
  test.each([
    [
      '*mangle\n:PREROUTING ACCEPT\n-A PREROUTING -j TTL\nCOMMIT',
      'NF_UNSUPPORTED 1:1 table "mangle" is not modelled',
    ],
    [':A -', 'NF_SYNTAX 1:1 ":A" stands outside of a table'],
    ['*nat\n*filter\nCOMMIT', 'NF_SYNTAX 2:1 a table begins before the COMMIT of the last one'],
    ['*nat\nCOMMIT\n*nat\nCOMMIT', 'NF_SYNTAX 3:1 table "nat" comes twice'],
    ['*nat\n:A -\n:A -\nCOMMIT', 'NF_SYNTAX 3:1 chain "A" comes twice in table nat'],
    ['*nat\n:\nCOMMIT', 'NF_SYNTAX 2:1 a chain lacks its name'],
    ['*nat\n:A ACCEPT\nCOMMIT', 'NF_SYNTAX 2:4 "A" is not built in and has no policy'],
    ['*nat\n:OUTPUT -\nCOMMIT', 'NF_SYNTAX 2:9 "-" is no policy'],
    ['*nat\n:FORWARD ACCEPT\nCOMMIT', 'NF_SYNTAX 2:10 "FORWARD" is not built in and has no policy'],
    ['*nat\n:A - [0]\nCOMMIT', 'NF_SYNTAX 2:6 counters look like [0:0]'],
    ['*nat\n:A - [0:0] x\nCOMMIT', 'NF_SYNTAX 2:12 "x" is one word too many'],
    ['*nat\n-A A\nCOMMIT', 'NF_SYNTAX 2:4 chain "A" of table nat is not declared'],
    ['*nat\n-F A\nCOMMIT', 'NF_UNSUPPORTED 2:1 "-F" is not understood'],
    ['*nat\n-X A\nCOMMIT', 'NF_SYNTAX 2:4 chain "A" of table nat is not declared'],
    [
      '*nat\n:A -\n-A A\n-X A\nCOMMIT',
      'NF_SYNTAX 4:1 chain "A" is built in or not empty: it can not be deleted',
    ],
    ['*nat\n:A -', 'NF_SYNTAX undefined:undefined the last table of dump.txt has no COMMIT'],
  ])('%j', (text, error) => {
    expect(errorsOf(text)).toEqual([error])
  })

  test('every wrong line is named, at most 100', () => {
    const lines = (count: number) => `*nat\n:A -\n${'-A A -f x\n'.repeat(count)}COMMIT\n`
    expect([errorsOf(lines(3)).length, errorsOf(lines(1000)).length]).toEqual([3, 100])
  })

  test('the place holds the file, the word and its line', () => {
    try {
      parseTables('*nat\n:A -\n-A A -j A -m "odd one"\nCOMMIT\n', 'dump.txt')
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      const place = { file: 'dump.txt', line: 3, column: 14, length: 9, excerpt: '-A A -j A -m "odd one"' }
      expect(error.diagnostics[0].place).toEqual(place)
    }
  })
})

test('a comment with a line break can not be written', () => {
  const rule: Rule = { matches: [{ kind: 'comment', text: 'a\nb' }], target: { kind: 'none' } }
  expect(() => printRule('A', rule)).toThrow('line break')
})

test('a dump of 20,000 rules is read in linear time', () => {
  const line =
    '-A A -m comment --comment "some Service of some name" -m tcp -p tcp -d 10.0.0.1 --dport 80 -j A\n'
  expect(parseTables(`*nat\n:A -\n${line.repeat(20_000)}COMMIT\n`)[0].chains[0].rules).toHaveLength(20_000)
})
