import { fromUnits, type OrderTerms, ZERO } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EditedOrder, evaluateEdit } from './evaluate-edit.js'
import { evaluateOrder } from './evaluate-order.js'
import { codesOf, d, limit, openIntent, policyWith, snapshotWith, wallet } from './scenario.test-support.js'
import type { RiskSnapshot } from './snapshot.js'

/** An account whose one order rests: its claims are used, its funds are on hold. */
function resting(terms: OrderTerms, usd: string, filled = '0', over: Partial<RiskSnapshot> = {}) {
  const whole = evaluateOrder(
    policyWith(),
    snapshotWith({ balancesOf: [wallet('USD', '10000000'), wallet('BTC', '5')] }),
    terms,
  )
  if (whole.kind !== 'approved' || terms.size.kind !== 'base') throw new Error('no such order')
  const left = terms.size.baseSize.minus(filled).div(terms.size.baseSize)
  const reservations = whole.order.reservations.map(({ scope, window, amount }) => ({
    scope,
    window,
    held: BigInt(left.mul(amount.toString()).ceil().toFixed(0)),
  }))
  const funds = reservations.find(({ scope }) => scope.startsWith('balance:'))
  const onHold = fromUnits(funds?.held ?? 0n, d(funds?.scope === 'balance:USD' ? '0.000001' : '0.00000001'))
  const balances =
    terms.side === 'BUY'
      ? [wallet('USD', d(usd).minus(onHold).toFixed(), onHold.toFixed()), wallet('ETH', '1000')]
      : [wallet('USD', usd), wallet('BTC', d('5').minus(onHold).toFixed(), onHold.toFixed())]
  const snapshot = snapshotWith({
    balancesOf: balances,
    openIntents: [openIntent(terms, { filledSize: filled })],
    usage: {
      releaseEpoch: 0,
      rows: reservations.map(({ scope, window, held }) => ({ scope, window, used: held })),
      recent: [{ scope: 'account', count: 1 }],
    },
    ...over,
  })
  const edited: EditedOrder = { terms, filledSize: d(filled), reservations }
  return { snapshot, edited }
}

