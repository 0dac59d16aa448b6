import { describe, expect, it } from 'vitest'
import { MS, requestsOf, runShop, users } from './small-shop.js'

const PODS = {
  web: {
    serviceTime: '2ms',
    calls: [{ to: 'db:80' }],
    servers: 9,
    classes: { search: { serviceTime: '7ms' }, login: { calls: [] }, admin: {} },
  },
  db: { serviceTime: '3ms', servers: 9, classes: { search: { serviceTime: '11ms' } } },
}

/** Service times of the group's requests and of the calls that followed, in ms. */
function servedOf(requestClass: object): { web: number[]; db: number[] } {
  const observed = runShop({ pods: PODS, clients: [users(requestClass)] }, 'db', 'web')
  const inMs = (caller: string) => requestsOf(observed, caller).map((each) => each.serviceNs / MS)
  return { web: inMs('users'), db: inMs('web') }
}

describe('requests of a class', () => {
  it('need the service time of their class, in the calls that follow too', () => {
    expect(servedOf({ class: 'search' })).toEqual({ web: [7], db: [11] })
  })

  it('need what all requests need where the class says nothing', () => {
    expect(servedOf({ class: 'admin' })).toEqual({ web: [2], db: [3] })
    expect(servedOf({})).toEqual({ web: [2], db: [3] })
  })

  it('make the calls of their class', () => {
    expect(servedOf({ class: 'login' })).toEqual({ web: [2], db: [] })
  })

  it('are told apart within one run', () => {
    const clients = [users({ class: 'search' }), users({ name: 'others' })]
    const observed = runShop({ pods: PODS, clients }, 'db', 'web')
    expect(requestsOf(observed, 'users').map((each) => each.serviceNs / MS)).toEqual([7])
    expect(requestsOf(observed, 'others').map((each) => each.serviceNs / MS)).toEqual([2])
    expect(requestsOf(observed, 'web').map((each) => each.serviceNs / MS)).toEqual([3, 11])
  })
})
