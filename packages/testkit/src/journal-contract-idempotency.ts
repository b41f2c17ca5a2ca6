import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { JournalCase } from './journal-contract.js'
import { sampleDenial, sampleTerms, termsHashOf } from './journal-samples.js'

const other = sampleTerms({ limitPrice: new Decimal('50000.01') })

/** One wish, one intent. */
export function journalIdempotencyCases(current: () => JournalCase): void {
  describe('one wish', () => {
    it('with a key is recorded once, however often and late it comes', async () => {
      const { journal, time, record, wish } = current()
      const first = await record({ key: 'k' })
      time.step(365 * 86_400_000)
      const again = await journal.recordIntent(await wish({ key: 'k' }))
      expect(again).toEqual({ kind: 'existing', by: 'key', intent: first })
      expect(await journal.listIntents()).toEqual([first])
    })

    it('with a key and other terms is a conflict, and changes nothing', async () => {
      const { journal, record, wish } = current()
      const first = await record({ key: 'k' })
      expect(await journal.recordIntent(await wish({ key: 'k', terms: other }))).toEqual({
        kind: 'conflict',
        intent: first,
      })
      expect(await journal.listIntents()).toHaveLength(1)
    })

    it('with a key belongs to its principal alone', async () => {
      const { journal, record } = current()
      await record({ key: 'k', principal: 'a' })
      await record({ key: 'k', principal: 'b', terms: other })
      expect(await journal.listIntents()).toHaveLength(2)
    })

    it('without a key is the same wish within the window, and a new one when it has passed', async () => {
      const { journal, time, record, wish } = current()
      const first = await record()
      time.step(59_999)
      expect(await journal.recordIntent(await wish())).toEqual({ kind: 'existing', by: 'window', intent: first })
      time.step(1)
      expect(await journal.recordIntent(await wish())).toMatchObject({ kind: 'recorded' })
    })

    it('without a key is a new wish for another principal or other terms', async () => {
      const { journal, record } = current()
      await record()
      await record({ principal: 'somebody' })
      await record({ terms: other })
      expect(await journal.listIntents()).toHaveLength(3)
    })

    it('that was denied uses up neither key nor window', async () => {
      const { journal, fresh, record } = current()
      const denied = await journal.recordDenial(sampleDenial({ ...fresh(), key: 'k' }))
      expect(denied).toMatchObject({ state: 'DENIED', outcomeCode: 'RISK_MAX_ORDER_VALUE', outcomeReason: 'too much' })
      await journal.recordDenial(sampleDenial({ ...fresh(), principal: 'other' }))
      expect(await record({ principal: 'other' })).toMatchObject({ state: 'RESERVED' })
      expect(await journal.findByClientOrderId(denied.clientOrderId)).toBeUndefined()
      const passed = await record({ key: 'k', clientOrderId: denied.clientOrderId })
      expect(passed).toMatchObject({ state: 'RESERVED' })
      expect(await journal.findByClientOrderId(denied.clientOrderId)).toEqual(passed)
    })

    it('that the venue rejected uses up both', async () => {
      const { journal, submit, wish } = current()
      for (const key of ['k', undefined]) {
        const options = key === undefined ? { terms: other } : { key }
        const { intentId } = await submit(options)
        const rejected = { type: 'rejected', code: 'INSUFFICIENT_FUND', reason: 'no money' } as const
        await journal.apply(intentId, rejected, 'desk')
        expect(await journal.recordIntent(await wish(options))).toMatchObject({
          kind: 'existing',
          intent: { intentId, state: 'REJECTED' },
        })
      }
    })

    it('is found by the same rule without writing', async () => {
      const { journal, record } = current()
      const first = await record({ key: 'k' })
      const entries = (await journal.auditEntries({ limit: 1000 })).length
      const wish = { principal: 'local', termsHash: first.termsHash, duplicateWindowMs: 60_000 }
      expect(await journal.findEarlier({ ...wish, key: 'k' })).toMatchObject({ kind: 'existing', by: 'key' })
      expect(await journal.findEarlier({ ...wish, key: 'new' })).toBeUndefined()
      expect(await journal.findEarlier(wish)).toMatchObject({ kind: 'existing', by: 'window' })
      expect(await journal.findEarlier({ ...wish, key: 'k', termsHash: termsHashOf(other) })).toMatchObject({
        kind: 'conflict',
      })
      expect(await journal.findEarlier({ ...wish, termsHash: termsHashOf(other) })).toBeUndefined()
      expect(await journal.auditEntries({ limit: 1000 })).toHaveLength(entries)
    })

    it('is recognised by its wish hash where it has one, whatever times its terms were given', async () => {
      const { journal, wish } = current()
      const wishHash = 'f'.repeat(64)
      for (const [key, terms] of [
        ['k', sampleTerms({ base: '3' })],
        [undefined, sampleTerms({ base: '4' })],
      ] as const) {
        const named = key === undefined ? {} : { key }
        const hash = key === undefined ? wishHash : 'e'.repeat(64)
        const first = await journal.recordIntent({ ...(await wish({ ...named, terms })), wishHash: hash })
        const again = { ...(await wish({ ...named, terms: other })), wishHash: hash }
        expect(await journal.recordIntent(again)).toMatchObject({
          kind: 'existing',
          intent: { intentId: first.kind === 'recorded' ? first.intent.intentId : 'none', terms },
        })
        const query = { principal: 'local', ...named, termsHash: termsHashOf(terms), duplicateWindowMs: 60_000 }
        expect(await journal.findEarlier({ ...query, wishHash: hash })).toMatchObject({ kind: 'existing' })
        expect((await journal.findEarlier(query))?.kind).toBe(key === undefined ? undefined : 'conflict')
      }
      expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    })

    it('called many times at once becomes one intent', async () => {
      const { journal, wish } = current()
      const wishes = await Promise.all(Array.from({ length: 20 }, async () => await wish({ key: 'k' })))
      const results = await Promise.all(wishes.map((each) => journal.recordIntent(each)))
      expect(results.filter((result) => result.kind === 'recorded')).toHaveLength(1)
      expect(results.filter((result) => result.kind === 'existing')).toHaveLength(19)
    })

    it('has one id at the venue: by its key, or by its intent', () => {
      const { journal } = current()
      const wish = { account: 'a', principal: 'p', key: 'k', intentId: 'i' }
      const id = journal.clientOrderIdFor(wish)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(journal.clientOrderIdFor({ ...wish, intentId: 'j' })).toBe(id)
      const unkeyed = { account: 'a', principal: 'p', intentId: 'k' }
      const others = [
        { ...wish, key: 'K' },
        { ...wish, principal: 'q' },
        { ...wish, account: 'b' },
        unkeyed,
        { ...unkeyed, intentId: 'l' },
      ]
      expect(new Set([id, ...others.map((each) => journal.clientOrderIdFor(each))]).size).toBe(6)
    })
  })
}
