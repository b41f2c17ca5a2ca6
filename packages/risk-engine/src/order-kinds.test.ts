import type { BracketTerms, OrderTerms, ScaledTerms, TwapTerms } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { evaluateOrder } from './evaluate-order.js'
import { parseOrderRequest } from './order-request.js'
import {
  btcUsd,
  codesOf,
  d,
  denialOf,
  limit,
  market,
  openIntent,
  policyWith,
  snapshotWith,
} from './scenario.test-support.js'

const common = { productId: 'BTC-USD', size: { kind: 'base', baseSize: d('0.1') } } as const
const bracket = (limitPrice: string, stopPrice: string, side: 'BUY' | 'SELL' = 'SELL'): BracketTerms => ({
  ...common,
  side,
  orderType: 'BRACKET',
  timeInForce: 'GTC',
  limitPrice: d(limitPrice),
  stopPrice: d(stopPrice),
})
const twap = (over: Partial<TwapTerms> = {}): TwapTerms => ({
  ...common,
  side: 'BUY',
  orderType: 'TWAP',
  timeInForce: 'GTD',
  limitPrice: d('101000'),
  startTimeMs: 0,
  endTimeMs: 600_000,
  sliceCount: 10,
  ...over,
})
const ladder = (raw: Readonly<Record<string, unknown>> = {}): ScaledTerms =>
  parseOrderRequest(
    {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'SCALED',
      size: '0.6',
      min_price: '90000',
      max_price: '92000',
      num_orders: 3,
      size_distribution: 'DECREASING',
      ...raw,
    },
    [],
    { product: btcUsd },
  ) as ScaledTerms

const decide = (terms: OrderTerms, policy = policyWith(), snapshot = snapshotWith()) =>
  evaluateOrder(policy, snapshot, terms)
const reserved = (terms: OrderTerms, scope: string) => {
  const decision = decide(terms)
  if (decision.kind === 'denied') throw new Error(decision.denials.map(({ message }) => message).join(' '))
  return decision.order.reservations.find((row) => row.scope === scope)?.amount
}

describe('a bracket', () => {
  it('of a buy reserves what its stop may cost, 5 % beyond the trigger', () => {
    expect(reserved(bracket('95000', '110000', 'BUY'), 'balance:USD')).toBe(11_550_000_000n)
  })

  it('of a sell gives away its base, valued at the profit', () => {
    const decision = decide(bracket('120000', '90000'))
    expect(decision).toMatchObject({ kind: 'approved', order: { worstNotionalUsd: '12000', reducesExposure: true } })
    expect(reserved(bracket('120000', '90000'), 'balance:BTC')).toBe(10_000_000n)
  })

  it('has its profit on one side of the last trade, 100 000, and its stop on the other', () => {
    expect(decide(bracket('100000.01', '99999.99')).kind).toBe('approved')
    expect(denialOf(decide(bracket('100000', '99000')), 'INVALID_PRICE').cure).toBe(
      'set take_profit_price above 100000',
    )
    expect(denialOf(decide(bracket('110000', '100000')), 'INVALID_PRICE').cure).toBe('set stop_loss_price below 100000')
    expect(decide(bracket('99999.99', '100000.01', 'BUY')).kind).toBe('approved')
    expect(codesOf(decide(bracket('100000', '100000', 'BUY')))).toEqual(['INVALID_PRICE'])
  })

  it('is held to the collar at what its stop leaves for', () => {
    expect(decide(bracket('110000', '90000'), policyWith({ priceCollarPct: '5' })).kind).toBe('approved')
    expect(
      denialOf(decide(bracket('110000', '90000'), policyWith({ priceCollarPct: '4.9' })), 'RISK_PRICE_COLLAR').cure,
    ).toContain('STOP_LIMIT')
  })

  it('that rests is not traded with by an order of the same account', () => {
    const snapshot = snapshotWith({ openIntents: [openIntent(bracket('100001', '90000'))] })
    const policy = policyWith({ refuseSelfMatch: true })
    expect(codesOf(decide(limit('BUY', { size: '0.1' }, '100001'), policy, snapshot))).toEqual(['RISK_SELF_MATCH'])
    expect(decide(limit('BUY', { size: '0.1' }, '100000.99'), policy, snapshot).kind).toBe('approved')
  })

  it('which the venue made for our own buy is no open order from outside', () => {
    const policy = policyWith({ maxOpenOrders: 1 })
    const outside = (terms: OrderTerms) => snapshotWith({ openIntents: [openIntent(terms, { principal: 'external' })] })
    expect(decide(market('BUY', { size: '0.1' }), policy, outside(bracket('110000', '90000'))).kind).toBe('approved')
    const foreign = outside(limit('BUY', { size: '0.1' }, '90000'))
    expect(codesOf(decide(market('BUY', { size: '0.1' }), policy, foreign))).toEqual(['RISK_OPEN_ORDERS'])
  })
})

