import {
  Decimal,
  EXTERNAL_PRINCIPAL,
  type Intent,
  InvariantError,
  type NewIntent,
  SubmitTicket,
} from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { JournalCase } from './journal-contract.js'
import {
  sampleOrigin,
  sampleReservation,
  sampleTerms,
  sampleVenueOrder,
  termsHashOf,
  type WishOptions,
} from './journal-samples.js'

const times = { notBeforeMs: 1_000, signFromMs: 1_000, signByMs: 2_000 }
const unknown = { type: 'outcome_unknown', code: 'X', reason: 'cut' } as const

/** Edits and replacements: intents about another intent. */
export function journalChangeCases(current: () => JournalCase): void {
  let price = 1_000
  const claim = (amount: bigint, base: string, cap = 100_000n) => ({
    terms: sampleTerms({ limitPrice: new Decimal(price++), base }),
    order: { reservations: [sampleReservation({ amount, cap })] },
  })

  /** A live order that holds `amount` for `base`. */
  async function liveOrder(amount = 1_000n, base = '10'): Promise<Intent> {
    const { journal, submit } = current()
    const { intentId } = await submit(claim(amount, base))
    return await journal.apply(intentId, { type: 'acked', venueOrderId: `v-${intentId}` }, 'desk')
  }

  async function changeWish(
    target: Intent,
    options: Partial<WishOptions>,
    change: Partial<NonNullable<NewIntent['change']>> = {},
  ): Promise<NewIntent> {
    const wish = await current().wish(options)
    const kind = change.kind ?? 'edit'
    const wishHash = `${kind}-${target.intentId}-${wish.termsHash}`
    return { ...wish, change: { kind, targetIntentId: target.intentId, wishHash, ...change } }
  }

  async function recordChange(target: Intent, options: Partial<WishOptions>, kind: 'edit' | 'replace' = 'edit') {
    const result = await current().journal.recordIntent(await changeWish(target, options, { kind }))
    if (result.kind !== 'recorded') throw new Error(`not recorded: ${JSON.stringify(result.kind)}`)
    return result.intent
  }

  async function begin(intentId: string) {
    const begun = await current().journal.beginSubmit(intentId, times)
    if (begun.kind !== 'ticket') throw new Error(`no ticket: ${begun.why}`)
    return begun
  }

  const fill = (target: Intent, filled: string, status = 'OPEN') =>
    current().journal.apply(
      target.intentId,
      {
        type: 'venue_order',
        order: sampleVenueOrder({ orderId: target.venueOrderId ?? '', status, filledSize: new Decimal(filled) }),
      },
      'desk',
    )

  const total = () => current().used('balance:USD')

  describe('a change of an order', () => {
    it('names its kind, its target and what that had filled, and is found by it', async () => {
      const { journal } = current()
      const target = await liveOrder()
      await fill(target, '2')
      const edit = await recordChange(target, claim(1_500n, '10'))
      expect(edit).toMatchObject({ kind: 'edit', targetIntentId: target.intentId, targetFilledSize: '2' })
      expect(await journal.getIntent(edit.intentId)).toEqual(edit)
      expect(await journal.listIntents({ targetIntentId: target.intentId })).toEqual([edit])
      expect(await journal.getIntent(target.intentId)).toMatchObject({ kind: 'order' })
    })

    it('counts the larger of both, never the sum and never less', async () => {
      const larger = await liveOrder()
      await recordChange(larger, claim(1_500n, '10'))
      expect(await total()).toBe(1_500n)
      const smaller = await liveOrder()
      await recordChange(smaller, claim(700n, '10'))
      expect(await total()).toBe(2_500n)
    })

    it('is held against the cap with what it adds, exactly', async () => {
      const { journal } = current()
      const target = await liveOrder()
      const tooMuch = await changeWish(target, claim(1_500n, '10', 1_499n))
      expect(await journal.recordIntent(tooMuch)).toMatchObject({ kind: 'lost_race' })
      expect(await journal.getIntent(tooMuch.intentId)).toBeUndefined()
      expect(await total()).toBe(1_000n)
      await recordChange(target, claim(1_500n, '10', 1_500n))
      expect(await total()).toBe(1_500n)
    })

    it('holds, at every fill on the way, what the dearer of old and new terms could still need', async () => {
      const { journal } = current()
      const target = await liveOrder(1_000n, '10')
      const edit = await recordChange(target, claim(1_200n, '20'))
      await begin(edit.intentId)
      await journal.apply(edit.intentId, unknown, 'desk')
      const seen: bigint[] = []
      for (const filled of ['0', '1', '4', '7', '9.5']) {
        await fill(target, filled)
        seen.push(await total())
      }
      expect(seen).toEqual([1_200n, 1_140n, 960n, 780n, 630n])
      expect(await journal.reservations(edit.intentId)).toMatchObject([{ amount: 1_200n, held: 580n }])
    })

    it('in quarantine ends with its order in the same step: taken over, or proven gone', async () => {
      const { journal } = current()
      for (const way of ['disowned', 'never_accepted'] as const) {
        const before = await total()
        const target = await liveOrder()
        const edit = await recordChange(target, claim(1_500n, '10'))
        await begin(edit.intentId)
        await journal.apply(target.intentId, { type: 'quarantined', reason: 'third price' }, 'desk')
        await journal.apply(edit.intentId, { type: 'quarantined', reason: 'third price' }, 'desk')
        expect(await total()).toBe(before + 1_500n)
        const terms = sampleTerms({ limitPrice: new Decimal(price++), base: '7' })
        const taken = { by: 'ann', venueOrderId: target.venueOrderId ?? '', terms, termsHash: termsHashOf(terms) }
        const settled = await journal.apply(target.intentId, { type: way, reason: 'seen', ...taken }, 'ann')
        if (way === 'never_accepted') expect(settled).toMatchObject({ state: 'NEVER_ACCEPTED' })
        else expect(settled).toMatchObject({ state: 'ACKED', principal: EXTERNAL_PRINCIPAL, terms })
        expect(await journal.getIntent(target.intentId)).toEqual(settled)
        expect(await journal.getIntent(edit.intentId)).toMatchObject({ state: 'FAILED' })
        expect(await total()).toBe(before)
        expect(await journal.verifyAudit()).toMatchObject({ ok: true })
      }
    })

    it('that came true gives its order its terms and claims in one step, and holds nothing more', async () => {
      const { journal } = current()
      const target = await liveOrder(1_000n, '10')
      const wish = claim(1_600n, '16')
      const edit = await recordChange(target, wish)
      await begin(edit.intentId)
      await fill(target, '4')
      await journal.apply(edit.intentId, { type: 'edit_accepted' }, 'desk')
      expect(await total()).toBe(1_200n)
      const applied = await journal.apply(edit.intentId, { type: 'edit_applied' }, 'desk')
      expect(applied.state).toBe('APPLIED')
      const edited = await journal.getIntent(target.intentId)
      expect(edited).toMatchObject({ state: 'OPEN', filledSize: '4', terms: wish.terms, termsHash: edit.termsHash })
      expect(await total()).toBe(1_200n)
      await fill(target, '8')
      expect(await total()).toBe(800n)
      await fill(target, '8', 'CANCELLED')
      expect(await total()).toBe(0n)
      expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    })

    it('to less releases only when it came true, and passes a row that is over its cap', async () => {
      const { journal } = current()
      const target = await liveOrder()
      const edit = await recordChange(target, claim(300n, '3', 10n))
      await begin(edit.intentId)
      expect(await total()).toBe(1_000n)
      await journal.apply(edit.intentId, { type: 'edit_applied' }, 'desk')
      expect(await total()).toBe(300n)
      expect((await journal.reservations(target.intentId))[0]).toMatchObject({ amount: 300n, held: 300n })
    })

    it.each([
      ['rejected', [{ type: 'rejected', code: 'X', reason: 'no' }]],
      ['never accepted', [unknown, { type: 'never_accepted', reason: 'proved' }]],
      ['lost on its way', [{ type: 'edit_accepted' }, { type: 'edit_lost', reason: 'overtaken' }]],
    ] as const)('that was %s gives back what it added and leaves its order alone', async (_, events) => {
      const { journal } = current()
      const target = await liveOrder()
      const edit = await recordChange(target, claim(1_500n, '10'))
      await begin(edit.intentId)
      for (const event of events) {
        expect(await total()).toBe(1_500n)
        await journal.apply(edit.intentId, event, 'desk')
      }
      expect(await total()).toBe(1_000n)
      expect(await journal.getIntent(target.intentId)).toEqual(target)
    })

    it('that surfaces after all is a fact: it counts, past the cap if need be', async () => {
      const { journal, record } = current()
      const target = await liveOrder()
      const edit = await recordChange(target, claim(1_500n, '10', 1_500n))
      await begin(edit.intentId)
      await journal.apply(edit.intentId, unknown, 'desk')
      await journal.apply(edit.intentId, { type: 'never_accepted', reason: 'proved' }, 'desk')
      await record(claim(500n, '1', 1_500n))
      await journal.apply(edit.intentId, { type: 'edit_applied' }, 'desk')
      expect(await total()).toBe(2_000n)
    })

    it('holds nothing once its order has ended, whatever is still unknown about it', async () => {
      const { journal } = current()
      const target = await liveOrder()
      const edit = await recordChange(target, claim(1_500n, '10'))
      await begin(edit.intentId)
      await journal.apply(edit.intentId, unknown, 'desk')
      await fill(target, '10', 'FILLED')
      expect(await total()).toBe(0n)
      await journal.apply(edit.intentId, { type: 'never_accepted', reason: 'it is over' }, 'desk')
      expect(await total()).toBe(0n)
    })

    it('has its order for itself until it is settled', async () => {
      const { journal } = current()
      const target = await liveOrder()
      const first = await recordChange(target, claim(1_500n, '10'))
      for (const step of ['RESERVED', 'SUBMITTING', 'UNKNOWN']) {
        expect((await journal.getIntent(first.intentId))?.state).toBe(step)
        const second = await journal.recordIntent(await changeWish(target, claim(1_600n, '10')))
        expect(second).toMatchObject({ kind: 'refused', why: 'target_busy', intent: { intentId: first.intentId } })
        if (step === 'RESERVED') await begin(first.intentId)
        if (step === 'SUBMITTING') await journal.apply(first.intentId, unknown, 'desk')
      }
      await journal.apply(first.intentId, { type: 'edit_applied' }, 'desk')
      expect(await recordChange(target, claim(1_700n, '10'))).toMatchObject({ state: 'RESERVED' })
    })

    it('is asked for many times at once and recorded once', async () => {
      const { journal } = current()
      const target = await liveOrder()
      const wishes = await Promise.all([1, 2, 3, 4, 5].map(() => changeWish(target, claim(1_500n, '10'))))
      const results = await Promise.all(wishes.map((wish) => journal.recordIntent(wish)))
      expect(results.filter((result) => result.kind === 'recorded')).toHaveLength(1)
      expect(await total()).toBe(1_500n)
    })

    it('needs an order that is live and is not being cancelled', async () => {
      const { journal, record, submit } = current()
      const reserved = await record(claim(1n, '1'))
      const sending = await submit(claim(1n, '1'))
      const leaving = await liveOrder()
      await journal.apply(leaving.intentId, { type: 'cancel_requested', by: 'local' }, 'local')
      const over = await liveOrder()
      await fill(over, '10', 'FILLED')
      const terms = sampleTerms({ base: '3' })
      const outside = await journal.adoptExternal({
        ...sampleOrigin({ intentId: 'outside', clientOrderId: 'theirs', terms }),
        terms,
        venueOrderId: 'v-outside',
        createdAtMs: 1,
      })
      for (const target of [reserved, sending, leaving, over, outside]) {
        const result = await journal.recordIntent(await changeWish(target, claim(1n, '1')))
        expect(result).toMatchObject({ kind: 'refused', why: 'target_not_open', intent: { intentId: target.intentId } })
      }
    })

    it('changes no terms by itself', async () => {
      const { journal } = current()
      const target = await liveOrder()
      const { terms, termsHash, worstNotionalUsd, reducesExposure, priceBand } = target
      const event = { terms, termsHash, worstNotionalUsd, reducesExposure, priceBand, byIntentId: 'nobody' }
      await expect(journal.apply(target.intentId, { type: 'terms_changed', ...event }, 'desk')).rejects.toThrow(
        InvariantError,
      )
    })
  })

  describe('the ticket of a change', () => {
    it('of an edit names the order to change, and is nothing to place an order with', async () => {
      const target = await liveOrder()
      const wish = claim(1_500n, '10')
      const edit = await recordChange(target, wish)
      const { ticket } = await begin(edit.intentId)
      expect(SubmitTicket.redeemEdit(ticket, 1_500)).toMatchObject({
        intentId: edit.intentId,
        targetOrderId: target.venueOrderId,
        terms: wish.terms,
      })
      expect(() => SubmitTicket.redeem(ticket, 1_500)).toThrow(InvariantError)
    })

    it('of an edit is refused when its order ended or is to be cancelled', async () => {
      const { journal } = current()
      const ended = await liveOrder()
      const first = await recordChange(ended, claim(1_500n, '10'))
      await fill(ended, '10', 'FILLED')
      const leaving = await liveOrder()
      const second = await recordChange(leaving, claim(1_500n, '10'))
      await journal.apply(leaving.intentId, { type: 'cancel_requested', by: 'local' }, 'local')
      for (const { intentId } of [first, second]) {
        expect(await journal.beginSubmit(intentId, times)).toMatchObject({ kind: 'refused', why: 'target' })
      }
    })

    it('of a replacement waits for the end of its order, which may have filled no further', async () => {
      const { journal } = current()
      const target = await liveOrder()
      await fill(target, '2')
      const replacement = await recordChange(target, claim(900n, '8'), 'replace')
      expect(await total()).toBe(900n)
      expect(await journal.beginSubmit(replacement.intentId, times)).toMatchObject({ kind: 'refused', why: 'target' })
      await fill(target, '2', 'CANCELLED')
      expect(await total()).toBe(900n)
      const { ticket, intent } = await begin(replacement.intentId)
      expect(SubmitTicket.redeem(ticket, 1_500)).toMatchObject({ intentId: replacement.intentId })
      expect([intent.state, await total()]).toEqual(['SUBMITTING', 900n])
    })

    it('of a replacement is refused for ever when its order filled further', async () => {
      const { journal } = current()
      const target = await liveOrder()
      const replacement = await recordChange(target, claim(1_000n, '10'), 'replace')
      await fill(target, '0.00000001', 'CANCELLED')
      expect(await journal.beginSubmit(replacement.intentId, times)).toMatchObject({ kind: 'refused', why: 'target' })
      await journal.apply(replacement.intentId, { type: 'abandoned', reason: 'filled' }, 'desk')
      expect(await total()).toBe(0n)
    })
  })

  describe('one wish to change', () => {
    it('is recognised by what was asked for, and only while it is the latest about its order', async () => {
      const { journal } = current()
      const target = await liveOrder()
      const wishHash = 'price 5'
      const first = await journal.recordIntent(await changeWish(target, claim(1_100n, '10'), { wishHash }))
      if (first.kind !== 'recorded') throw new Error(first.kind)
      await begin(first.intent.intentId)
      await journal.apply(first.intent.intentId, { type: 'edit_applied' }, 'desk')
      const again = await changeWish(target, claim(1_200n, '10'), { wishHash })
      expect(await journal.recordIntent(again)).toMatchObject({
        kind: 'existing',
        by: 'window',
        intent: { intentId: first.intent.intentId, state: 'APPLIED' },
      })
      const other = await recordChange(target, claim(1_300n, '10'))
      await begin(other.intentId)
      await journal.apply(other.intentId, { type: 'edit_applied' }, 'desk')
      expect(await journal.findEarlier({ ...again, duplicateWindowMs: 60_000 })).toBeUndefined()
      expect(
        await journal.recordIntent({ ...again, releaseEpoch: (await journal.limitUsage([])).releaseEpoch }),
      ).toMatchObject({
        kind: 'recorded',
      })
    })

    it('with a key is that key’s for ever; the same key for another wish is a conflict', async () => {
      const { journal, time, wish } = current()
      const target = await liveOrder()
      const edit = await changeWish(target, { ...claim(1_100n, '10'), key: 'k' })
      expect(await journal.recordIntent(edit)).toMatchObject({ kind: 'recorded' })
      time.step(86_400_000)
      expect(await journal.recordIntent(edit)).toMatchObject({ kind: 'existing', by: 'key' })
      expect(await journal.recordIntent(await wish({ terms: edit.order.terms, key: 'k' }))).toMatchObject({
        kind: 'conflict',
      })
    })

    it('leaves the order it changed recognisable by the terms it was placed with', async () => {
      const { journal, wish } = current()
      const keyed = { ...claim(1_000n, '10'), key: 'k' }
      const bare = claim(1_000n, '10')
      for (const options of [keyed, bare]) {
        const { intentId } = await current().submit(options)
        const target = await journal.apply(intentId, { type: 'acked', venueOrderId: `v-${intentId}` }, 'desk')
        const edit = await recordChange(target, claim(500n, '5'))
        await begin(edit.intentId)
        await journal.apply(edit.intentId, { type: 'edit_applied' }, 'desk')
        expect(await journal.recordIntent(await wish(options))).toMatchObject({
          kind: 'existing',
          intent: { intentId },
        })
        const same = await wish({ terms: edit.terms })
        expect(await journal.findEarlier({ ...same, duplicateWindowMs: 60_000 })).toBeUndefined()
      }
    })
  })
}
