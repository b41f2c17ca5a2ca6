import { Decimal, type OrderTerms } from '@tidegate/trading-model'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policies, situation } from './arbitraries.test-support.js'
import { buildContext } from './context.js'
import { evaluateOrder } from './evaluate-order.js'
import { reservationsFor } from './reservations-for.js'
import { allRules } from './rules/all-rules.js'
import { codesOf, d } from './scenario.test-support.js'
import { deserializeSnapshot, serializeSnapshot } from './snapshot-text.js'

const runs = { numRuns: 200 }

/** Paths of everything in a value that is a JavaScript number. */
function numbersIn(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'number') return [path]
  if (Decimal.isDecimal(value) || typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, entry]) => numbersIn(entry, `${path}.${key}`))
}

describe('evaluateOrder (properties)', () => {
  it('visits both verdicts and every refusal it can give', () => {
    const seen = new Set<string>()
    for (const [policy, { snapshot, terms }] of fc.sample(fc.tuple(policies, situation), { numRuns: 1500, seed: 1 })) {
      const decision = evaluateOrder(policy, snapshot, terms)
      seen.add(decision.kind)
      for (const code of codesOf(decision)) seen.add(code)
    }
    expect([...seen].sort()).toEqual(
      [
        'INSUFFICIENT_FUNDS',
        'INVALID_ORDER_SIZE',
        'INVALID_PRICE',
        'PRODUCT_NOT_FOUND',
        'PRODUCT_NOT_TRADABLE',
        'RISK_DAILY_LOSS',
        'RISK_DAILY_VALUE',
        'RISK_DRAWDOWN',
        'RISK_DUPLICATE_ORDER',
        'RISK_HALTED',
        'RISK_MAX_ORDER_SIZE',
        'RISK_MAX_ORDER_VALUE',
        'RISK_NO_LIQUIDITY',
        'RISK_OPEN_ORDERS',
        'RISK_ORDER_RATE',
        'RISK_POSITION_LIMIT',
        'RISK_PRICE_COLLAR',
        'RISK_PRICE_JUMP',
        'RISK_PRODUCT_BLOCKED',
        'RISK_REDUCE_ONLY',
        'RISK_REPEATED_ENTRY',
        'RISK_SELF_MATCH',
        'RISK_STALE_DATA',
        'approved',
        'denied',
      ].sort(),
    )
  })

  it('denies with exactly the union of what the single rules say', () => {
    fc.assert(
      fc.property(policies, situation, (policy, { snapshot, terms }) => {
        const decision = evaluateOrder(policy, snapshot, terms)
        const union = allRules.flatMap((rule) => rule(buildContext(policy, snapshot, terms)).denials)
        expect(decision.kind === 'denied' ? decision.denials : []).toEqual(union)
        expect(decision.findings).toHaveLength(allRules.length)
      }),
      runs,
    )
  })

  it('is pure: the same snapshot gives the same verdict, and nothing is changed by asking', () => {
    fc.assert(
      fc.property(policies, situation, (policy, { snapshot, terms }) => {
        const before = serializeSnapshot(snapshot)
        const first = evaluateOrder(policy, snapshot, terms)
        expect(evaluateOrder(policy, snapshot, terms)).toEqual(first)
        expect(serializeSnapshot(snapshot)).toBe(before)
      }),
      runs,
    )
  })

  it('approves only what fits its rows, in whole units', () => {
    fc.assert(
      fc.property(policies, situation, (policy, { snapshot, terms }) => {
        const decision = evaluateOrder(policy, snapshot, terms)
        if (decision.kind === 'denied') return
        expect(reservationsFor(policy, snapshot, terms)).toEqual(decision.order.reservations)
        for (const { scope, window, amount, cap } of decision.order.reservations) {
          const used = snapshot.usage.rows.find((row) => row.scope === scope && row.window === window)?.used ?? 0n
          expect(amount > 0n && used + amount <= cap).toBe(true)
        }
      }),
      runs,
    )
  })

  it('carries no JavaScript number: money is text, bigint or Decimal', () => {
    fc.assert(
      fc.property(policies, situation, (policy, { snapshot, terms }) => {
        const decision = evaluateOrder(policy, snapshot, terms)
        expect(numbersIn(decision)).toEqual([])
        if (!decision.estimate) return
        for (const text of Object.values(decision.estimate)) expect(text).toMatch(/^-?\d+(\.\d+)?$/)
      }),
      runs,
    )
  })

  it('says everything in a denial: numbers, unit and a sentence', () => {
    fc.assert(
      fc.property(policies, situation, (policy, { snapshot, terms }) => {
        const decision = evaluateOrder(policy, snapshot, terms)
        if (decision.kind === 'approved') return
        for (const denial of decision.denials) {
          expect([denial.limit, denial.actual, denial.unit].every((text) => text.length > 0)).toBe(true)
          expect(denial.message).toMatch(/^[A-Zlsq].*\.$/)
          expect(JSON.stringify(denial)).not.toMatch(/undefined|NaN|\[object|e[+-]\d/)
        }
      }),
      runs,
    )
  })

  it('never becomes more willing when more is used, more is lost, or a price goes missing', () => {
    fc.assert(
      fc.property(policies, situation, fc.bigInt({ min: 0n, max: 10n ** 10n }), (policy, { snapshot, terms }, more) => {
        if (evaluateOrder(policy, snapshot, terms).kind === 'approved') return
        const { usage, day, usdPrices } = snapshot
        const worse = [
          { ...snapshot, usage: { ...usage, rows: usage.rows.map((row) => ({ ...row, used: row.used + more })) } },
          { ...snapshot, day: { ...day, feesUsd: day.feesUsd.plus(more.toString()) } },
          ...Object.keys(usdPrices).map((gone) => ({
            ...snapshot,
            usdPrices: Object.fromEntries(Object.entries(usdPrices).filter(([currency]) => currency !== gone)),
          })),
        ]
        for (const situationNow of worse) expect(evaluateOrder(policy, situationNow, terms).kind).toBe('denied')
      }),
      runs,
    )
  })

  it('gives size cures that work: the order cured of a reason no longer has it', () => {
    let cured = 0
    fc.assert(
      fc.property(policies, situation, (policy, { snapshot, terms }) => {
        const decision = evaluateOrder(policy, snapshot, terms)
        if (decision.kind === 'approved') return
        for (const denial of decision.denials) {
          const mended = denial.cure && applyCure(terms, denial.cure)
          if (!mended) continue
          cured++
          const again = evaluateOrder(policy, snapshot, mended)
          const same =
            again.kind === 'denied' ? again.denials.filter(({ message }) => sameRule(message, denial.message)) : []
          expect(same.filter(({ code }) => code === denial.code)).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
    expect(cured).toBeGreaterThan(100)
  })

  it('decides the same from stored text as it did live', () => {
    fc.assert(
      fc.property(policies, situation, (policy, { snapshot, terms }) => {
        const text = serializeSnapshot(snapshot)
        const stored = deserializeSnapshot(text)
        expect(stored).toEqual(snapshot)
        expect(serializeSnapshot(stored)).toBe(text)
        expect(evaluateOrder(policy, stored, terms)).toEqual(evaluateOrder(policy, snapshot, terms))
      }),
      runs,
    )
  })
})

/** Reasons of one rule start with the same words. */
function sameRule(a: string, b: string): boolean {
  return a.slice(0, 8) === b.slice(0, 8)
}

function applyCure(terms: OrderTerms, cure: string): OrderTerms | undefined {
  const [, field, value] = /^reduce (size|quote_size) to ([\d.]+)$/.exec(cure) ?? []
  if (!value) return undefined
  return field === 'size'
    ? { ...terms, size: { kind: 'base', baseSize: d(value) } }
    : ({ ...terms, size: { kind: 'quote', quoteSize: d(value) } } as OrderTerms)
}
