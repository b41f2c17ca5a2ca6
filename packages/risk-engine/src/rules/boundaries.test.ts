import type { DenialCode, OrderTerms } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { evaluateOrder } from '../evaluate-order.js'
import type { PolicyOptions } from '../policy-text.js'
import {
  btcMarket,
  btcUsd,
  codesOf,
  d,
  limit,
  market,
  openIntent,
  policyWith,
  quietPast,
  snapshotWith,
  wallet,
} from '../scenario.test-support.js'
import type { RiskSnapshot } from '../snapshot.js'
import { allRules } from './all-rules.js'

/** One rule at its boundary: just inside, on it, just outside. */
interface Row {
  readonly rule: string
  readonly what: string
  readonly code: DenialCode
  readonly policy?: PolicyOptions
  /** Values of the case and whether each passes. */
  readonly cases: readonly (readonly [value: string, passes: boolean])[]
  readonly order?: (value: string) => OrderTerms
  readonly snapshot?: (value: string) => Partial<RiskSnapshot> & { balancesOf?: RiskSnapshot['balances']['value'] }
}

const buy = (): OrderTerms => market('BUY', { quoteSize: '100' })
const used = (scope: string, amount: string, window = 'open') => ({
  usage: { rows: [{ scope, window, used: BigInt(amount) }], releaseEpoch: 0, recent: [] },
})
const counted = (scope: string, count: string) => ({
  usage: { rows: [], releaseEpoch: 0, recent: [{ scope, count: Number(count) }] },
})
const lost = (usd: string) => ({
  day: { realizedUsd: d(usd).neg(), unrealizedUsd: d('0'), feesUsd: d('0'), complete: true },
})
const ages = (list: readonly number[]) => list.map((ageMs, i) => ({ intentId: `intent-${i}`, ageMs }))
const aged = (ageMs: string) => ({ value: btcMarket(), ageMs: Number(ageMs), usable: true })

