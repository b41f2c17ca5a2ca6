import { Decimal, type Fill } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { compareBalances, dustFor, expectedBalances } from './balance-ledger.js'

const baseline = { atMs: 1_000, balances: { USD: '1000', BTC: '1' } }

function fill(change: Partial<Fill>): Fill {
  return {
    orderId: 'o',
    tradeId: 't',
    productId: 'BTC-USD',
    side: 'BUY',
    price: new Decimal(100),
    baseSize: new Decimal(2),
    fee: new Decimal('1.2'),
    feeCurrency: 'USD',
    liquidity: 'TAKER',
    tradedAtMs: 2_000,
    sequenceAtMs: 2_000,
    ...change,
  }
}

const totals = (fills: readonly Fill[]) =>
  Object.fromEntries([...expectedBalances(baseline, fills, [])].map(([key, value]) => [key, value.toFixed()]))

describe('what the wallets should hold', () => {
  it('is the baseline, which nobody traded, when nothing happened', () => {
    expect(totals([])).toEqual({ USD: '1000', BTC: '1' })
  })

  it('moves base, quote and fee with every fill after the baseline', () => {
    expect(totals([fill({})])).toEqual({ USD: '798.8', BTC: '3' })
    expect(totals([fill({ side: 'SELL' })])).toEqual({ USD: '1198.8', BTC: '-1' })
  })

  it('follows the wallet that paid, and the currency of the fee', () => {
    expect(totals([fill({ productId: 'BTC-USDC', feeCurrency: 'USDC' })])).toEqual({
      USD: '1000',
      BTC: '3',
      USDC: '-201.2',
    })
  })

  it('does not count what the baseline has already in it', () => {
    expect(totals([fill({ tradedAtMs: 999 })])).toEqual({ USD: '1000', BTC: '1' })
  })

  it('counts deposits and withdrawals once they are completed', () => {
    const transfer = { transferId: 'x', type: 'deposit', currency: 'USD', amount: new Decimal(50), createdAtMs: 2_000 }
    const after = expectedBalances(
      baseline,
      [],
      [
        { ...transfer, status: 'completed' },
        { ...transfer, status: 'pending' },
      ],
    )
    expect(after.get('USD')?.toFixed()).toBe('1050')
  })
})

describe('a difference', () => {
  const compare = (usd: string) =>
    compareBalances(new Map([['USD', new Decimal(1000)]]), { USD: new Decimal(usd) }, () => new Decimal('0.01'))

  it('within dust is rounding, above it is reported with its sign', () => {
    expect(compare('1000.01')).toEqual([])
    expect(compare('999.99')).toEqual([])
    expect(compare('1000.02')[0]?.amount.toFixed()).toBe('0.02')
    expect(compare('999.98')[0]?.amount.toFixed()).toBe('-0.02')
  })

  it('in a currency that should not be there is one, too', () => {
    expect(compareBalances(new Map(), { DOGE: new Decimal(1) }, () => new Decimal(0))).toHaveLength(1)
  })

  it('has its dust measured in USD where there is a price', () => {
    expect(dustFor('0.01', new Decimal(50_000), 0).toFixed()).toBe('0.0000002')
    expect(dustFor('0.01', undefined, 0).toFixed()).toBe('0.000001')
  })
})
