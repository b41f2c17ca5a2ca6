import type { Balance, BookLevel, Intent, LimitRow, OrderTerms, Product } from '@tidegate/trading-model'
import * as fc from 'fast-check'
import type { Policy } from './policy.js'
import {
  btcUsd,
  btcUsdc,
  d,
  ethBtc,
  limit,
  market,
  openIntent,
  policyWith,
  stopLimit,
} from './scenario.test-support.js'
import type { RecentFacts, RiskSnapshot } from './snapshot.js'

/** A positive decimal with up to `whole` and `places` digits, made from integers only. */
export function decimalText(whole: number, places: number): fc.Arbitrary<string> {
  return fc.bigInt({ min: 1n, max: 10n ** BigInt(whole + places) - 1n }).map((units) => {
    const digits = units.toString().padStart(places + 1, '0')
    const fraction = digits.slice(-places).replace(/0+$/, '')
    return places === 0 ? digits : `${digits.slice(0, -places)}${fraction ? `.${fraction}` : ''}`
  })
}

const product: fc.Arbitrary<Product> = fc.constantFrom(btcUsd, btcUsdc, ethBtc)
const side = fc.constantFrom('BUY' as const, 'SELL' as const)
const size = decimalText(2, 8)
const quoteSize = decimalText(6, 2)
const price = decimalText(6, 2)

/** Terms on a given product, from reasonable to absurd. */
export function termsOn(productId: string): fc.Arbitrary<OrderTerms> {
  const sized = fc.oneof(
    size.map((text) => ({ size: text })),
    quoteSize.map((text) => ({ quoteSize: text })),
  )
  return fc.oneof(
    fc.tuple(side, sized).map(([s, z]) => market(s, z, productId)),
    fc.tuple(side, sized, price, fc.boolean()).map(([s, z, p, postOnly]) => limit(s, z, p, { productId, postOnly })),
    fc
      .tuple(side, size, price, price, fc.constantFrom('UP' as const, 'DOWN' as const))
      .map(([s, z, stop, p, direction]) => ({ ...stopLimit(s, z, stop, p, direction), productId })),
  )
}

function levels(first: bigint, step: bigint): fc.Arbitrary<readonly BookLevel[]> {
  return fc.array(fc.bigInt({ min: 1n, max: 500_000_000n }), { maxLength: 6 }).map((sizes) =>
    sizes.map((units, i) => ({
      price: d((first + step * BigInt(i)).toString()).div(100),
      size: d(units.toString()).div(100_000_000),
    })),
  )
}

const balances: fc.Arbitrary<readonly Balance[]> = fc
  .uniqueArray(fc.constantFrom('USD', 'USDC', 'BTC', 'ETH', 'DUST'), { maxLength: 5 })
  .chain((currencies) =>
    fc.tuple(
      ...currencies.map((currency) =>
        fc.tuple(decimalText(6, 8), decimalText(3, 8)).map(([available, hold]) => ({
          accountId: `wallet-${currency}`,
          currency,
          available: d(available),
          hold: d(hold),
        })),
      ),
    ),
  )

const rows: fc.Arbitrary<readonly LimitRow[]> = fc
  .uniqueArray(
    fc.constantFrom(
      'balance:USD',
      'balance:USDC',
      'balance:BTC',
      'exposure:BTC',
      'exposure:ETH',
      'value:account',
      'open-value:account',
    ),
    {
      maxLength: 7,
    },
  )
  .chain((scopes) =>
    fc.tuple(
      ...scopes.map((scope) =>
        fc
          .bigInt({ min: 0n, max: 10n ** 12n })
          .map((used) => ({ scope, window: scope === 'value:account' ? '2026-11-23' : 'open', used })),
      ),
    ),
  )

const intents: fc.Arbitrary<readonly Intent[]> = fc.array(
  fc
    .tuple(
      termsOn('BTC-USD'),
      fc.constantFrom('local', 'external'),
      fc.constantFrom('OPEN' as const, 'UNKNOWN' as const, 'RESERVED' as const),
      decimalText(5, 2),
      fc.integer({ min: 0, max: 1_000_000 }),
    )
    .map(([terms, principal, state, worstNotionalUsd, n]) =>
      openIntent(terms, { principal, state, worstNotionalUsd, intentId: `intent-${n}` }),
    ),
  { maxLength: 3 },
)

const ages = fc
  .array(fc.integer({ min: 0, max: 900_000 }), { maxLength: 6 })
  .map((list) => list.map((ageMs, i) => ({ intentId: `recent-${i}`, ageMs })))

/** What lies behind, known in part. */
export const recentFacts: fc.Arbitrary<RecentFacts> = fc.record({
  equity: fc.option(
    fc.record({
      nowUsd: decimalText(6, 2).map(d),
      peaks: fc.array(
        fc.record({ day: fc.constantFrom('2026-11-10', '2026-11-20', '2026-11-23'), usd: decimalText(6, 2).map(d) }),
        {
          maxLength: 2,
        },
      ),
    }),
    { nil: undefined, freq: 9 },
  ),
  marks: fc.array(
    fc.record({
      ageMs: fc.integer({ min: 0, max: 90_000 }),
      low: fc.constantFrom(d('99000'), d('80000')),
      high: fc.constantFrom(d('100001'), d('101000'), d('130000')),
    }),
    { maxLength: 3 },
  ),
  sameOrders: fc.option(fc.oneof(fc.constant([]), ages), { nil: undefined, freq: 9 }),
  entries: fc.option(ages, { nil: undefined, freq: 9 }),
})

