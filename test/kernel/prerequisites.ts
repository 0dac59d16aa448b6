/** What these tests need of a machine, and what of it is missing. */
import { isInstalled, run, runInside } from './tools.js'

/** Programs, and the Debian packages that they come in. */
const PROGRAMS: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  'iptables-legacy-restore': 'iptables',
  'iptables-nft-restore': 'iptables',
  nft: 'nftables',
  python3: 'python3',
}

/** Rules with everything that kube-proxy's rules ask of a kernel, but for its counters. */
const IPTABLES_PROBE = `*filter
:PROBE - [0:0]
-A PROBE -m conntrack --ctstate NEW -m mark --mark 0x4000/0x4000 -j REJECT
COMMIT
*nat
:PROBE - [0:0]
-A PROBE -m comment --comment probe -m addrtype --dst-type LOCAL -m recent --name PROBE --rcheck --seconds 9 --reap -j RETURN
-A PROBE -m statistic --mode random --probability 0.5 -j MARK --or-mark 0x4000
-A PROBE -m tcp -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:80
-A PROBE -j MASQUERADE --random-fully
COMMIT
`

const NFTABLES_PROBE = `add table ip probe
add chain ip probe probe { type nat hook prerouting priority -100 ; }
add rule ip probe probe fib daddr type local numgen random mod 1 vmap { 0 : accept }
`

/** What is missing, each in words for people; nothing: the tests can run. */
export function missingPrerequisites(): string[] {
  if (process.platform !== 'linux') return ['a Linux kernel']
  const missing = Object.entries(PROGRAMS)
    .filter(([program]) => !isInstalled(program))
    .map(([program, debianPackage]) => `the program ${program} (Debian package ${debianPackage})`)
  if (process.getuid?.() !== 0) return ['the rights of root', ...missing]
  return missing.length > 0 ? missing : missingInKernel()
}

/** Tries in a namespace of its own what the tests will do. */
function missingInKernel(): string[] {
  const netns = `svcsim-${process.pid}-probe`
  const missing: string[] = []
  const attempt = (what: string, action: () => void) => {
    try {
      action()
    } catch (error) {
      missing.push(`${what}: ${error instanceof Error ? error.message : error}`)
    }
  }
  attempt('network namespaces', () => run('ip', ['netns', 'add', netns]))
  if (missing.length > 0) return missing
  attempt('pairs of interfaces', () =>
    runInside(netns, 'ip', ['link', 'add', 'name', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1']),
  )
  attempt('bridges', () => runInside(netns, 'ip', ['link', 'add', 'name', 'bridge0', 'type', 'bridge']))
  for (const variant of ['iptables-legacy', 'iptables-nft'])
    attempt(`rules of ${variant}`, () => runInside(netns, `${variant}-restore`, [], IPTABLES_PROBE))
  attempt('rules of nftables', () => runInside(netns, 'nft', ['-f', '-'], NFTABLES_PROBE))
  run('ip', ['netns', 'delete', netns])
  return missing
}
