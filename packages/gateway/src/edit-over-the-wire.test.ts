import type { PaperExchange } from '@tidegate/paper-exchange'
import { Decimal, type Intent } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveOnPaper, openLiveOnPaper } from '../test-support/live-on-paper.js'
import type { Gateway } from './gateway.js'

const local = { name: 'local', role: 'trader' } as const

let opened: LiveOnPaper | undefined
let exchange: PaperExchange
let gateway: Gateway

/** Desk, Coinbase client and exchange over the wire, with the settings of production. */
beforeAll(async () => {
  opened = await openLiveOnPaper({
    exchange: { seed: 9 },
    env: {
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '100',
    },
  })
  ;({ exchange, gateway } = opened)
})
afterAll(async () => {
  await opened?.close()
})

async function priceAt(percent: number): Promise<Decimal> {
  const { value } = await gateway.market.ticker('BTC-USD')
  return value.price.times(percent).div(100).floor()
}

async function place(terms: Parameters<Gateway['desk']['place']>[0]['terms']): Promise<Intent> {
  const { outcome, intent } = await gateway.desk.place({ principal: local, terms })
  if (!intent) throw new Error(outcome)
  expect([outcome, intent.outcomeReason]).toEqual(['accepted', undefined])
  return intent
}

const size = { kind: 'base', baseSize: new Decimal('0.0005') } as const

async function limit(percent: number): Promise<Intent> {
  const limitPrice = await priceAt(percent)
  const common = { productId: 'BTC-USD', side: 'BUY', size, postOnly: false, timeInForce: 'GTC' } as const
  return place({ ...common, orderType: 'LIMIT', limitPrice })
}

describe('an edit over the wire', () => {
  // Each at a price of its own: the same terms within a minute are the same wish.
  it.each([
    ['accept-then-drop', 95],
    ['accept-then-503-html', 93],
    ['cut-body', 91],
  ] as const)('whose answer is lost (%s) is found in the order, and never sent twice', async (kind, percent) => {
    const target = await limit(percent)
    exchange.faults.next({ kind, verb: 'edit-order' })
    const limitPrice = await priceAt(percent - 1)
    const edited = await gateway.desk.edit({ principal: local, id: target.intentId, limitPrice, waitMs: 10_000 })
    expect(exchange.faults.struck()).toContain(kind)
    expect(edited).toMatchObject({ outcome: 'accepted', how: 'edit', intent: { state: 'APPLIED' } })
    expect(edited.target?.terms).toMatchObject({ limitPrice })
    const shown = exchange.orders().find((order) => order.orderId === target.venueOrderId)
    expect(shown).toMatchObject({ status: 'OPEN' })
    const { entries } = (await gateway.control.call('audit_show', { intent_id: edited.intent?.intentId ?? '' })) as {
      entries: { type: string }[]
    }
    expect(entries.filter((entry) => entry.type === 'intent.submit_begun')).toHaveLength(1)
    exchange.faults.clear()
    await gateway.desk.cancel(local, target.intentId)
  })

  it('of a stop is a replacement: the old order is over before the new one is sent, and one is live', async () => {
    const target = await place({
      productId: 'BTC-USD',
      side: 'BUY',
      size,
      orderType: 'STOP_LIMIT',
      timeInForce: 'GTC',
      stopDirection: 'UP',
      stopPrice: await priceAt(104),
      limitPrice: await priceAt(105),
    })
    const stopPrice = await priceAt(103)
    const replaced = await gateway.desk.edit({ principal: local, id: target.intentId, stopPrice, waitMs: 10_000 })
    expect([replaced.how, replaced.outcome, replaced.denials]).toEqual(['replace', 'accepted', []])
    while (!replaced.intent || (await gateway.desk.getOrder(replaced.intent.intentId))?.venueOrderId === undefined)
      await new Promise((resolve) => setTimeout(resolve, 20))
    const fresh = await gateway.desk.getOrder(replaced.intent.intentId)
    expect((await gateway.desk.getOrder(target.intentId))?.state).toBe('CANCELLED')
    const live = exchange
      .orders()
      .filter((order) => !['CANCELLED', 'FILLED', 'EXPIRED', 'FAILED'].includes(order.status))
    expect(live.map((order) => order.orderId)).toEqual([fresh?.venueOrderId])
    expect(fresh?.terms).toMatchObject({ stopPrice })
    await gateway.desk.cancelAll(local)
  })

  it('leaves the books of the exchange and our records in order', async () => {
    expect(exchange.reconcile()).toEqual([])
    expect(await gateway.control.call('audit_verify', {})).toMatchObject({ ok: true })
    expect((await gateway.desk.reconcile('test')).differences).toEqual([])
  })
})
