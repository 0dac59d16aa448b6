/** The part of a scenario about kube-proxy, in the words of KubeProxyConfiguration. */
import { z } from 'zod'

/** Schedulers of IPVS, as `ipvsadm -s` names them. */
export const IPVS_SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'sh',
  'mh',
  'dh',
  'sed',
  'nq',
  'lblc',
  'lblcr',
] as const

/** As the kernel takes them: at most 15 characters, no blank and no slash. */
const interfaceName = z
  .string()
  .regex(/^[!-.0-~]{1,15}$/, 'the name of a network interface, at most 15 characters')

/** `spec.proxy` */
export const proxy = z
  .strictObject({
    mode: z
      .enum(['iptables', 'nftables', 'ipvs'])
      .default('iptables')
      .describe('--proxy-mode: what kube-proxy programs on every node.'),
    ipvsScheduler: z
      .enum(IPVS_SCHEDULERS)
      .default('rr')
      .describe('--ipvs-scheduler, for mode ipvs: how the next endpoint is chosen.'),
    ipvsShuffleRealServers: z
      .boolean()
      .optional()
      .describe(
        'For mode ipvs: endpoints are added in an order that differs from node to node, as kube-proxy does after 1.28; the default. false: sorted, so that round robin of all nodes begins with the same one, as up to 1.28.',
      ),
    detectLocalMode: z
      .enum(['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix', 'None'])
      .default('ClusterCIDR')
      .describe(
        '--detect-local-mode: how traffic of pods is recognised; other traffic to a ClusterIP is masqueraded. None: not at all.',
      ),
    detectLocal: z
      .strictObject({
        bridgeInterface: interfaceName
          .default('cni0')
          .describe('The bridge of the pods, for BridgeInterface.'),
        interfaceNamePrefix: interfaceName
          .default('veth')
          .describe('How the interfaces of pods begin, for InterfaceNamePrefix.'),
      })
      .prefault({})
      .describe('What the last two modes of detectLocalMode go by.'),
    masqueradeAll: z
      .boolean()
      .default(false)
      .describe('--masquerade-all: all traffic to a ClusterIP gets the address of the node.'),
    masqueradeBit: z.int().min(0).max(31).default(14).describe('--iptables-masquerade-bit: bit of the mark.'),
    nodePortAddresses: z
      .array(z.string())
      .max(100)
      .default([])
      .describe(
        '--nodeport-addresses: ranges of node addresses at which node ports answer. Where empty: every address of the node in mode iptables, its main one in nftables.',
      ),
    localhostNodePorts: z
      .boolean()
      .default(true)
      .describe('--iptables-localhost-nodeports: node ports answer at 127.0.0.1 too, in mode iptables.'),
    largeClusterEndpoints: z
      .int()
      .min(0)
      .max(10_000_000)
      .default(1_000)
      .describe('With more endpoints than this, rules of endpoints have no comments (mode iptables).'),
    conntrackTcpBeLiberal: z
      .boolean()
      .default(false)
      .describe(
        '--conntrack-tcp-be-liberal: packets that connection tracking finds invalid are not dropped.',
      ),
  })
  .describe('Settings of kube-proxy, the same on every node.')
