/** The part of a scenario about links, TCP and what runs out. */
import { z } from 'zod'
import { delay } from './distribution-schema.js'
import { cpuPeriod } from './pod-behaviour-schema.js'
import { duration, quantity } from './scalars.js'

/** Kinds of links, as a sentence goes on with them. */
const PLACES = {
  sameNode: 'between two pods of one node, or a pod and its node',
  sameZone: 'between two nodes of one zone',
  otherZone: 'between two nodes of different zones',
  outside: 'between a client outside and the load balancer or node it enters by',
}

function bandwidthOf(kind: keyof typeof PLACES) {
  return quantity.optional().describe(`Bits per second of a link ${PLACES[kind]}. Without limit by default.`)
}

/** Below 1: something must arrive. */
function lossOf(kind: keyof typeof PLACES) {
  return z
    .number()
    .min(0)
    .max(0.9)
    .optional()
    .describe(`Share of packets lost on a link ${PLACES[kind]}, 0 to 0.9. 0 by default.`)
}

/** `spec.links` */
export const links = z
  .strictObject({
    sameNode: delay.prefault('10us').describe('Between two pods of one node, or a pod and its node.'),
    sameZone: delay.prefault('150us').describe('Between two nodes of one zone.'),
    otherZone: delay.prefault('500us').describe('Between two nodes of different zones.'),
    outside: delay
      .prefault('10ms')
      .describe('Between a client outside and the load balancer or node it enters by.'),
    bandwidth: z
      .strictObject({
        sameNode: bandwidthOf('sameNode'),
        sameZone: bandwidthOf('sameZone'),
        otherZone: bandwidthOf('otherZone'),
        outside: bandwidthOf('outside'),
      })
      .prefault({})
      .describe(
        'Bits per second by kind of link, such as 10G: messages take their size over it on every link, and wait where their sender is still busy with others. Without limit by default.',
      ),
    loss: z
      .strictObject({
        sameNode: lossOf('sameNode'),
        sameZone: lossOf('sameZone'),
        otherZone: lossOf('otherZone'),
        outside: lossOf('outside'),
      })
      .prefault({})
      .describe('Share of packets that are lost, by kind of link; 0 by default. They are sent again.'),
  })
  .describe('Time that a packet takes one way, by kind of link; with bandwidth and loss where wanted.')

/** `spec.tcp` */
export const tcp = z
  .strictObject({
    synSchedule: z
      .enum(['linux', 'linux-before-6.5'])
      .default('linux')
      .describe(
        'When an unanswered first packet is repeated: after 1, 2, 3, 4, 5, 7, 11 … s, or after 1, 3, 7, 15 … s.',
      ),
    synRetries: z
      .int()
      .min(0)
      .max(20)
      .optional()
      .describe('Repetitions before a client gives up; all of the schedule by default.'),
  })
  .describe('TCP of the clients.')

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

/** `spec.limits`; names as in the model */
export const limits = z
  .strictObject({
    conntrackPerCpu: count
      .optional()
      .describe('Connections that a node tracks, for each processor; 0: without limit. 32768 by default.'),
    conntrackLeast: count
      .optional()
      .describe('Connections that a node tracks at least, however few its processors. 131072 by default.'),
    conntrackTimeWait: duration
      .optional()
      .describe('How long a closed connection keeps its place in the table of a node. 120s by default.'),
    conntrackSynSent: duration
      .optional()
      .describe('How long a connection that was never answered keeps its place. 120s by default.'),
    conntrackClose: duration
      .optional()
      .describe('How long a connection that was reset keeps its place. 10s by default.'),
    conntrackUdp: duration
      .optional()
      .describe(
        'How long queries and answers from one UDP port keep their place after the last. 30s by default.',
      ),
    conntrackUdpStream: duration
      .optional()
      .describe('The same for ports that are used for more than 2 s. 120s by default.'),
    nodeBacklog: count
      .optional()
      .describe(
        'First packets that may wait for each processor of a node; the next is dropped. 1000 by default.',
      ),
    masqueradePorts: count
      .optional()
      .describe('Connections that a node can masquerade at once, to each endpoint. 64512 by default.'),
    clientPorts: count
      .optional()
      .describe(
        'Connections that a client can have to one Service at once, those in TIME_WAIT included. 28232 by default.',
      ),
    clientTimeWait: duration
      .optional()
      .describe('How long a connection that the client closed keeps its port. 60s by default.'),
    cpuPeriod: cpuPeriod
      .optional()
      .describe(
        'Period in which the CPU limit of a pod holds, 1ms to 1s: cpuCFSQuotaPeriod of kubelet. 100ms by default.',
      ),
  })
  .describe('What runs out, and how long places are kept: sizes and time-outs of the kernel.')
