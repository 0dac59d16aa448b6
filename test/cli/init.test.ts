import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ShopFolder, shopFolder } from './shop-folder.js'

let shop: ShopFolder

beforeEach(() => {
  shop = shopFolder()
  shop.write('app/shop.yaml', shop.read('shop/shop.yaml'))
})

afterEach(() => shop.remove())

const CALLING_POD = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: cart, namespace: sales }
spec:
  replicas: 4
  selector: { matchLabels: { app: cart } }
  template:
    metadata: { labels: { app: cart } }
    spec:
      containers:
        - name: cart
          image: cart
          env:
            - { name: REDIS_HOST, value: redis.default }
            - { name: REDIS_PORT, value: "6379" }
            - { name: PRICES, value: "http://prices:9090/api" }
            - { name: UNRELATED, value: "http://example.com" }
---
apiVersion: v1
kind: Service
metadata: { name: prices, namespace: sales }
spec: { selector: { app: cart }, ports: [{ port: 8080, name: a }, { port: 9090, name: b }] }
`

describe('svcsim init', () => {
  test('writes a scenario beside the manifests that check finds nothing wrong with', async () => {
    const { code, err } = await shop.svcsim(['init', 'app'])
    expect([code, err]).toEqual([0, 'wrote app/scenario.yaml; try `svcsim run app/scenario.yaml`\n'])
    const checked = await shop.svcsim(['check', 'app'])
    expect(checked).toEqual({
      code: 0,
      out: 'ok: 2 Services, 3 pods on 3 nodes; 2 client groups, 1 point of 1 replication; no warnings\n',
      err: '',
    })
  })

  test('takes who calls whom from environment variables, with ports and namespaces', async () => {
    shop.write('app/cart.yaml', CALLING_POD)
    await shop.svcsim(['init', 'app'])
    const text = shop.read('app/scenario.yaml')
    expect(text).toContain('        - { to: "redis.default:6379", timeout: 1s } # REDIS_HOST\n')
    expect(text).toContain('        - { to: "prices:9090", timeout: 1s } # PRICES\n')
    expect(text).not.toContain('example')
    expect(text).toContain('  #   cart: 4\n')
  })

  test('makes clients for what is open to the outside and for what nobody calls', async () => {
    await shop.svcsim(['init', 'app'])
    const text = shop.read('app/scenario.yaml')
    expect(text).toContain(
      '    - name: users-of-web\n      to: "web:80" # Service port, whatever the way in\n      location: outside',
    )
    expect(text).toContain('    - name: users-of-redis\n')
  })

  test('names manifests from where the scenario lies', async () => {
    shop.write('scenarios/keep', '')
    await shop.svcsim(['init', 'app/shop.yaml', '--output', 'scenarios/first.yaml'])
    expect(shop.read('scenarios/first.yaml')).toContain('  manifests: ["../app/shop.yaml"]')
    expect((await shop.svcsim(['check', 'scenarios/first.yaml'])).code).toBe(0)
  })

  test('prints the same to the standard output, from the working directory', async () => {
    const printed = await shop.svcsim(['init', 'app', '--output', '-'])
    await shop.svcsim(['init', 'app', '--output', 'scenario.yaml'])
    expect(printed.out).toBe(shop.read('scenario.yaml'))
  })

  test('replaces no file unless it is told to', async () => {
    shop.write('app/scenario.yaml', 'mine')
    const refused = await shop.svcsim(['init', 'app'])
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('"app/scenario.yaml" exists already')
    expect(shop.read('app/scenario.yaml')).toBe('mine')
    expect((await shop.svcsim(['init', 'app', '--force'])).code).toBe(0)
    expect(shop.read('app/scenario.yaml')).toContain('kind: Scenario')
  })

  test('says what is wrong with the manifests, and that the standard input has no name', async () => {
    shop.write('app/shop.yaml', shop.read('app/shop.yaml').replace('nodePort: 30080', 'nodePort: 80'))
    expect(await shop.svcsim(['init', 'app'])).toMatchObject({ code: 3, out: '' })
    expect(shop.made()).toEqual(['app'])
    expect((await shop.svcsim(['init', '-'])).code).toBe(2)
  })
})
