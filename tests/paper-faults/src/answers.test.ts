import type { Fault } from '@tidegate/paper-exchange'
import { VenueAuthError, VenueRateLimitError } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorld, PRODUCT, resting, type World, wordOf } from './world.js'

let world: World
let count = 0

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

/** What the client says of an order placed into a fault, and what became of it at the exchange. */
async function placeInto(fault: Fault) {
  const clientOrderId = `order ${++count}`
  await world.ask(fault)
  const word = await wordOf(world.client.createOrder({ clientOrderId, terms: resting }))
  const there = world.exchange.orders().filter((order) => order.clientOrderId === clientOrderId).length
  expect(world.exchange.faults.struck(), 'the fault has struck').toContain(fault.kind)
  world.exchange.faults.clear()
  return { word, there, clientOrderId }
}

describe('an order placed into a fault', () => {
  // Word of the client, orders at the exchange. Unknown is the only honest word wherever the answer is lost or cannot be read.
  const cases: readonly (readonly [Fault, string, number])[] = [
    [{ kind: 'accept-then-drop', verb: 'create-order' }, 'unknown', 1],
    [{ kind: 'accept-then-503-html', verb: 'create-order' }, 'unknown', 1],
    [{ kind: 'drop-before', verb: 'create-order' }, 'unknown', 0],
    [{ kind: 'delay', verb: 'create-order', delayMs: 300 }, 'applied', 1],
    [{ kind: 'delay', verb: 'create-order', delayMs: 2_000 }, 'unknown', 1],
    [{ kind: 'http-503-html', verb: 'create-order' }, 'unknown', 0],
    [{ kind: 'http-429-html', verb: 'create-order' }, 'unknown', 0],
    [{ kind: 'http-429-json', verb: 'create-order' }, 'unknown', 0],
    [{ kind: 'cut-body', verb: 'create-order' }, 'unknown', 1],
    [{ kind: 'schema-drift', verb: 'create-order' }, 'unknown', 1],
    [{ kind: 'duplicate-client-order-id', verb: 'create-order' }, 'unknown', 1],
    [{ kind: 'http-401', verb: 'create-order', times: 5 }, 'not-applied', 0],
    [{ kind: 'key-permission', permission: 'trade' }, 'not-applied', 0],
    [{ kind: 'product-state', productId: PRODUCT, state: 'cancel_only' }, 'not-applied', 0],
    [{ kind: 'product-state', productId: PRODUCT, state: 'trading_disabled' }, 'not-applied', 0],
  ]
  it.each(cases)('%j is called %s', async (fault, expected, orders) => {
    const { word, there, clientOrderId } = await placeInto(fault)
    expect({ word, there }).toEqual({ word: expected, there: orders })
    // Whoever was left in doubt can find out.
    const found = (await world.client.listOrders({ productId: PRODUCT })).filter(
      (order) => order.clientOrderId === clientOrderId,
    )
    expect(found).toHaveLength(orders)
  })

  it('is never sent twice, whatever happens to it', () => {
    const ids = world.exchange.orders().map((order) => order.clientOrderId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(world.exchange.reconcile()).toEqual([])
  })
})

describe('a cancel into a fault', () => {
  it.each([
    ['accept-then-drop', 'CANCELLED'],
    ['accept-then-503-html', 'CANCELLED'],
    ['cut-body', 'CANCELLED'],
    ['http-503-html', 'OPEN'],
    ['http-429-html', 'OPEN'],
  ] as const)('%s leaves an order that is %s, and no false word', async (kind, status) => {
    const { orderId } = await world.client.createOrder({ clientOrderId: `cancel ${++count}`, terms: resting })
    await world.ask({ kind, verb: 'cancel-orders', times: 10 })
    // It may say so for the order or for the whole request; both are one word.
    const says = world.client.cancelOrders([orderId]).then(([result]) => String(result?.outcome))
    const failure = await wordOf(says)
    const claim = failure === 'applied' ? await says : failure
    world.exchange.faults.clear()
    expect(claim).toBe('unknown')
    expect((await world.client.getOrder(orderId))?.status).toBe(status)
  })
})

describe('reads into a fault', () => {
  it.each(['http-503-html', 'http-429-html', 'http-429-json', 'cut-body', 'drop-before', 'accept-then-drop'] as const)(
    'survive %s by asking again',
    async (kind) => {
      await world.ask({ kind, verb: 'list-accounts', times: 2 })
      expect((await world.client.listAccounts()).length).toBeGreaterThan(0)
      expect(world.exchange.faults.pending()).toEqual([])
    },
  )

  it('survive one 401 with a fresh token, and call a burst of them what it is', async () => {
    await world.ask({ kind: 'http-401', verb: 'list-accounts' })
    expect((await world.client.listAccounts()).length).toBeGreaterThan(0)
    await world.ask({ kind: 'http-401', verb: 'list-accounts', times: 10 })
    await expect(world.client.listAccounts()).rejects.toBeInstanceOf(VenueAuthError)
    world.exchange.faults.clear()
    expect((await world.client.listAccounts()).length).toBeGreaterThan(0)
  })

  it('say so when the limit does not end', async () => {
    await world.ask({ kind: 'http-429-json', verb: 'list-accounts', times: 10 })
    await expect(world.client.listAccounts()).rejects.toBeInstanceOf(VenueRateLimitError)
    world.exchange.faults.clear()
  })

  it('are refused, not guessed, when a key of every order has moved', async () => {
    await world.client.createOrder({ clientOrderId: `drift ${++count}`, terms: resting })
    await world.ask({ kind: 'schema-drift', verb: 'list-orders', times: 5 })
    await expect(world.client.listOrders({ productId: PRODUCT })).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
    world.exchange.faults.clear()
    // Keys that nobody knows do no harm.
    await world.ask({ kind: 'schema-drift', verb: 'list-accounts' })
    expect((await world.client.listAccounts()).length).toBeGreaterThan(0)
  })

  it('go on under a venue clock that is ten minutes wrong, once it is measured', async () => {
    await world.ask({ kind: 'clock-skew', skewMs: 600_000 })
    expect((await world.client.listAccounts()).length).toBeGreaterThan(0)
    world.exchange.faults.clear()
    expect((await world.client.listAccounts()).length).toBeGreaterThan(0)
  })
})
