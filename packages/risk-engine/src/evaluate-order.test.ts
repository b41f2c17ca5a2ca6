import { describe, expect, it } from 'vitest'
import { evaluateOrder } from './evaluate-order.js'
import { definePolicy } from './policy-text.js'
import {
  btcUsdc,
  codesOf,
  d,
  denialOf,
  ethBtc,
  limit,
  market,
  openIntent,
  policyWith,
  snapshotWith,
  wallet,
} from './scenario.test-support.js'

const fees = { tier: 'Intro 1', takerRate: d('0.012'), makerRate: d('0.006'), volumeUsd: d('0') }

describe('evaluateOrder', () => {
  it('approves a small quote-sized buy with its fee inside and reserves money and exposure in whole units', () => {
    const decision = evaluateOrder(definePolicy(), snapshotWith({ feeRates: fees }), market('BUY', { quoteSize: '25' }))
    if (decision.kind !== 'approved') throw new Error(JSON.stringify(decision.denials))
    // round16(25 / 1.012) = 24.7035573122529644
    expect(decision.estimate).toMatchObject({
      notional: '24.7035573122529644',
      fee: '0.2964426877470356',
      total: '25',
      feeRate: '0.012',
      worstPrice: '100001',
      mid: '100000',
    })
    expect(decision.order.reservations).toEqual([
      { scope: 'balance:USD', window: 'open', amount: 25_000_000n, cap: 900_000_000_000n, unit: '0.000001 USD' },
      { scope: 'exposure:BTC', window: 'open', amount: 24_703_558n, cap: 150_000_000_000n, unit: '0.000001 USD' },
      {
        scope: 'value:account',
        window: '2026-11-23',
        amount: 25_000_000n,
        cap: 100_000_000_000n,
        unit: '0.000001 USD',
      },
      { scope: 'open-orders:account', window: 'open', amount: 1n, cap: 50n, unit: '1 order' },
      { scope: 'open-value:account', window: 'open', amount: 25_000_000n, cap: 20_000_000_000n, unit: '0.000001 USD' },
    ])
    expect(decision.order).toMatchObject({
      worstNotionalUsd: '25',
      needsApproval: false,
      reducesExposure: false,
      priceBand: { low: '90000', high: '110000' },
    })
  })

  it('computes the fee of the two captured Coinbase orders to the last digit', () => {
    for (const [q, value, fee] of [
      ['25', '24.8508946322067594', '0.1491053677932406'],
      ['6.36', '6.3220675944333996', '0.0379324055666004'],
    ] as const) {
      const snapshot = snapshotWith({ feeRates: { ...fees, takerRate: d('0.006') } })
      const decision = evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: q }))
      expect(decision.estimate).toMatchObject({ notional: value, fee, total: q })
    }
  })

  it('rounds the value inside a quote-sized buy half up at the sixteenth place, as the venue does', () => {
    // 10 / 1.012 = 9.88142292490118577…
    const decision = evaluateOrder(policyWith(), snapshotWith({ feeRates: fees }), market('BUY', { quoteSize: '10' }))
    expect(decision.estimate).toMatchObject({ notional: '9.8814229249011858', fee: '0.1185770750988142' })
  })

  it('reserves base in units of the currency for a sell, no exposure, and calls it reducing', () => {
    const decision = evaluateOrder(policyWith(), snapshotWith(), limit('SELL', { size: '0.4' }, '101000'))
    if (decision.kind !== 'approved') throw new Error(JSON.stringify(decision.denials))
    expect(decision.order.reservations).toEqual([
      { scope: 'balance:BTC', window: 'open', amount: 40_000_000n, cap: 100_000_000n, unit: '0.00000001 BTC' },
    ])
    expect(decision.order.reducesExposure).toBe(true)
    expect(decision.order.worstNotionalUsd).toBe('40400')
  })

  it('rounds what an order uses up and what a limit allows down', () => {
    const snapshot = snapshotWith({
      feeRates: { ...fees, takerRate: d('0.01') },
      balancesOf: [wallet('USD', '999.9999999'), wallet('BTC', '0.0000000199')],
    })
    // 0.00010001 × 99999.99 × 1.01 = 10.101008989899, and 25 % of (999.9999999 + 0.00199) − 0.00199 = 249.998507475
    const buy = evaluateOrder(
      policyWith({ maxPositionSizePct: '25' }),
      snapshot,
      limit('BUY', { size: '0.00010001' }, '99999.99'),
    )
    if (buy.kind !== 'approved') throw new Error(JSON.stringify(buy.denials))
    expect(buy.estimate.total).toBe('10.101008989899')
    expect(buy.order.reservations).toMatchObject([
      { amount: 10_101_009n, cap: 999_999_999n },
      { amount: 10_000_999n, cap: 249_998_507n },
    ])
    expect(buy.order.worstNotionalUsd).toBe('10.101009')
    const sell = evaluateOrder(policyWith(), snapshot, limit('SELL', { size: '0.00001' }, '100000'))
    expect(denialOf(sell, 'INSUFFICIENT_FUNDS').limit).toBe('0.00000001')
  })

  it('refuses 200 beside 900 against a cap of 999, which decimals compared as text would let pass', () => {
    const usage = {
      rows: [{ scope: 'balance:USD', window: 'open', used: 900_000_000n }],
      releaseEpoch: 0,
      recent: [],
    }
    const snapshot = snapshotWith({ usage, balancesOf: [wallet('USD', '999')] })
    const denied = evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: '200' }))
    expect(codesOf(denied)).toContain('INSUFFICIENT_FUNDS')
    expect(denialOf(denied, 'INSUFFICIENT_FUNDS')).toMatchObject({
      limit: '999',
      actual: '1100',
      unit: 'USD',
      cure: 'reduce quote_size to 99',
    })
    expect(evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: '99' })).kind).toBe('approved')
  })

  it('adds up BTC-USD and BTC-USDC as one asset, and pays from the wallet of the id submitted', () => {
    const usage = {
      rows: [{ scope: 'exposure:BTC', window: 'open', used: 149_000_000_000n }],
      releaseEpoch: 0,
      recent: [],
    }
    const snapshot = snapshotWith({
      product: btcUsdc,
      usage,
      balancesOf: [wallet('USD', '890000'), wallet('USDC', '10000'), wallet('BTC', '1')],
    })
    const policy = policyWith({ maxPositionSizePct: '25' })
    const fits = evaluateOrder(policy, snapshot, market('BUY', { quoteSize: '1000' }, 'BTC-USDC'))
    if (fits.kind !== 'approved') throw new Error(JSON.stringify(fits.denials))
    expect(fits.order.reservations.map(({ scope }) => scope)).toEqual(['balance:USDC', 'exposure:BTC'])
    const over = evaluateOrder(policy, snapshot, market('BUY', { quoteSize: '1000.01' }, 'BTC-USDC'))
    expect(codesOf(over)).toEqual(['RISK_POSITION_LIMIT'])
  })

  it('needs a person strictly above the limit', () => {
    const policy = policyWith({ requireConfirmationAboveUsd: '500' })
    const ask = (quoteSize: string): boolean => {
      const decision = evaluateOrder(policy, snapshotWith(), market('BUY', { quoteSize }))
      return decision.kind === 'approved' && decision.order.needsApproval
    }
    expect([ask('499.99'), ask('500'), ask('500.01')]).toEqual([false, false, true])
  })

  it('asks a person about large exits as well, unless the policy says that reductions need none', () => {
    const ask = (approveReductions: boolean, side: 'BUY' | 'SELL') => {
      const policy = policyWith({ requireConfirmationAboveUsd: '500', approveReductions })
      const decision = evaluateOrder(policy, snapshotWith(), limit(side, { size: '0.01' }, '100000'))
      return decision.kind === 'approved' && decision.order.needsApproval
    }
    expect([ask(true, 'SELL'), ask(true, 'BUY')]).toEqual([true, true])
    expect([ask(false, 'SELL'), ask(false, 'BUY')]).toEqual([false, true])
  })

  it('returns every reason at once', () => {
    const snapshot = snapshotWith({
      mode: 'HALTED',
      feeRates: fees,
      day: { realizedUsd: d('-1200'), unrealizedUsd: d('0'), feesUsd: d('3'), complete: true },
      usage: { rows: [], releaseEpoch: 0, recent: [{ scope: 'account', count: 10 }] },
    })
    const decision = evaluateOrder(
      definePolicy({ denyProducts: ['BTC-USDC'] }),
      snapshot,
      market('BUY', { size: '1000000' }),
    )
    expect(codesOf(decision)).toEqual([
      'INSUFFICIENT_FUNDS',
      'INVALID_ORDER_SIZE',
      'RISK_DAILY_LOSS',
      'RISK_DAILY_VALUE',
      'RISK_HALTED',
      'RISK_MAX_ORDER_VALUE',
      'RISK_NO_LIQUIDITY',
      'RISK_OPEN_ORDERS',
      'RISK_ORDER_RATE',
      'RISK_POSITION_LIMIT',
      'RISK_PRODUCT_BLOCKED',
    ])
  })

  it('starts the three sentences of the specification with their exact words', () => {
    const snapshot = snapshotWith({
      day: { realizedUsd: d('-1200'), unrealizedUsd: d('0'), feesUsd: d('3'), complete: true },
      usage: { rows: [], releaseEpoch: 0, recent: [{ scope: 'account', count: 10 }] },
    })
    const decision = evaluateOrder(definePolicy(), snapshot, market('BUY', { quoteSize: '200000' }))
    expect(denialOf(decision, 'RISK_ORDER_RATE').message).toMatch(/^Order rate limit exceeded/)
    expect(denialOf(decision, 'RISK_DAILY_LOSS').message).toMatch(/^Daily loss limit reached/)
    expect(denialOf(decision, 'RISK_POSITION_LIMIT').message).toMatch(/^Position size limit exceeded/)
  })

  it('leaves a finding of every rule, also when all pass', () => {
    const decision = evaluateOrder(policyWith(), snapshotWith(), market('BUY', { quoteSize: '10' }))
    expect(decision.findings.map(({ rule }) => rule)).toHaveLength(23)
    expect(decision.findings.every(({ passed }) => passed)).toBe(true)
  })

  it('counts a sell of ETH for BTC as buying BTC', () => {
    const snapshot = snapshotWith({
      product: ethBtc,
      bookProductId: 'ETH-BTC',
      market: {
        value: {
          bestBid: d('0.03999'),
          bestAsk: d('0.04001'),
          lastTrade: d('0.04'),
          bids: [{ price: d('0.03999'), size: d('100') }],
          asks: [{ price: d('0.04001'), size: d('100') }],
        },
        ageMs: 0,
        usable: true,
      },
      balancesOf: [wallet('USD', '60000'), wallet('ETH', '10'), wallet('BTC', '0')],
    })
    const sell = limit('SELL', { size: '7' }, '0.04', { productId: 'ETH-BTC' })
    const decision = evaluateOrder(policyWith({ maxPositionSizePct: '25' }), snapshot, sell)
    // 7 × 0.04 × 100 000 = 28 000 of 100 000
    expect(denialOf(decision, 'RISK_POSITION_LIMIT')).toMatchObject({ actual: '28', limit: '25', unit: '%' })
    expect(denialOf(decision, 'RISK_POSITION_LIMIT').message).toContain('BTC')
  })

  it('does not count its own resting order twice: the venue holds what the row already reserves', () => {
    const resting = limit('BUY', { size: '0.004' }, '100000')
    const snapshot = snapshotWith({
      balancesOf: [wallet('USD', '600', '400')],
      openIntents: [openIntent(resting)],
      usage: { rows: [{ scope: 'balance:USD', window: 'open', used: 400_000_000n }], releaseEpoch: 0, recent: [] },
    })
    expect(evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: '600' })).kind).toBe('approved')
    const over = evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: '600.01' }))
    expect(denialOf(over, 'INSUFFICIENT_FUNDS').cure).toBe('reduce quote_size to 600')
  })

  it('takes holds off that no order of ours explains, adopted orders among them', () => {
    const resting = limit('BUY', { size: '0.004' }, '100000')
    const snapshot = snapshotWith({
      balancesOf: [wallet('USD', '600', '400')],
      openIntents: [openIntent(resting, { principal: 'external' })],
    })
    expect(evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: '600' })).kind).toBe('approved')
    const over = evaluateOrder(policyWith(), snapshot, market('BUY', { quoteSize: '600.01' }))
    expect(denialOf(over, 'INSUFFICIENT_FUNDS').message).toContain('on hold elsewhere 400')
  })

  it('counts resting buys from outside as exposure', () => {
    const outside = limit('BUY', { size: '1' }, '90000')
    const snapshot = snapshotWith({ openIntents: [openIntent(outside, { principal: 'external', filledSize: '0.5' })] })
    const policy = policyWith({ maxPositionSizePct: '25' })
    // 250 000 − 100 000 held − 45 000 still to be bought outside
    expect(evaluateOrder(policy, snapshot, market('BUY', { quoteSize: '105000' })).kind).toBe('approved')
    expect(codesOf(evaluateOrder(policy, snapshot, market('BUY', { quoteSize: '105000.01' })))).toEqual([
      'RISK_POSITION_LIMIT',
    ])
  })

  it('throws when the snapshot is about another product, because that is a bug', () => {
    expect(() => evaluateOrder(policyWith(), snapshotWith(), market('BUY', { quoteSize: '10' }, 'BTC-USDC'))).toThrow(
      /Snapshot of BTC-USD used for an order on BTC-USDC/,
    )
  })
})
