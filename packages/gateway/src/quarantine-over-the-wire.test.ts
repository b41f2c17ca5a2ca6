import { type CoinbaseConnection, connectCoinbase } from '@tidegate/coinbase-client'
import type { PaperExchange } from '@tidegate/paper-exchange'
import { Decimal } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveOnPaper, openLiveOnPaper } from '../test-support/live-on-paper.js'
import type { Gateway } from './gateway.js'

const local = { name: 'local', role: 'trader' } as const

let opened: LiveOnPaper | undefined
let exchange: PaperExchange
let gateway: Gateway
/** Somebody else with the same key: the app on a phone. */
let phone: CoinbaseConnection

beforeAll(async () => {
  opened = await openLiveOnPaper({
    exchange: { seed: 21 },
    env: {
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '100',
    },
  })
  ;({ exchange, gateway } = opened)
  phone = connectCoinbase({
    key: { name: exchange.keyName, secret: exchange.privateKeyPem },
    restUrl: exchange.rest,
    socketUrl: exchange.ws,
  })
})
afterAll(async () => {
  phone?.close()
  await opened?.close()
})

const settle = (args: Readonly<Record<string, string>>) => gateway.control.call('order_settle', args)

describe('an order of ours that somebody changed in the Coinbase app', () => {
  it('is quarantined; a person looks, accepts it, resumes the product, and it can be cancelled', async () => {
    const { value } = await gateway.market.ticker('BTC-USD')
    const limitPrice = value.price.times('0.9').floor()
    const size = { kind: 'base', baseSize: new Decimal('0.0005') } as const
    const common = { productId: 'BTC-USD', side: 'BUY', size, postOnly: false, timeInForce: 'GTC' } as const
    const placed = await gateway.desk.place({
      principal: local,
      terms: { ...common, orderType: 'LIMIT', limitPrice },
    })
    const intentId = placed.intent?.intentId ?? ''
    const orderId = placed.intent?.venueOrderId ?? ''
    expect(placed.outcome).toBe('accepted')
    await phone.client.editOrder({ orderId, price: limitPrice.minus(100), size: '0.0005' })
    while ((await gateway.desk.getOrder(intentId))?.state !== 'QUARANTINED') {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }

    const view = await settle({ id: intentId })
    expect(view).toMatchObject({ ok: true, outcome: 'look', venue_order: { order_id: orderId } })
    expect(view['evidence']).toContain(`limit price is "${limitPrice.minus(100).toFixed()}" at the venue`)
    expect(await settle({ id: intentId, verdict: 'gone' })).toMatchObject({ ok: false, outcome: 'refused' })
    expect(await settle({ id: intentId, verdict: 'accept', reason: 'my own edit' })).toMatchObject({
      ok: true,
      outcome: 'accepted',
      intent: { principal: 'external', state: 'ACKED' },
    })
    const status = await gateway.control.call('status', {})
    expect(status['modes']).toMatchObject([{ scope: 'product:BTC-USD', mode: 'HALTED' }])
    await gateway.control.call('resume', { scope: 'product:BTC-USD' })
    expect(await gateway.desk.cancel(local, orderId)).toMatchObject({ outcome: 'cancelled' })
    expect(await gateway.control.call('audit_verify', {})).toMatchObject({ ok: true })
  })

  it('is refused with the field and its cure when the question is wrong', async () => {
    await expect(settle({ id: 'x', verdict: 'maybe' })).rejects.toThrow(/verdict/)
    await expect(settle({ id: 'nobody' })).rejects.toThrow(/no order "nobody"/)
  })
})