const signed = fc.tuple(fc.boolean(), decimalText(4, 6)).map(([minus, text]) => d(minus ? `-${text}` : text))

/** Any state of the world a decision may be asked in, with terms on its product. */
export const situation: fc.Arbitrary<{ snapshot: RiskSnapshot; terms: OrderTerms }> = product.chain((p) =>
  fc.record({
    terms: termsOn(p.productId),
    snapshot: fc
      .record({
        nowMs: fc.constant(1_795_436_717_432),
        product: fc.constantFrom(p, p, p, { ...p, limitOnly: true }, undefined),
        market: fc.option(
          fc.record({
            ageMs: fc.integer({ min: 0, max: 7000 }),
            usable: fc.constantFrom(true, true, true, false),
            value: fc.record({
              bestBid: fc.constantFrom(d('99999'), d('99999'), d('100002')),
              bestAsk: fc.constant(d('100001')),
              lastTrade: fc.constantFrom(d('100000'), d('95000'), d('0')),
              bids: levels(9_999_900n, -50_000n),
              asks: levels(10_000_100n, 50_000n),
            }),
          }),
          { nil: undefined, freq: 9 },
        ),
        balances: fc.record({
          ageMs: fc.integer({ min: 0, max: 12_000 }),
          usable: fc.constantFrom(true, true, true, false),
          value: balances,
        }),
        takerRate: fc.constantFrom(d('0'), d('0.006'), d('0.012'), d('-0.001')),
        usdPrices: fc.constantFrom(
          { USD: d('1'), USDC: d('1'), BTC: d('100000'), ETH: d('4000') },
          { USD: d('1'), USDC: d('1') },
        ),
        openIntents: intents,
        rows,
        count: fc.integer({ min: 0, max: 12 }),
        day: fc.record({ realizedUsd: signed, unrealizedUsd: signed, feesUsd: signed, complete: fc.boolean() }),
        recent: fc.oneof(recentFacts, recentFacts, recentFacts, fc.constant('unrecorded' as const)),
        mode: fc.constantFrom('ACTIVE' as const, 'ACTIVE' as const, 'REDUCE_ONLY' as const, 'HALTED' as const),
      })
      .map(({ takerRate, rows: used, count, ...rest }) => ({
        ...rest,
        bookProductId: p.alias ?? p.productId,
        feeRates: { tier: 'Intro 1', takerRate, makerRate: d('0.006'), volumeUsd: d('0') },
        usage: {
          rows: used,
          releaseEpoch: 7,
          ...(count % 2 === 0 ? { nowMs: 86_400_000 * count } : {}),
          recent: [{ scope: 'account', count }],
        },
        principal: 'local',
      })),
  }),
)

export const policies: fc.Arbitrary<Policy> = fc
  .record({
    maxOrderValueUsd: decimalText(6, 2),
    maxPositionSizePct: fc.constantFrom('5', '25', '60', '100'),
    requireConfirmationAboveUsd: decimalText(4, 2),
    maxOrdersPerMinute: fc.integer({ min: 1, max: 12 }),
    maxLossPerDayUsd: decimalText(4, 2),
    priceCollarPct: fc.constantFrom('0.5', '10', '90'),
    maxOrderSize: fc.constantFrom({}, { 'BTC-USD': '0.5' }, { 'BTC-USDC': '3' }),
    denyProducts: fc.constantFrom([], [], ['ETH-BTC']),
    maxOrdersPerMinutePerAgent: fc.constantFrom('off' as const, 3),
    maxValuePerDayUsd: offOr(decimalText(6, 2)),
    maxValuePerDayPerAgentUsd: offOr(decimalText(6, 2)),
    maxOpenOrders: offOr(fc.integer({ min: 1, max: 9 })),
    maxOpenValueUsd: offOr(decimalText(6, 2)),
    maxDrawdownPct: offOr(fc.constantFrom('10', '60', '100')),
    drawdownWindowDays: fc.constantFrom(1, 7),
    duplicateOrderWindowMs: offOr(fc.integer({ min: 1, max: 600_000 })),
    maxReentries: offOr(fc.integer({ min: 1, max: 5 })),
    reentryWindowMs: fc.constantFrom(60_000, 600_000),
    maxPriceJumpPct: offOr(fc.constantFrom('0.5', '10', '40')),
    priceJumpWindowMs: fc.constantFrom(30_000, 60_000),
    refuseSelfMatch: fc.boolean(),
    approveReductions: fc.boolean(),
  })
  .map((options) => policyWith(options))

function offOr<T>(limit: fc.Arbitrary<T>): fc.Arbitrary<T | 'off'> {
  return fc.oneof(fc.constant('off' as const), limit)
}
