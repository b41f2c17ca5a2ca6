import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal, ZERO } from '../money/decimal.js'
import { EXTERNAL_PRINCIPAL, type Intent } from './intent.js'
import { EVENT_KINDS, EVENT_SOURCES, type IntentEvent, type IntentEventType, reduceIntent } from './lifecycle.js'
import {
  INTENT_KINDS,
  INTENT_STATES,
  type IntentKind,
  type IntentState,
  isTerminal,
  VENUE_ORDER_STATUSES,
} from './order-status.js'
import type { VenueOrder } from './venue-order.js'

const intent: Intent = {
  intentId: 'i',
  kind: 'order',
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
  disowned: {
    type: 'disowned',
    by: 'ann',
    reason: 'looked at it',
    venueOrderId: 'o',
    terms: {
      productId: 'BTC-USD',
      side: 'SELL',
      orderType: 'MARKET',
      timeInForce: 'IOC',
      size: { kind: 'base', baseSize: new Decimal(3) },
    },
    termsHash: 'h3',
  },
  mistaken: { type: 'mistaken', by: 'ann', reason: 'that is another order' },
  venue_order: { type: 'venue_order', order: venueOrder('OPEN', 0) },
  cancel_requested: { type: 'cancel_requested', by: 'local' },
  cancel_sent: { type: 'cancel_sent' },
  cancel_refused: { type: 'cancel_refused', reason: 'filled' },
  cancel_unknown: { type: 'cancel_unknown', reason: 'cut' },
  edit_accepted: { type: 'edit_accepted' },
  edit_applied: { type: 'edit_applied' },
  edit_lost: { type: 'edit_lost', reason: 'overtaken by a fill' },
  terms_changed: {
    type: 'terms_changed',
    byIntentId: 'e',
    terms: {
      productId: 'BTC-USD',
      side: 'BUY',
      orderType: 'LIMIT',
      timeInForce: 'GTC',
      size: { kind: 'base', baseSize: new Decimal(4) },
      limitPrice: new Decimal(90),
      postOnly: false,
    },
    termsHash: 'h2',
    worstNotionalUsd: '360',
    reducesExposure: false,
    priceBand: { low: '80', high: '120' },
  },
}

describe('the intent lifecycle', () => {
  it('answers every kind, every state and every event, legally or with a reason', () => {
    for (const kind of INTENT_KINDS) {
      for (const state of INTENT_STATES) {
        for (const [name, event] of Object.entries(example)) {
          const type = name as IntentEventType
          const result = reduceIntent({ ...intent, kind, state }, event, 2)
          const fits = EVENT_KINDS[type]?.includes(kind) ?? true
          expect(result.ok, `${kind} ${state} ${type}`).toBe(fits && EVENT_SOURCES[type].includes(state))
          if (result.ok) expect(result.intent.version).toBe(intent.version + 1)
          else expect(result.reason).not.toBe('')
        }
      }
    }
  })

  it('lets an edit end applied, lost, refused or in doubt, and never gives it an order of its own', () => {
    const edit: Intent = { ...intent, kind: 'edit', targetIntentId: 't', state: 'SUBMITTING' }
    const walk = (...events: readonly IntentEvent[]): Intent =>
      events.reduce((now, event) => {
        const step = reduceIntent(now, event, 2)
        if (!step.ok) throw new Error(step.reason)
        return step.intent
      }, edit)
    expect(walk(example.edit_accepted, example.edit_applied).state).toBe('APPLIED')
    expect(walk(example.edit_accepted, example.edit_lost).state).toBe('FAILED')
    expect(walk(example.outcome_unknown, example.edit_applied).state).toBe('APPLIED')
    expect(walk(example.outcome_unknown, example.never_accepted, example.edit_applied).state).toBe('APPLIED')
    expect(walk(example.rejected).state).toBe('REJECTED')
    expect(() => walk(example.acked)).toThrow('kind edit')
    for (const state of INTENT_STATES.filter(isTerminal)) {
      const late = reduceIntent({ ...edit, state }, example.edit_applied, 2)
      expect(late.ok, state).toBe(['REJECTED', 'NEVER_ACCEPTED', 'FAILED'].includes(state))
    }
  })

  it('gives an edited order its new terms and what is held for them, and nothing else', () => {
    const before: Intent = { ...intent, state: 'OPEN', filledSize: '1', filledValue: '100', venueOrderId: 'o' }
    const edited = reduceIntent(before, example.terms_changed, 2)
    if (!edited.ok) throw new Error(edited.reason)
    expect(edited.heldFraction).toBe('0.75')
    const { terms, termsHash, worstNotionalUsd, priceBand } = edited.intent
    expect(terms.size).toEqual({ kind: 'base', baseSize: new Decimal(4) })
    expect([termsHash, worstNotionalUsd, priceBand]).toEqual(['h2', '360', { low: '80', high: '120' }])
    const rest = { terms, termsHash, worstNotionalUsd, priceBand, version: 2, updatedAtMs: 2 }
    expect(edited.intent).toEqual({ ...before, ...rest })
  })

  it('never lets a timeout, a lost answer or a crash become a rejection', () => {
    const unknown = reduceIntent({ ...intent, state: 'SUBMITTING' }, example.outcome_unknown, 2)
    expect(unknown.ok && unknown.intent.state).toBe('UNKNOWN')
    expect(unknown.ok && unknown.heldFraction).toBe('1')
    expect(reduceIntent({ ...intent, state: 'UNKNOWN' }, example.rejected, 2).ok).toBe(false)
    expect(reduceIntent({ ...intent, state: 'UNKNOWN' }, example.abandoned, 2).ok).toBe(false)
    expect(reduceIntent({ ...intent, state: 'UNKNOWN' }, example.submit_begun, 2).ok).toBe(false)
  })

  it.each(['NEVER_ACCEPTED', 'REJECTED'] as const)(
    'takes an order back that surfaces after it was held for %s',
    (state) => {
      const result = reduceIntent({ ...intent, state }, example.acked, 2)
      expect(result.ok && result.intent.state).toBe('ACKED')
      expect(result.ok && result.heldFraction).toBe('1')
    },
  )

  it('makes a quarantined order one from outside when a person takes it over: the venue’s terms, nothing reserved', () => {
    const result = reduceIntent({ ...intent, state: 'QUARANTINED', cancel: 'sent' }, example.disowned, 2)
    expect(result).toMatchObject({
      ok: true,
      heldFraction: '0',
      intent: { state: 'ACKED', principal: EXTERNAL_PRINCIPAL, venueOrderId: 'o', termsHash: 'h3', cancel: 'sent' },
    })
    for (const state of INTENT_STATES.filter((each) => each !== 'QUARANTINED')) {
      expect(reduceIntent({ ...intent, state }, example.disowned, 2).ok, state).toBe(false)
    }
  })

  it('takes back nothing that was never sent', () => {
    const unsent = ['DENIED', 'APPROVAL_DENIED', 'APPROVAL_EXPIRED', 'ABANDONED'] as const
    for (const state of unsent) expect(reduceIntent({ ...intent, state }, example.acked, 2).ok, state).toBe(false)
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
        fc.constantFrom<IntentKind>(...INTENT_KINDS),
        fc.constantFrom<IntentState>(...INTENT_STATES),
        fc.constantFrom(...Object.values(example)),
        (kind, state, event) => {
          const before = Object.freeze({ ...intent, kind, state })
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