describe('exits of a buy', () => {
  const exits = (takeProfit: string, stopLoss: string) => ({
    attached: { takeProfitPrice: d(takeProfit), stopLossPrice: d(stopLoss) },
  })

  it('lie above and below what it pays: the limit, or the best ask', () => {
    const at = limit('BUY', { size: '0.1' }, '90000')
    expect(decide({ ...at, ...exits('90000.01', '89999.99') }).kind).toBe('approved')
    expect(denialOf(decide({ ...at, ...exits('90000', '80000') }), 'INVALID_PRICE').cure).toBe(
      'set take_profit_price above 90000',
    )
    expect(
      denialOf(decide({ ...market('BUY', { size: '0.1' }), ...exits('110000', '100001') }), 'INVALID_PRICE').cure,
    ).toBe('set stop_loss_price below 100001')
  })

  it('are held to the price increment', () => {
    const buy = { ...market('BUY', { size: '0.1' }), ...exits('110000.001', '90000') }
    expect(denialOf(decide(buy), 'INVALID_PRICE').message).toContain('take_profit_price')
  })
})

describe('a ladder', () => {
  it('costs the sum of its orders, whatever the worst of them', () => {
    // 0.3 at 90 000, 0.2 at 91 000, 0.1 at 92 000.
    expect(ladder().rungs.map(({ baseSize, limitPrice }) => `${baseSize.toFixed()}@${limitPrice.toFixed()}`)).toEqual([
      '0.1@92000',
      '0.2@91000',
      '0.3@90000',
    ])
    expect(reserved(ladder(), 'balance:USD')).toBe(54_400_000_000n)
    expect(decide(ladder(), policyWith({ maxOrderValueUsd: '54400' })).kind).toBe('approved')
    expect(codesOf(decide(ladder(), policyWith({ maxOrderValueUsd: '54399.99' })))).toEqual(['RISK_MAX_ORDER_VALUE'])
  })

  it('is held to the collar in its worst order, and says which argument to change', () => {
    const far = ladder({ max_price: '120000', min_price: '110000' })
    expect(denialOf(decide(far, policyWith({ priceCollarPct: '10' })), 'RISK_PRICE_COLLAR').cure).toBe(
      'set max_price to 110000',
    )
  })

  it('is refused when one of its orders is below the minimum', () => {
    expect(denialOf(decide(ladder({ size: '0.00004' })), 'INVALID_ORDER_SIZE').message).toMatch(
      /^An order of the ladder is 0\.\d+ USD/,
    )
  })

  it('holds of its wallet what has not filled', () => {
    const half = openIntent(ladder(), { filledSize: '0.1', filledValue: '9200' })
    const snapshot = snapshotWith({
      openIntents: [half],
      balancesOf: [
        { accountId: 'a', currency: 'USD', available: d('100000'), hold: d('45200') },
        { accountId: 'b', currency: 'BTC', available: d('1'), hold: d('0') },
      ],
    })
    // All of the hold is ours, so the whole wallet is the cap.
    const funds = decide(market('BUY', { size: '0.1' }), policyWith(), snapshot).findings.find(
      ({ rule }) => rule === 'funds',
    )
    expect(funds?.limit).toBe('145200')
  })
})

describe('a TWAP', () => {
  it('reserves the whole at its limit and is held to the collar like a limit order', () => {
    expect(reserved(twap(), 'balance:USD')).toBe(10_100_000_000n)
    expect(codesOf(decide(twap({ limitPrice: d('110000.01') }), policyWith({ priceCollarPct: '10' })))).toEqual([
      'RISK_PRICE_COLLAR',
    ])
  })

  it('needs slices that the product takes', () => {
    expect(
      denialOf(decide(twap({ size: { kind: 'base', baseSize: d('0.00009') } })), 'INVALID_ORDER_SIZE').message,
    ).toMatch(/^A slice is 0\.909 USD/)
    expect(codesOf(decide(twap({ size: { kind: 'quote', quoteSize: d('9.99') } })))).toEqual(['INVALID_ORDER_SIZE'])
    expect(decide(twap({ size: { kind: 'quote', quoteSize: d('10') } })).kind).toBe('approved')
  })
})
