/** Questions that can not be answered: each says what is wrong, where, and what was perhaps meant. */
import { describe, expect, it } from 'vitest'
import { InputError } from '../../../src/base/diagnostics.js'
import type { FlowQuestion } from '../../../src/experiment/trace/flow-question.js'
import { traced } from './traced.js'

type Row = readonly [
  question: Partial<FlowQuestion>,
  code: string,
  place: string,
  message: string,
  hint: string | undefined,
]

const ERRORS: readonly Row[] = [
  [
    { from: 'pod/web' },
    'POD_UNKNOWN',
    '--from pod/web',
    'There is no pod "web"',
    'its pods are called web-0, web-1 …',
  ],
  [
    { from: 'pod/wbe-0' },
    'POD_UNKNOWN',
    '--from pod/wbe-0',
    'There is no pod "wbe-0"',
    'did you mean "web-0"?',
  ],
  [{ from: 'node/n9' }, 'NODE_UNKNOWN', '--from node/n9', 'There is no node "n9"', 'did you mean "n1"?'],
  [
    { from: 'web-0' },
    'FLOW_SYNTAX',
    '--from web-0',
    '"web-0" is no source of packets',
    'did you mean pod/web-0?',
  ],
  [{ from: 'n1' }, 'FLOW_SYNTAX', '--from n1', '"n1" is no source of packets', 'did you mean node/n1?'],
  [
    { from: '1.2.3' },
    'FLOW_SYNTAX',
    '--from 1.2.3',
    '"1.2.3" is no source of packets',
    'write an address, pod/NAME, node/NAME or external',
  ],
  [
    { from: '::1' },
    'FLOW_IMPOSSIBLE',
    '--from ::1',
    '::1 is an address of IPv6, and the cluster is one of IPv4',
    undefined,
  ],
  [
    { from: '127.0.0.1' },
    'FLOW_IMPOSSIBLE',
    '--from 127.0.0.1',
    'Every machine has the address 127.0.0.1',
    'name the node whose process sends: --from node/NAME',
  ],
  [{ to: 'weeb:80' }, 'SVC_UNKNOWN', '--to weeb:80', 'There is no Service "weeb"', 'did you mean "web"?'],
  [
    { to: 'inside:80' },
    'SVC_UNKNOWN',
    '--to inside:80',
    'There is no Service "inside"',
    'did you mean "inside.shop"?',
  ],
  [
    { to: 'web:81' },
    'SVC_PORT_UNKNOWN',
    '--to web:81',
    'Service "web" has no port "81" by TCP',
    'it has 80/tcp (http), 53/udp (dns)',
  ],
  [
    { to: 'web:30080' },
    'SVC_PORT_UNKNOWN',
    '--to web:30080',
    'Service "web" has no port "30080" by TCP',
    '30080 is its node port: name the Service port, or write ADDRESS-OF-A-NODE:30080',
  ],
  [
    { to: 'web:80', protocol: 'udp' },
    'SVC_PORT_UNKNOWN',
    '--to web:80',
    'Service "web" has no port "80" by UDP',
    'it has 80/tcp (http), 53/udp (dns)',
  ],
  [
    { to: 'web' },
    'FLOW_SYNTAX',
    '--to web',
    '"web" is no address with a port',
    'write SERVICE:PORT or ADDRESS:PORT',
  ],
  [
    { to: 'fd00::1' },
    'FLOW_SYNTAX',
    '--to fd00::1',
    '"fd00::1" is no address with a port',
    'write [fd00::1]:PORT',
  ],
  [
    { to: '10.0.0.1:http' },
    'FLOW_SYNTAX',
    '--to 10.0.0.1:http',
    '"http" is no port',
    'an address takes a number from 1 to 65535',
  ],
  [
    { to: '10.0.0.1:70000' },
    'FLOW_SYNTAX',
    '--to 10.0.0.1:70000',
    '"70000" is no port',
    'an address takes a number from 1 to 65535',
  ],
  [
    { to: '[fd00::1]:80' },
    'FLOW_IMPOSSIBLE',
    '--to [fd00::1]:80',
    'fd00::1 is no address of IPv4, the family of the cluster',
    undefined,
  ],
  [
    { to: 'localhost:80' },
    'FLOW_IMPOSSIBLE',
    '--to localhost:80',
    'Whatever a client outside sends to 127.0.0.1 stays where it is',
    'a process of a node sends it: --from node/NAME',
  ],
  [
    { to: '8.8.8.8:53' },
    'FLOW_IMPOSSIBLE',
    '--to 8.8.8.8:53',
    'Nobody in the cluster has the address 8.8.8.8, so that no node gets a packet for it',
    '--via node/NAME says which node it is routed to',
  ],
  [
    { to: 'single:80' },
    'FLOW_IMPOSSIBLE',
    '--to single:80',
    'A client outside has no way to Service "single" of type ClusterIP',
    'if that address is routed to the nodes: --to 10.96.0.16:80',
  ],
  [
    { to: 'heads:8080' },
    'FLOW_IMPOSSIBLE',
    '--to heads:8080',
    'A client outside can not use the headless Service "heads": its name stands for addresses of pods',
    'if that address is routed to the nodes: --to 10.244.0.2:8080',
  ],
  [{ via: 'n4' }, 'NODE_UNKNOWN', '--via n4', 'There is no node "n4"', 'did you mean "n1"?'],
  [
    { from: 'pod/web-0', via: 'n1' },
    'USAGE',
    '--via n1',
    '--via is for clients outside: what a pod or a process sends meets the rules of its own node first',
    undefined,
  ],
  [
    { to: '192.168.1.11:30080', via: 'n2' },
    'FLOW_IMPOSSIBLE',
    '--via n2',
    'A packet to 192.168.1.11 comes in by n1, which has that address',
    'leave --via out',
  ],
  [
    { to: 'local:80', via: 'n2' },
    'FLOW_IMPOSSIBLE',
    '--via n2',
    'The load balancer has no target on n2',
    'it sends to nodes that are ready and, under externalTrafficPolicy Local, have a ready pod',
  ],
  [
    { remembered: 'pod/web-7' },
    'POD_UNKNOWN',
    '--remembered pod/web-7',
    'There is no pod "web-7"',
    'did you mean "web-0"?',
  ],
]

describe('questions that can not be answered', () => {
  it.each(ERRORS)('%j', (question, code, excerpt, message, hint) => {
    const [option] = excerpt.split(' ')
    const place = {
      file: '<command line>',
      line: 1,
      column: option.length + 2,
      length: excerpt.length - option.length - 1,
      excerpt,
    }
    expect(diagnosticOf(question)).toEqual({
      severity: 'error',
      code,
      message,
      place,
      ...(hint === undefined ? {} : { hint }),
    })
  })
})

function diagnosticOf(question: Partial<FlowQuestion>): unknown {
  try {
    traced(question)
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics[0]
    throw error
  }
  return undefined
}