const rows: readonly Row[] = [
  {
    rule: 'mode',
    what: 'HALTED passes nothing, REDUCE_ONLY no entry',
    code: 'RISK_HALTED',
    cases: [
      ['ACTIVE', true],
      ['HALTED', false],
    ],
    snapshot: (mode) => ({ mode: mode as RiskSnapshot['mode'] }),
  },
  {
    rule: 'product-status',
    what: 'online and nothing else',
    code: 'PRODUCT_NOT_TRADABLE',
    cases: [
      ['online', true],
      ['delisted', false],
    ],
    snapshot: (status) => ({ product: { ...btcUsd, status } }),
  },
  {
    rule: 'product-list',
    what: 'the other name of the book',
    code: 'RISK_PRODUCT_BLOCKED',
    policy: { denyProducts: ['BTC-USDC'] },
    cases: [
      ['no', true],
      ['yes', false],
    ],
    snapshot: (isAlias) => ({ product: { ...btcUsd, aliasTo: isAlias === 'yes' ? ['BTC-USDC'] : [] } }),
  },
  {
    rule: 'market-data',
    what: 'age in ms',
    code: 'RISK_STALE_DATA',
    policy: { maxMarketAgeMs: 5_000 },
    cases: [
      ['4999', true],
      ['5000', true],
      ['5001', false],
    ],
    snapshot: (ageMs) => ({ market: aged(ageMs) }),
  },
  {
    rule: 'market-data',
    what: 'a book that is locked or crossed',
    code: 'RISK_STALE_DATA',
    cases: [
      ['100000.99', true],
      ['100001', false],
      ['100001.01', false],
    ],
    snapshot: (bid) => ({ market: { value: btcMarket({ bestBid: d(bid) }), ageMs: 0, usable: true } }),
  },
  {
    rule: 'price-jump',
    what: 'up 25 % from the lowest remembered price',
    code: 'RISK_PRICE_JUMP',
    policy: { maxPriceJumpPct: '25', priceJumpWindowMs: 60_000 },
    cases: [
      ['80000.01', true],
      ['80000', true],
      ['79999.99', false],
    ],
    snapshot: (low) => ({ recent: quietPast({ marks: [{ ageMs: 60_000, low: d(low), high: d('100000') }] }) }),
  },
  {
    rule: 'price-jump',
    what: 'down, from the highest remembered price',
    code: 'RISK_PRICE_JUMP',
    policy: { maxPriceJumpPct: '20' },
    cases: [
      ['124999.99', true],
      ['125000', true],
      ['125000.01', false],
    ],
    snapshot: (high) => ({ recent: quietPast({ marks: [{ ageMs: 0, low: d('100000'), high: d(high) }] }) }),
  },
  {
    rule: 'account-data',
    what: 'age in ms',
    code: 'RISK_STALE_DATA',
    policy: { maxAccountAgeMs: 10_000 },
    cases: [
      ['9999', true],
      ['10000', true],
      ['10001', false],
    ],
    snapshot: (ageMs) => ({
      balances: { value: snapshotWith().balances.value, ageMs: Number(ageMs), usable: true },
    }),
  },
  {
    rule: 'order-size',
    what: 'largest base size of the product',
    code: 'INVALID_ORDER_SIZE',
    cases: [
      ['2.99999999', true],
      ['3', true],
      ['3.00000001', false],
    ],
    order: (size) => limit('BUY', { size }, '90000'),
    snapshot: () => ({ product: { ...btcUsd, baseMaxSize: d('3') } }),
  },
  {
    rule: 'order-price',
    what: 'price increment',
    code: 'INVALID_PRICE',
    cases: [
      ['99999.99', true],
      ['99999.995', false],
      ['100000', true],
    ],
    order: (price) => limit('BUY', { size: '0.1' }, price),
  },
  {
    rule: 'price-collar',
    what: 'above mid',
    code: 'RISK_PRICE_COLLAR',
    policy: { priceCollarPct: '10' },
    cases: [
      ['109999.99', true],
      ['110000', true],
      ['110000.01', false],
    ],
    order: (price) => limit('BUY', { size: '0.1' }, price),
  },
  {
    rule: 'liquidity',
    what: 'fifty BTC are shown',
    code: 'RISK_NO_LIQUIDITY',
    cases: [
      ['49.99999999', true],
      ['50', true],
      ['50.00000001', false],
    ],
    order: (size) => market('BUY', { size }),
    snapshot: () => ({ balancesOf: [wallet('USD', '90000000')] }),
  },
  {
    rule: 'self-match',
    what: 'touching counts',
    code: 'RISK_SELF_MATCH',
    policy: { refuseSelfMatch: true },
    cases: [
      ['99999.99', true],
      ['100000', false],
      ['100000.01', false],
    ],
    order: (price) => limit('BUY', { size: '0.1' }, price),
    snapshot: () => ({ openIntents: [openIntent(limit('SELL', { size: '1' }, '100000'))] }),
  },
  {
    rule: 'funds',
    what: 'what is in the wallet',
    code: 'INSUFFICIENT_FUNDS',
    cases: [
      ['999.99', true],
      ['1000', true],
      ['1000.01', false],
    ],
    order: (quoteSize) => market('BUY', { quoteSize }),
    snapshot: () => ({ balancesOf: [wallet('USD', '1000'), wallet('ETH', '10')] }),
  },
  {
    rule: 'max-order-value',
    what: 'USD',
    code: 'RISK_MAX_ORDER_VALUE',
    policy: { maxOrderValueUsd: '1000' },
    cases: [
      ['999.99', true],
      ['1000', true],
      ['1000.01', false],
    ],
    order: (quoteSize) => market('BUY', { quoteSize }),
  },
  {
    rule: 'max-order-size',
    what: 'base units',
    code: 'RISK_MAX_ORDER_SIZE',
    policy: { maxOrderSize: { 'BTC-USDC': '0.5' } },
    cases: [
      ['0.49999999', true],
      ['0.5', true],
      ['0.50000001', false],
    ],
    order: (size) => limit('BUY', { size }, '90000'),
  },
  {
    rule: 'position-share',
    what: '25 % of a million, less the BTC held',
    code: 'RISK_POSITION_LIMIT',
    policy: { maxPositionSizePct: '25' },
    cases: [
      ['149999.99', true],
      ['150000', true],
      ['150000.01', false],
    ],
    order: (quoteSize) => market('BUY', { quoteSize }),
  },
  {
    rule: 'open-orders',
    what: 'one more beside those that are open',
    code: 'RISK_OPEN_ORDERS',
    policy: { maxOpenOrders: 5 },
    cases: [
      ['3', true],
      ['4', true],
      ['5', false],
    ],
    snapshot: (count) => used('open-orders:account', count),
  },
  {
    rule: 'open-orders',
    what: 'one more of the agent beside its own, however many the account has',
    code: 'RISK_OPEN_ORDERS',
    policy: { maxOpenOrders: 'off', maxOpenOrdersPerAgent: 5 },
    cases: [
      ['3', true],
      ['4', true],
      ['5', false],
    ],
    snapshot: (count) => used('open-orders:agent:local', count),
  },
  {
    rule: 'open-value',
    what: 'micro-USD of the agent beside 100 USD of this order',
    code: 'RISK_OPEN_ORDERS',
    policy: { maxOpenValueUsd: 'off', maxOpenValuePerAgentUsd: '500' },
    cases: [
      ['399999999', true],
      ['400000000', true],
      ['400000001', false],
    ],
    snapshot: (amount) => used('open-value:agent:local', amount),
  },
  {
    rule: 'open-value',
    what: 'micro-USD beside 100 USD of this order',
    code: 'RISK_OPEN_ORDERS',
    policy: { maxOpenValueUsd: '500' },
    cases: [
      ['399999999', true],
      ['400000000', true],
      ['400000001', false],
    ],
    snapshot: (amount) => used('open-value:account', amount),
  },
  {
    rule: 'daily-value',
    what: 'micro-USD of the account',
    code: 'RISK_DAILY_VALUE',
    policy: { maxValuePerDayUsd: '500' },
    cases: [
      ['399999999', true],
      ['400000000', true],
      ['400000001', false],
    ],
    snapshot: (amount) => used('value:account', amount, '2026-11-23'),
  },
  {
    rule: 'daily-value',
    what: 'micro-USD of the agent',
    code: 'RISK_DAILY_VALUE',
    policy: { maxValuePerDayPerAgentUsd: '500' },
    cases: [
      ['399999999', true],
      ['400000000', true],
      ['400000001', false],
    ],
    snapshot: (amount) => used('value:agent:local', amount, '2026-11-23'),
  },
  {
    rule: 'daily-value',
    what: 'micro-USD of the book, yesterday not counted',
    code: 'RISK_DAILY_VALUE',
    policy: { maxValuePerDayPerProductUsd: '500' },
    cases: [
      ['399999999', true],
      ['400000000', true],
      ['400000001', false],
    ],
    snapshot: (amount) => ({
      usage: {
        rows: [
          { scope: 'value:product:BTC-USD', window: '2026-11-23', used: BigInt(amount) },
          { scope: 'value:product:BTC-USD', window: '2026-11-22', used: 499_000_000n },
        ],
        releaseEpoch: 0,
        recent: [],
      },
    }),
  },
  {
    rule: 'order-rate',
    what: 'account',
    code: 'RISK_ORDER_RATE',
    policy: { maxOrdersPerMinute: 10 },
    cases: [
      ['8', true],
      ['9', true],
      ['10', false],
    ],
    snapshot: (count) => counted('account', count),
  },
  {
    rule: 'order-rate',
    what: 'agent',
    code: 'RISK_ORDER_RATE',
    policy: { maxOrdersPerMinute: 10, maxOrdersPerMinutePerAgent: 4 },
    cases: [
      ['2', true],
      ['3', true],
      ['4', false],
    ],
    snapshot: (count) => counted('agent:local', count),
  },
  {
    rule: 'order-rate',
    what: 'book',
    code: 'RISK_ORDER_RATE',
    policy: { maxOrdersPerMinute: 10, maxOrdersPerMinutePerProduct: 3 },
    cases: [
      ['1', true],
      ['2', true],
      ['3', false],
    ],
    snapshot: (count) => counted('product:BTC-USD', count),
  },
  {
    rule: 'duplicate-order',
    what: 'ms since the same order',
    code: 'RISK_DUPLICATE_ORDER',
    policy: { duplicateOrderWindowMs: 5_000 },
    cases: [
      ['4999', false],
      ['5000', true],
      ['5001', true],
    ],
    snapshot: (ageMs) => ({ recent: quietPast({ sameOrders: ages([Number(ageMs)]) }) }),
  },
  {
    rule: 'repeated-entry',
    what: 'filled entries in the window',
    code: 'RISK_REPEATED_ENTRY',
    policy: { maxReentries: 3, reentryWindowMs: 600_000 },
    cases: [
      ['1', true],
      ['2', true],
      ['3', false],
    ],
    snapshot: (count) => ({ recent: quietPast({ entries: ages(Array.from({ length: Number(count) }, () => 1_000)) }) }),
  },
  {
    rule: 'repeated-entry',
    what: 'age of the entry that leaves the window',
    code: 'RISK_REPEATED_ENTRY',
    policy: { maxReentries: 1, reentryWindowMs: 600_000 },
    cases: [
      ['599999', false],
      ['600000', true],
    ],
    snapshot: (ageMs) => ({ recent: quietPast({ entries: ages([Number(ageMs)]) }) }),
  },
  {
    rule: 'daily-loss',
    what: 'USD; at the limit refuses',
    code: 'RISK_DAILY_LOSS',
    policy: { maxLossPerDayUsd: '1000' },
    cases: [
      ['999.99', true],
      ['1000', false],
      ['1000.01', false],
    ],
    snapshot: lost,
  },
  {
    rule: 'max-drawdown',
    what: 'USD now, 25 % below a million; at the limit refuses',
    code: 'RISK_DRAWDOWN',
    policy: { maxDrawdownPct: '25' },
    cases: [
      ['750000.01', true],
      ['750000', false],
      ['749999.99', false],
    ],
    snapshot: (usd) => ({
      recent: quietPast({ equity: { nowUsd: d(usd), peaks: [{ day: '2026-11-20', usd: d('1000000') }] } }),
    }),
  },
  {
    rule: 'max-drawdown',
    what: 'day of the peak in a window of three UTC days',
    code: 'RISK_DRAWDOWN',
    policy: { maxDrawdownPct: '25', drawdownWindowDays: 3 },
    cases: [
      ['2026-11-20', true],
      ['2026-11-21', false],
    ],
    snapshot: (day) => ({
      recent: quietPast({ equity: { nowUsd: d('1'), peaks: [{ day, usd: d('1000000') }] } }),
    }),
  },
]

