import { InvariantError, SubmitTicket, serializeTerms } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { JournalCase } from './journal-contract.js'
import { sampleTerms, sampleVenueOrder } from './journal-samples.js'

const times = { notBeforeMs: 1_000, signFromMs: 1_000, signByMs: 2_000 }

/** Modes, tickets, fences and events. */
export function journalLifecycleCases(current: () => JournalCase): void {
  const sell = sampleTerms({ side: 'SELL' })

  describe('modes', () => {
    it('that changed since the decision lose the race, except for what they still allow', async () => {
      const { journal, wish } = current()
      await journal.setMode({ scope: 'account', mode: 'REDUCE_ONLY', by: 'ops', reason: 'test' })
      expect(await journal.recordIntent(await wish())).toMatchObject({ kind: 'lost_race' })
      expect(await journal.recordIntent(await wish({ terms: sell }))).toMatchObject({ kind: 'recorded' })
      await journal.setMode({ scope: 'account', mode: 'HALTED', by: 'ops', reason: 'test' })
      const reducing = await wish({ terms: sell, key: 'other' })
      expect(await journal.recordIntent(reducing)).toMatchObject({ kind: 'lost_race' })
    })

    it.each(['account', 'product:BTC-USDC', 'product:BTC-USD', 'agent:local'])(
      'of %s stop a submit that was recorded before',
      async (scope) => {
        const { journal, record } = current()
        const wish = { terms: sampleTerms({ productId: 'BTC-USDC' }), bookProductId: 'BTC-USD' }
        const { intentId } = await record(wish)
        await journal.setMode({ scope, mode: 'HALTED', by: 'ops', reason: 'test' })
        expect(await journal.beginSubmit(intentId, times)).toMatchObject({
          kind: 'refused',
          why: 'mode',
          mode: 'HALTED',
          intent: { state: 'RESERVED' },
        })
        await journal.setMode({ scope, mode: 'ACTIVE', by: 'ops', reason: 'test' })
        expect(await journal.beginSubmit(intentId, times)).toMatchObject({ kind: 'ticket' })
      },
    )

    it('of other products and agents stop nothing', async () => {
      const { journal, record } = current()
      await journal.setMode({ scope: 'product:ETH-USD', mode: 'HALTED', by: 'ops', reason: 'test' })
      await journal.setMode({ scope: 'agent:other', mode: 'HALTED', by: 'ops', reason: 'test' })
      const { intentId } = await record()
      expect(await journal.beginSubmit(intentId, times)).toMatchObject({ kind: 'ticket' })
    })

    it('are kept with who set them, when and why', async () => {
      const { journal, time } = current()
      const row = await journal.setMode({ scope: 'account', mode: 'HALTED', by: 'ops', reason: 'fire' })
      expect(row).toEqual({ scope: 'account', mode: 'HALTED', by: 'ops', reason: 'fire', atMs: time.nowMs() })
      expect(await journal.modes()).toEqual([row])
    })
  })

  describe('a submit', () => {
    it('yields one ticket for exactly the recorded terms, usable once', async () => {
      const { journal, record } = current()
      const intent = await record()
      const begun = await journal.beginSubmit(intent.intentId, times)
      if (begun.kind !== 'ticket') throw new Error(begun.why)
      expect(begun.intent).toMatchObject({ state: 'SUBMITTING', notBeforeMs: 1_000, signByMs: 2_000 })
      expect(SubmitTicket.redeem(begun.ticket, 1_500)).toMatchObject({
        clientOrderId: intent.clientOrderId,
        frozenTerms: serializeTerms(intent.terms),
        signByMs: 2_000,
      })
      expect(() => SubmitTicket.redeem(begun.ticket, 1_500)).toThrow(InvariantError)
      expect(await journal.beginSubmit(intent.intentId, times)).toMatchObject({ kind: 'refused', why: 'state' })
    })

    it('tried by many at once yields one ticket', async () => {
      const { journal, record } = current()
      const { intentId } = await record()
      const results = await Promise.all(Array.from({ length: 10 }, () => journal.beginSubmit(intentId, times)))
      expect(results.filter((result) => result.kind === 'ticket')).toHaveLength(1)
    })

    it('that surely never left may begin again, keeping its earliest moment', async () => {
      const { journal, record } = current()
      const { intentId } = await record()
      await journal.beginSubmit(intentId, times)
      await journal.apply(intentId, { type: 'not_sent', code: 'ERR_VENUE_AUTH', reason: '401' }, 'desk')
      const again = await journal.beginSubmit(intentId, { notBeforeMs: 5_000, signFromMs: 5_000, signByMs: 6_000 })
      expect(again).toMatchObject({ kind: 'ticket', intent: { notBeforeMs: 1_000, signByMs: 6_000 } })
    })

    it('is refused to an instance that another has replaced', async ({ skip }) => {
      const { journal, record, another } = current()
      if (!another) return skip()
      const { intentId } = await record()
      const successor = await another()
      expect(await journal.beginSubmit(intentId, times)).toMatchObject({ kind: 'refused', why: 'fence' })
      expect(await successor.beginSubmit(intentId, times)).toMatchObject({ kind: 'ticket' })
    })
  })

  describe('an event', () => {
    it('moves the intent, counts its version and is audited', async () => {
      const { journal, time, submit } = current()
      const { intentId, version } = await submit()
      time.step(5)
      const next = await journal.apply(intentId, { type: 'acked', venueOrderId: 'v-1' }, 'desk')
      expect(next).toMatchObject({
        state: 'ACKED',
        venueOrderId: 'v-1',
        version: version + 1,
        updatedAtMs: time.nowMs(),
      })
      expect(await journal.getIntent(intentId)).toEqual(next)
      expect(await journal.findByVenueOrderId('v-1')).toEqual(next)
      expect(await journal.findByClientOrderId(next.clientOrderId)).toEqual(next)
      const entries = await journal.auditEntries({ intentId, limit: 100 })
      expect(entries.at(-1)).toMatchObject({ actor: 'desk', intentId, atMs: time.nowMs() })
    })

    it('that cannot meet the state is a bug, or ignored on request; nothing changes either way', async () => {
      const { journal, record } = current()
      const intent = await record()
      const acked = { type: 'acked', venueOrderId: 'v' } as const
      await expect(journal.apply(intent.intentId, acked, 'desk')).rejects.toThrow(InvariantError)
      expect(await journal.apply(intent.intentId, acked, 'desk', { ignoreIllegal: true })).toEqual(intent)
      expect(await journal.getIntent(intent.intentId)).toEqual(intent)
    })

    it('told twice changes fills once', async () => {
      const { journal, submit } = current()
      const { intentId } = await submit()
      await journal.apply(intentId, { type: 'acked', venueOrderId: 'v' }, 'desk')
      const order = sampleVenueOrder({ orderId: 'v', status: 'OPEN' })
      const once = await journal.apply(intentId, { type: 'venue_order', order }, 'desk')
      const twice = await journal.apply(intentId, { type: 'venue_order', order }, 'desk')
      expect({ ...twice, version: 0, updatedAtMs: 0 }).toEqual({ ...once, version: 0, updatedAtMs: 0 })
    })
  })
}
