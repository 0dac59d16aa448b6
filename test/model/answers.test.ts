import { describe, expect, it } from 'vitest'
import { partsOf } from './observed.js'
import { MS, requestsOf, runShop, users } from './small-shop.js'

describe('an answer', () => {
  const networkOf = (clients: object, links: object = {}) => {
    const [request] = requestsOf(runShop({ links, clients: [users(clients)] }, 'web'), 'users')
    return partsOf(request).network ?? 0
  }

  it('takes its size over the bandwidth of its way', () => {
    const links = { bandwidth: { sameNode: '8M' } }
    const sizeless = networkOf({}, links)
    // 1,000 bytes at 8 Mbit/s: 1 ms.
    expect(networkOf({ responseSize: 1_000 }, links) - sizeless).toBe(1 * MS)
  })

  it('takes no longer for its size where links have no bandwidth', () => {
    expect(networkOf({ responseSize: 1_000_000 })).toBe(networkOf({}))
  })
})
