import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal, ZERO } from '../money/decimal.js'
import type { Intent } from './intent.js'
import { EVENT_SOURCES, type IntentEvent, type IntentEventType, reduceIntent } from './lifecycle.js'
import { INTENT_STATES, type IntentState, isTerminal, VENUE_ORDER_STATUSES } from './order-status.js'
import type { VenueOrder } from './venue-order.js'

const intent: Intent = {
  intentId: 'i',
  clientOrderId: 'c',
  environment: 'paper',
  account: 'a',
  principal: 'local',
  terms: {
    productId: 'BTC-USD',
    side: 'BUY',
    orderType: 'LIMIT',
    timeInForce: 'GTC',
    size: { kind: 'base', baseSize: new Decimal(2) },
    limitPrice: new Decimal(100),
    postOnly: false,
  },
  termsHash: 'h',
  state: 'RESERVED',
  cancel: 'none',
  worstNotionalUsd: '200',
  needsApproval: false,
  reducesExposure: false,
  priceBand: { low: '90', high: '110' },
  filledSize: '0',
  filledValue: '0',
  totalFees: '0',
  createdAtMs: 1,
  updatedAtMs: 1,
  version: 1,
}

const venueOrder = (status: string, filled: number): VenueOrder => ({
  orderId: 'o',
  clientOrderId: 'c',
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'LIMIT',
  timeInForce: 'GTC',
  status,
  filledSize: new Decimal(filled),
  filledValue: new Decimal(filled).mul(100),
  totalFees: ZERO,
  numberOfFills: filled > 0 ? 1 : 0,
  createdAtMs: 1,
})

const example: Record<IntentEventType, IntentEvent> = {
  approved: { type: 'approved', by: 'ann' },
  approval_denied: { type: 'approval_denied', by: 'ann', reason: 'no' },
  approval_expired: { type: 'approval_expired', reason: 'late' },
  submit_begun: { type: 'submit_begun', notBeforeMs: 5, signByMs: 9 },
  not_sent: { type: 'not_sent', code: 'ERR_VENUE_NOT_SENT', reason: 'refused' },
  acked: { type: 'acked', venueOrderId: 'o' },
  rejected: { type: 'rejected', code: 'INSUFFICIENT_FUNDS', reason: 'no' },
  outcome_unknown: { type: 'outcome_unknown', code: 'ERR_VENUE_OUTCOME_UNKNOWN', reason: 'cut' },
  never_accepted: { type: 'never_accepted', reason: 'proof' },
  quarantined: { type: 'quarantined', reason: 'terms differ' },
  abandoned: { type: 'abandoned', reason: 'restart' },
  venue_order: { type: 'venue_order', order: venueOrder('OPEN', 0) },
  cancel_requested: { type: 'cancel_requested', by: 'local' },
  cancel_sent: { type: 'cancel_sent' },
  cancel_refused: { type: 'cancel_refused', reason: 'filled' },
  cancel_unknown: { type: 'cancel_unknown', reason: 'cut' },
}

describe('the intent lifecycle', () => {
  it('answers every state and every event, legally or with a reason', () => {
    for (const state of INTENT_STATES) {
      for (const [type, event] of Object.entries(example)) {
        const result = reduceIntent({ ...intent, state }, event, 2)
        expect(result.ok).toBe(EVENT_SOURCES[type as IntentEventType].includes(state))
        if (result.ok) expect(result.intent.version).toBe(intent.version + 1)
      }
    }
  })

  it('never lets a timeout, a lost answer or a crash become a rejection', () => {
    const unknown = reduceIntent({ ...intent, state: 'SUBMITTING' }, example.outcome_unknown, 2)
    expect(unknown.ok && unknown.intent.state).toBe('UNKNOWN')
    expect(unknown.ok && unknown.heldFraction).toBe('1')
    expect(reduceIntent({ ...intent, state: 'UNKNOWN' }, example.rejected, 2).ok).toBe(false)
    expect(reduceIntent({ ...intent, state: 'UNKNOWN' }, example.abandoned, 2).ok).toBe(false)
    expect(reduceIntent({ ...intent, state: 'UNKNOWN' }, example.submit_begun, 2).ok).toBe(false)
  })

  it('takes an order back that surfaces after it was held for never accepted', () => {
    const result = reduceIntent({ ...intent, state: 'NEVER_ACCEPTED' }, example.acked, 2)
    expect(result.ok && result.intent.state).toBe('ACKED')
    expect(result.ok && result.heldFraction).toBe('1')
  })

  it('ends in the same place whatever order and however often the venue tells its news', () => {
    const news = fc.array(
      fc.record({
        status: fc.constantFrom('PENDING', 'QUEUED', 'OPEN', 'CANCEL_QUEUED'),
        filled: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(news, fc.constantFrom('FILLED', 'CANCELLED', 'EXPIRED'), fc.nat(), (list, end, seed) => {
        const most = Math.max(0, ...list.map((item) => item.filled))
        const all = [...list, { status: end, filled: most }]
        const shuffled = [...all, ...all].sort(
          (a, b) => ((a.filled * 7 + a.status.length * seed) % 5) - ((b.filled * 3 + seed) % 5),
        )
        let current: Intent = { ...intent, state: 'ACKED' }
        for (const item of shuffled) {
          const step = reduceIntent(current, { type: 'venue_order', order: venueOrder(item.status, item.filled) }, 2)
          if (!step.ok) throw new Error(step.reason)
          expect(new Decimal(step.intent.filledSize).gte(current.filledSize)).toBe(true)
          if (isTerminal(current.state)) expect(step.intent.state).toBe(current.state)
          current = step.intent
        }
        expect(current.state).toBe(end)
        expect(current.filledSize).toBe(String(most))
      }),
    )
  })

  it('treats a status it has never heard of as still live', () => {
    const result = reduceIntent(
      { ...intent, state: 'ACKED' },
      { type: 'venue_order', order: venueOrder('SOMETHING_NEW', 0) },
      2,
    )
    expect(result.ok && isTerminal(result.intent.state)).toBe(false)
  })

  it('holds in proportion to what is left, all while in doubt, nothing once it is over', () => {
    const partly = reduceIntent(
      { ...intent, state: 'OPEN' },
      { type: 'venue_order', order: venueOrder('OPEN', 0.5) },
      2,
    )
    expect(partly.ok && partly.heldFraction).toBe('0.75')
    const done = reduceIntent(
      { ...intent, state: 'OPEN' },
      { type: 'venue_order', order: venueOrder('CANCELLED', 0.5) },
      2,
    )
    expect(done.ok && done.heldFraction).toBe('0')
    expect(done.ok && done.intent.cancel).toBe('confirmed')
  })

  it('is a pure function of intent and event', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<IntentState>(...INTENT_STATES),
        fc.constantFrom(...Object.values(example)),
        (state, event) => {
          const before = Object.freeze({ ...intent, state })
          expect(reduceIntent(before, event, 7)).toEqual(reduceIntent(before, event, 7))
        },
      ),
    )
  })

  it('knows every status of the venue', () => {
    for (const status of VENUE_ORDER_STATUSES) {
      expect(
        reduceIntent({ ...intent, state: 'ACKED' }, { type: 'venue_order', order: venueOrder(status, 0) }, 2).ok,
      ).toBe(true)
    }
  })
})