describe('every rule at its boundary', () => {
  it.each(rows)('$rule: $what', ({ code, policy, cases, order, snapshot }) => {
    for (const [value, passes] of cases) {
      const decision = evaluateOrder(policyWith(policy), snapshotWith(snapshot?.(value)), (order ?? buy)(value))
      expect([value, codesOf(decision)]).toEqual([value, passes ? [] : [code]])
    }
  })

  it('has a row for every rule there is, with both verdicts', () => {
    const decision = evaluateOrder(policyWith(), snapshotWith(), buy())
    const rules = decision.findings.map(({ rule }) => rule)
    expect(rules).toHaveLength(allRules.length)
    expect([...new Set(rows.map(({ rule }) => rule))].sort()).toEqual([...rules].sort())
    for (const { cases } of rows) expect(new Set(cases.map(([, passes]) => passes)).size).toBe(2)
  })

  it('says the numbers: what is allowed, what it would be, in which unit, and what to do', () => {
    for (const { rule, code, policy, cases, order, snapshot } of rows) {
      const [value] = cases.find(([, passes]) => !passes) ?? ['']
      const decision = evaluateOrder(policyWith(policy), snapshotWith(snapshot?.(value)), (order ?? buy)(value))
      if (decision.kind === 'approved') throw new Error(rule)
      const denial = decision.denials.find((each) => each.code === code)
      expect(
        [rule, denial?.limit, denial?.actual, denial?.unit].every((text) => text !== undefined && text !== ''),
      ).toBe(true)
      expect(denial?.message).toMatch(/\.$/)
      const isMended = rule === 'mode' || rule === 'product-status' || rule === 'product-list'
      expect([rule, isMended || denial?.cure !== undefined]).toEqual([rule, true])
      expect(decision.findings.find((finding) => finding.rule === rule)?.passed).toBe(false)
    }
  })
})
