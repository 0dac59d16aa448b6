/**
 * Which client of a group asks next.
 *
 * `random`: any, independently (with Poisson arrivals, every client is then a Poisson process of its own); `inTurn`: 0, 1,
 * 2 … and again; `shuffled`: each once per round, in an order drawn anew for every round.
 */
import type { Stream } from '../engine/streams.js'
import type { ClientGroup } from '../input/scenario-schema.js'

export type ClientOrder = ClientGroup['arrivals']['order']

/** Returns the next client at each call: 0 to clientCount - 1. Draws once a call, never, or once a client and round. */
export function makeClientOrder(order: ClientOrder, clientCount: number, stream: Stream): () => number {
  switch (order) {
    case 'random':
      return () => stream.below(clientCount)
    case 'inTurn':
      return inTurn(clientCount)
    case 'shuffled':
      return shuffled(clientCount, stream)
  }
}

function inTurn(clientCount: number): () => number {
  let next = -1
  return () => {
    next = next + 1 === clientCount ? 0 : next + 1
    return next
  }
}

function shuffled(clientCount: number, stream: Stream): () => number {
  const round = Array.from({ length: clientCount }, (_, client) => client)
  let position = clientCount
  return () => {
    if (position === clientCount) {
      stream.shuffle(round)
      position = 0
    }
    return round[position++]
  }
}
