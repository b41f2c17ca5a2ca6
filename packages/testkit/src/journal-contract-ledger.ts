import { Decimal, type Intent, type IntentEvent, isTerminal } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalCase } from './journal-contract.js'
import { sampleReservation, sampleTerms, sampleVenueOrder } from './journal-samples.js'

const CAP = 5_000n

type Step =
  | { readonly do: 'record'; readonly amount: bigint; readonly base: string; readonly approval: boolean }
  | { readonly do: 'submit' | 'approve' | 'refuse'; readonly which: number }
  | { readonly do: 'event'; readonly which: number; readonly event: (intent: Intent) => IntentEvent }

const which = fc.nat(20)

const event: fc.Arbitrary<(intent: Intent) => IntentEvent> = fc.oneof(
  fc
    .constantFrom<IntentEvent>(
      { type: 'rejected', code: 'X', reason: 'no' },
      { type: 'not_sent', code: 'X', reason: 'no line' },
      { type: 'outcome_unknown', code: 'X', reason: 'timeout' },
      { type: 'never_accepted', reason: 'proved' },
      { type: 'abandoned', reason: 'withdrawn' },
      { type: 'approval_expired', reason: 'late' },
      { type: 'quarantined', reason: 'odd' },
    )
    .map((fixed) => () => fixed),
  fc.constant((intent: Intent): IntentEvent => ({ type: 'acked', venueOrderId: `v-${intent.intentId}` })),
  fc
    .tuple(fc.constantFrom('PENDING', 'OPEN', 'FILLED', 'CANCELLED', 'EXPIRED', 'NEW_WORD'), fc.nat(1_000))
    .map(([status, permille]) => (intent: Intent): IntentEvent => {
      const size = intent.terms.size.kind === 'base' ? intent.terms.size.baseSize : new Decimal(0)
      const filledSize = size.mul(permille).div(1_000)
      return { type: 'venue_order', order: sampleVenueOrder({ orderId: `v-${intent.intentId}`, status, filledSize }) }
    }),
)

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('record' as const),
    amount: fc.bigInt({ min: 0n, max: 2_000n }),
    base: fc.constantFrom('0.00000001', '0.3', '7', '12.345678'),
    approval: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom('submit' as const, 'approve' as const, 'refuse' as const), which }),
  { weight: 3, arbitrary: fc.record({ do: fc.constant('event' as const), which, event }) },
)

/** What is used is what the living hold, after whatever happened. */
export function journalLedgerCases(current: () => JournalCase): void {
  describe('the ledger', () => {
    it('balances after any run of events: used = what every intent still holds, never past the cap by a new order', async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
          run++
          const scope = `row-${run}`
          const amounts = new Map<string, bigint>()
          for (const each of steps) await take(current(), each, scope, amounts)
          await mustBalance(current(), scope, amounts)
        }),
        { numRuns: 25 },
      )
      expect(await current().journal.verifyAudit()).toMatchObject({ ok: true })
    }, 60_000)
  })
}

async function take(kit: JournalCase, each: Step, scope: string, amounts: Map<string, bigint>): Promise<void> {
  const { journal, time } = kit
  if (each.do === 'record') {
    const before = await kit.used(scope)
    const wish = await kit.wish({
      terms: sampleTerms({ base: each.base }),
      principal: `p-${scope}-${amounts.size}`,
      order: { reservations: [sampleReservation({ scope, amount: each.amount, cap: CAP })] },
      ...(each.approval ? { approvalExpiresAtMs: time.nowMs() + 60_000 } : {}),
    })
    const result = await journal.recordIntent({ ...wish, order: { ...wish.order, needsApproval: each.approval } })
    expect(result.kind).toBe(before + each.amount <= CAP ? 'recorded' : 'lost_race')
    if (result.kind === 'recorded') amounts.set(wish.intentId, each.amount)
    return
  }
  const ids = [...amounts.keys()]
  const id = ids[each.which % Math.max(1, ids.length)]
  const intent = id === undefined ? undefined : await journal.getIntent(id)
  if (!intent) return
  if (each.do === 'submit') await journal.beginSubmit(intent.intentId, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
  else if (each.do === 'event') {
    await journal.apply(intent.intentId, each.event(intent), 'desk', { ignoreIllegal: true })
  } else {
    const decision = each.do === 'approve' ? 'approved' : 'denied'
    const { intentId, termsHash } = intent
    await journal.decideApproval({ intentId, termsHash, decision, by: 'boss' })
  }
}

async function mustBalance(kit: JournalCase, scope: string, amounts: ReadonlyMap<string, bigint>): Promise<void> {
  let held = 0n
  for (const [intentId, amount] of amounts) {
    const intent = await kit.journal.getIntent(intentId)
    if (intent && !isTerminal(intent.state)) held += stillHeld(intent, amount)
  }
  expect(await kit.used(scope)).toBe(held)
}

/** By integers alone, so that the check does not share the arithmetic it checks. */
function stillHeld(intent: Intent, amount: bigint): bigint {
  if (intent.terms.size.kind !== 'base') return amount
  const units = (text: string): bigint => BigInt(new Decimal(text).mul('1e20').toFixed(0))
  const size = units(intent.terms.size.baseSize.toFixed())
  const left = size - units(intent.filledSize)
  const product = amount * left
  return product / size + (product % size === 0n ? 0n : 1n)
}