describe('evaluateEdit', () => {
  it('moves an order that holds the whole wallet, and no further than the wallet', () => {
    const { snapshot, edited } = resting(limit('BUY', { size: '1' }, '90000'), '90000')
    const to = (size: string, price: string) =>
      codesOf(evaluateEdit(policyWith(), snapshot, limit('BUY', { size }, price), edited))
    expect(to('1.125', '80000')).toEqual([])
    expect(to('0.9', '100000')).toEqual([])
    expect(to('1', '90000.01')).toEqual(['INSUFFICIENT_FUNDS'])
    expect(codesOf(evaluateOrder(policyWith(), snapshot, limit('BUY', { size: '1' }, '80000')))).toEqual([
      'INSUFFICIENT_FUNDS',
    ])
  })

  it('does not claim again what is filled', () => {
    const { snapshot, edited } = resting(limit('BUY', { size: '1' }, '90000'), '45000', '0.5')
    const to = (size: string, price: string) =>
      codesOf(evaluateEdit(policyWith(), snapshot, limit('BUY', { size }, price), edited))
    expect(to('1', '80000')).toEqual([])
    expect(to('0.95', '100000')).toEqual([])
    expect(to('0.96', '100000')).toEqual(['INSUFFICIENT_FUNDS'])
  })

  it('reserves the whole new order, so that an applied edit counts as if it had been placed so', () => {
    const terms = limit('BUY', { size: '2' }, '80000')
    const { snapshot, edited } = resting(limit('BUY', { size: '1' }, '90000'), '500000', '0.25')
    const decision = evaluateEdit(policyWith(), snapshot, terms, edited)
    const placed = evaluateOrder(policyWith(), snapshot, terms)
    if (decision.kind !== 'approved' || placed.kind !== 'approved') throw new Error('refused')
    expect(decision.order.reservations).toEqual(placed.order.reservations)
    expect(decision.order.worstNotionalUsd).toBe('160000')
  })

  it('lets only what brings no exposure pass while the account may only reduce', () => {
    const { snapshot, edited } = resting(limit('BUY', { size: '1' }, '90000'), '900000', '0', { mode: 'REDUCE_ONLY' })
    const to = (size: string, price: string) =>
      codesOf(evaluateEdit(policyWith(), snapshot, limit('BUY', { size }, price), edited))
    expect([to('0.5', '90000'), to('1', '80000')]).toEqual([[], []])
    for (const bolder of [to('1.1', '90000'), to('1', '90001'), to('0.5', '95000'), to('2', '60000')]) {
      expect(bolder).toEqual(['RISK_REDUCE_ONLY'])
    }
    const halted = { ...snapshot, mode: 'HALTED' as const }
    expect(codesOf(evaluateEdit(policyWith(), halted, limit('BUY', { size: '0.5' }, '90000'), edited))).toEqual([
      'RISK_HALTED',
    ])
    const exit = resting(limit('SELL', { size: '2' }, '110000'), '900000', '0', { mode: 'REDUCE_ONLY' })
    expect(evaluateEdit(policyWith(), exit.snapshot, limit('SELL', { size: '3' }, '100001'), exit.edited).kind).toBe(
      'approved',
    )
  })

  it('lets an order shrink that is over its share of the portfolio by now, and not grow', () => {
    const { snapshot, edited } = resting(limit('BUY', { size: '1' }, '90000'), '100000')
    const policy = policyWith({ maxPositionSizePct: '1' })
    const to = (size: string, price: string) => evaluateEdit(policy, snapshot, limit('BUY', { size }, price), edited)
    const smaller = to('0.5', '90000')
    expect(smaller.kind).toBe('approved')
    expect(smaller.kind === 'approved' && smaller.order.reducesExposure).toBe(true)
    expect(codesOf(to('1.01', '90000'))).toEqual(['RISK_POSITION_LIMIT'])
  })

  it('asks a person by the new value, and counts as an order for the rate', () => {
    const { snapshot, edited } = resting(limit('BUY', { size: '1' }, '90000'), '900000')
    const terms = limit('BUY', { size: '2' }, '90000')
    const large = evaluateEdit(policyWith({ requireConfirmationAboveUsd: '100000' }), snapshot, terms, edited)
    expect(large.kind === 'approved' && large.order.needsApproval).toBe(true)
    expect(codesOf(evaluateEdit(policyWith({ maxOrdersPerMinute: 1 }), snapshot, terms, edited))).toEqual([
      'RISK_ORDER_RATE',
    ])
    expect(codesOf(evaluateEdit(policyWith({ maxOrderValueUsd: '170000' }), snapshot, terms, edited))).toEqual([
      'RISK_MAX_ORDER_VALUE',
    ])
  })

  it('is the decision about a new order where there was none before', () => {
    const nothing: EditedOrder = { terms: limit('BUY', { size: '1' }, '99999999'), filledSize: ZERO, reservations: [] }
    fc.assert(
      fc.property(
        fc.constantFrom<'BUY' | 'SELL'>('BUY', 'SELL'),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 50_000, max: 150_000 }),
        fc.constantFrom<RiskSnapshot['mode']>('ACTIVE', 'REDUCE_ONLY', 'HALTED'),
        (side, hundredths, price, mode) => {
          const terms = limit(side, { size: d(hundredths).div(100).toFixed() }, String(price))
          const snapshot = snapshotWith({ mode, balancesOf: [wallet('USD', '150000'), wallet('BTC', '2')] })
          const policy = policyWith({ maxPositionSizePct: '60', requireConfirmationAboveUsd: '200000' })
          expect(evaluateEdit(policy, snapshot, terms, nothing)).toEqual(evaluateOrder(policy, snapshot, terms))
        },
      ),
    )
  })
})
