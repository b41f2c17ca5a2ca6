import type { OrderTerms } from '@tidegate/trading-model'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalText, policies, situation } from './arbitraries.test-support.js'
import { buildContext } from './context.js'
import { evaluateOrder } from './evaluate-order.js'
import type { Policy } from './policy.js'
import { fieldList } from './policy-fields.js'
import { policyForAgent } from './policy-for-agent.js'
import { deserializePolicy, serializePolicy } from './policy-text.js'
import { allRules } from './rules/all-rules.js'
import {
  btcUsd,
  btcUsdc,
  codesOf,
  d,
  limit,
  market,
  policyWith,
  snapshotWith,
  wallet,
} from './scenario.test-support.js'

/** What an order may be refused for that only brings exposure down. */
const notAboutExposure = new Set([
  'INSUFFICIENT_FUNDS',
  'INVALID_ORDER_SIZE',
  'INVALID_PRICE',
  'PRODUCT_NOT_TRADABLE',
  'RISK_DUPLICATE_ORDER',
  'RISK_HALTED',
  'RISK_MAX_ORDER_SIZE',
  'RISK_MAX_ORDER_VALUE',
  'RISK_NO_LIQUIDITY',
  'RISK_ORDER_RATE',
  'RISK_PRICE_COLLAR',
  'RISK_PRODUCT_BLOCKED',
  'RISK_SELF_MATCH',
  // Without a USD price for the quote currency the value of the order itself is unknown.
  'RISK_STALE_DATA',
])

/** True when no field of `a` allows what `b` does not. */
function isNoLooser(a: Policy, b: Policy): boolean {
  return fieldList.every(([field, rule]) => {
    const [left, right] = [a[field], b[field]]
    if (right === undefined) return field !== 'approveReductions' || left !== false
    if (left === undefined) return field === 'approveReductions'
    const both = rule.tighter(left, right)
    return JSON.stringify(both) === JSON.stringify(left)
  })
}

describe('limits (properties)', () => {
  it('tightening any limit never turns a refusal into an approval', () => {
    fc.assert(
      fc.property(policies, policies, situation, (loose, other, { snapshot, terms }) => {
        const tight = policyForAgent(loose, limitsOf(other))
        if (evaluateOrder(loose, snapshot, terms).kind === 'approved') return
        expect(evaluateOrder(tight, snapshot, terms).kind).toBe('denied')
      }),
      { numRuns: 600 },
    )
  })

  it('an agent has no looser limit than the account in any field, whatever its own say', () => {
    fc.assert(
      fc.property(policies, policies, (account, other) => {
        const tight = policyForAgent(account, limitsOf(other))
        expect(isNoLooser(tight, account)).toBe(true)
        expect(deserializePolicy(serializePolicy(tight))).toEqual(tight)
        expect(policyForAgent(account, {})).toEqual(account)
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same reasons in whatever order the rules run', () => {
    fc.assert(
      fc.property(
        policies,
        situation,
        fc.shuffledSubarray([...allRules], { minLength: allRules.length }),
        (policy, { snapshot, terms }, shuffled) => {
          const decision = evaluateOrder(policy, snapshot, terms)
          const context = buildContext(policy, snapshot, terms)
          const reasons = shuffled.flatMap((rule) => rule(context).denials).map((denial) => JSON.stringify(denial))
          const given = decision.kind === 'denied' ? decision.denials.map((denial) => JSON.stringify(denial)) : []
          expect(reasons.sort()).toEqual(given.sort())
        },
      ),
      { numRuns: 200 },
    )
  })

  it('never refuses a sell that only reduces for a limit of exposure, whatever the day was like', () => {
    let looked = 0
    fc.assert(
      fc.property(policies, situation, decimalText(1, 8), (policy, { snapshot }, size) => {
        const held = { ...snapshot, product: btcUsd, bookProductId: 'BTC-USD' }
        const balances = { ...held.balances, usable: true, ageMs: 0, value: [wallet('BTC', '10'), wallet('USD', '5')] }
        const terms = market('SELL', { size })
        if (!buildContext(policy, { ...held, balances }, terms).reducesExposure) return
        looked++
        const decision = evaluateOrder(policy, { ...held, balances }, terms)
        expect(codesOf(decision).filter((code) => !notAboutExposure.has(code))).toEqual([])
        for (const rule of [
          'max-drawdown',
          'daily-value',
          'open-orders',
          'open-value',
          'repeated-entry',
          'price-jump',
        ]) {
          expect(decision.findings.find((finding) => finding.rule === rule)?.passed).toBe(true)
        }
      }),
      { numRuns: 400 },
    )
    expect(looked).toBeGreaterThan(200)
  })

  it('refuses what adds exposure when a fact that a limit needs is not known, and never for lack of a record', () => {
    const policy = policyWith({
      maxDrawdownPct: '25',
      duplicateOrderWindowMs: 5_000,
      maxReentries: 5,
      maxPriceJumpPct: '10',
    })
    const { recent } = snapshotWith()
    if (typeof recent !== 'object') throw new Error('no facts')
    const { recent: _, ...without } = snapshotWith()
    const broken = [
      without,
      snapshotWith({ recent: { ...recent, equity: undefined } }),
      snapshotWith({ recent: { ...recent, marks: [] } }),
      snapshotWith({ recent: { ...recent, sameOrders: undefined } }),
      snapshotWith({ recent: { ...recent, entries: undefined } }),
    ]
    for (const snapshot of broken) {
      expect(codesOf(evaluateOrder(policy, snapshot, market('BUY', { quoteSize: '10' })))).toEqual(['RISK_STALE_DATA'])
      expect(evaluateOrder(policy, snapshot, market('SELL', { size: '0.1' })).kind).toBe('approved')
    }
    const old = evaluateOrder(policy, snapshotWith({ recent: 'unrecorded' }), market('BUY', { quoteSize: '10' }))
    expect(old.kind).toBe('approved')
    const finding = old.findings.find(({ rule }) => rule === 'max-drawdown')
    expect(finding).toMatchObject({ passed: true, actual: 'not recorded' })
  })

  it('adds up a thousand small orders over all names of a book and lets none past a limit', () => {
    const policy = policyWith({
      maxPositionSizePct: '25',
      maxValuePerDayUsd: '60000',
      maxOpenOrders: 700,
      maxOpenValueUsd: '55000',
    })
    const rows = new Map<string, bigint>()
    const orders = fc.sample(fc.tuple(fc.constantFrom(btcUsd, btcUsdc), fc.integer({ min: 1, max: 20_000 })), {
      numRuns: 1_000,
      seed: 7,
    })
    const refused = new Set<string>()
    for (const [product, cents] of orders) {
      const usage = {
        rows: [...rows].map(([key, used]) => ({
          scope: key.split('|')[0] ?? '',
          window: key.split('|')[1] ?? '',
          used,
        })),
        releaseEpoch: 0,
        recent: [],
      }
      const snapshot = snapshotWith({
        product,
        usage,
        balancesOf: [wallet('USD', '200000'), wallet('USDC', '200000')],
      })
      const terms: OrderTerms = market('BUY', { quoteSize: d(cents).div(100).plus(1).toFixed(2) }, product.productId)
      const decision = evaluateOrder(policy, snapshot, terms)
      for (const code of codesOf(decision)) refused.add(code)
      if (decision.kind === 'denied') continue
      for (const { scope, window, amount, cap } of decision.order.reservations) {
        const next = (rows.get(`${scope}|${window}`) ?? 0n) + amount
        expect(next <= cap).toBe(true)
        rows.set(`${scope}|${window}`, next)
      }
    }
    expect([...refused].sort()).toEqual(['RISK_OPEN_ORDERS'])
    expect((rows.get('open-value:account|open') ?? 0n) > 54_900_000_000n).toBe(true)
    expect(rows.get('exposure:BTC|open')).toBe(rows.get('open-value:account|open'))
    expect(rows.get('value:account|2026-11-23')).toBe(rows.get('open-value:account|open'))
  })

  it('is exact at the limit of the day for any price step and any size', () => {
    const step = fc.constantFrom('0.01', '0.00001', '1', '0.05')
    fc.assert(
      fc.property(
        step,
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 1_000 }),
        (text, ticks, lots) => {
          const priceIncrement = d(text)
          const price = priceIncrement.mul(ticks)
          const size = d(lots).div(100)
          const value = price.mul(size)
          const product = { ...btcUsd, priceIncrement }
          const at = (cap: string) => {
            const decision = evaluateOrder(
              policyWith({ maxValuePerDayUsd: cap }),
              snapshotWith({ product }),
              limit('BUY', { size: size.toFixed() }, price.toFixed()),
            )
            return codesOf(decision).includes('RISK_DAILY_VALUE')
          }
          const exact = value.toDecimalPlaces(6, 0)
          const below = exact.minus('0.000001')
          expect(at(exact.toFixed())).toBe(false)
          if (below.gt(0)) expect(at(below.toFixed())).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  })
})

/** The limits of a policy as an agent's own. */
function limitsOf(policy: Policy): Parameters<typeof policyForAgent>[1] {
  const { version: _, ...values } = policy
  return values
}
