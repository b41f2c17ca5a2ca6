import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { JournalCase } from './journal-contract.js'
import { sampleDenial, sampleReservation, sampleTerms, sampleVenueOrder } from './journal-samples.js'

const minute = [{ scope: 'account', cap: 3, windowMs: 60_000 }]

/** Caps, rates and what is given back. */
export function journalLimitCases(current: () => JournalCase): void {
  let price = 1
  /** Terms that were never wished before, so that no duplicate rule answers first. */
  const unlike = () => sampleTerms({ limitPrice: new Decimal(price++) })
  const claim = (amount: bigint, cap: bigint, scope = 'balance:USD', window = 'open') => ({
    terms: unlike(),
    order: { reservations: [sampleReservation({ scope, window, amount, cap })] },
  })

  describe('limits', () => {
    it('count as integers: 200 on top of 900 does not pass 999', async () => {
      const { journal, record, wish, used } = current()
      await record(claim(900n, 999n))
      expect(await journal.recordIntent(await wish(claim(200n, 999n)))).toMatchObject({ kind: 'lost_race' })
      expect(await used('balance:USD')).toBe(900n)
      await record(claim(99n, 999n))
      expect(await used('balance:USD')).toBe(999n)
    })

    it.each([
      ['one below the cap', 99n, 'recorded'],
      ['exactly the cap', 100n, 'recorded'],
      ['one above the cap', 101n, 'lost_race'],
    ])('decide %s exactly, on an empty and on a used row', async (_, amount, kind) => {
      const { journal, record, wish } = current()
      expect(await journal.recordIntent(await wish(claim(amount, 100n, 'empty')))).toMatchObject({ kind })
      await record(claim(1n, 101n, 'used'))
      expect(await journal.recordIntent(await wish(claim(amount, 101n, 'used')))).toMatchObject({ kind })
    })

    it('are exact where a float is not', async () => {
      const { journal, record, wish, used } = current()
      const cap = 2n ** 53n + 1n
      await record(claim(2n ** 53n, cap))
      await record(claim(1n, cap))
      expect(await used('balance:USD')).toBe(9_007_199_254_740_993n)
      expect(await journal.recordIntent(await wish(claim(1n, cap)))).toMatchObject({ kind: 'lost_race' })
    })

    it('are taken all or not at all, and a lost race leaves no trace', async () => {
      const { journal, wish, used } = current()
      const before = await journal.auditEntries({ limit: 1000 })
      const reservations = [
        sampleReservation({ scope: 'a', amount: 10n, cap: 10n }),
        sampleReservation({ scope: 'b', amount: 11n, cap: 10n }),
      ]
      const lost = await wish({ key: 'k', order: { reservations } })
      const result = await journal.recordIntent(lost)
      expect(result).toMatchObject({ kind: 'lost_race', what: expect.stringContaining('b') })
      expect(await used('a')).toBe(0n)
      expect(await journal.getIntent(lost.intentId)).toBeUndefined()
      expect(await journal.auditEntries({ limit: 1000 })).toEqual(before)
      const roomy = reservations.map((each) => ({ ...each, cap: 20n }))
      expect(await journal.recordIntent({ ...lost, order: { ...lost.order, reservations: roomy } })).toMatchObject({
        kind: 'recorded',
      })
    })

    it('count two claims of one order on one row together', async () => {
      const { journal, wish, used } = current()
      const reservations = [sampleReservation({ amount: 6n, cap: 10n }), sampleReservation({ amount: 5n, cap: 10n })]
      expect(await journal.recordIntent(await wish({ order: { reservations } }))).toMatchObject({ kind: 'lost_race' })
      expect(await used('balance:USD')).toBe(0n)
    })

    it('are never passed by many at once', async () => {
      const { journal, wish, used } = current()
      const wishes = await Promise.all(Array.from({ length: 40 }, async () => await wish(claim(7n, 100n))))
      const results = await Promise.all(wishes.map((each) => journal.recordIntent(each)))
      expect(results.filter((result) => result.kind === 'recorded')).toHaveLength(14)
      expect(await used('balance:USD')).toBe(98n)
    })

    it('turn away a decision made before something was released', async () => {
      const { journal, record, wish, used } = current()
      const first = await record(claim(60n, 100n))
      const old = await wish(claim(30n, 100n))
      await journal.apply(first.intentId, { type: 'abandoned', reason: 'test' }, 'desk')
      expect(await used('balance:USD')).toBe(0n)
      expect(await journal.recordIntent(old)).toMatchObject({ kind: 'lost_race' })
      const { releaseEpoch } = await journal.limitUsage([])
      expect(await journal.recordIntent({ ...old, releaseEpoch })).toMatchObject({ kind: 'recorded' })
    })
  })

  describe('what an order holds', () => {
    it('shrinks with its fills, rounded up, and ends with it', async () => {
      const { journal, submit, used } = current()
      const { intentId } = await submit({ ...claim(1001n, 5000n), terms: sampleTerms({ base: '3' }) })
      await journal.apply(intentId, { type: 'acked', venueOrderId: 'v' }, 'desk')
      const held: bigint[] = []
      for (const filled of ['0', '1', '2', '2.99999999', '3']) {
        const order = sampleVenueOrder({ orderId: 'v', filledSize: new Decimal(filled) })
        await journal.apply(intentId, { type: 'venue_order', order }, 'desk')
        held.push(await used('balance:USD'))
      }
      expect(held).toEqual([1001n, 668n, 334n, 1n, 0n])
      const order = sampleVenueOrder({ orderId: 'v', status: 'CANCELLED', filledSize: new Decimal(3) })
      await journal.apply(intentId, { type: 'venue_order', order }, 'desk')
      expect(await used('balance:USD')).toBe(0n)
    })

    it('stays whole while nobody knows whether it exists, and while a person has to look', async () => {
      const { journal, submit, used } = current()
      const { intentId } = await submit(claim(500n, 500n))
      await journal.apply(intentId, { type: 'outcome_unknown', code: 'X', reason: 'timeout' }, 'desk')
      expect(await used('balance:USD')).toBe(500n)
      await journal.apply(intentId, { type: 'quarantined', reason: 'odd' }, 'desk')
      expect(await used('balance:USD')).toBe(500n)
    })

    it('is taken back, past the cap, when an order that never existed turns up', async () => {
      const { journal, record, submit, used } = current()
      const { intentId } = await submit(claim(90n, 100n))
      await journal.apply(intentId, { type: 'outcome_unknown', code: 'X', reason: 'timeout' }, 'desk')
      await journal.apply(intentId, { type: 'never_accepted', reason: 'proved' }, 'desk')
      expect(await used('balance:USD')).toBe(0n)
      await record(claim(80n, 100n))
      const { releaseEpoch } = await journal.limitUsage([])
      await journal.apply(intentId, { type: 'acked', venueOrderId: 'late' }, 'desk')
      expect(await used('balance:USD')).toBe(170n)
      expect((await journal.limitUsage([])).releaseEpoch).toBeGreaterThanOrEqual(releaseEpoch)
    })

    it('counted per day stays counted as far as it was filled', async () => {
      const { journal, submit, used } = current()
      const { intentId } = await submit({
        ...claim(1000n, 5000n, 'value', new Date(current().time.nowMs()).toISOString().slice(0, 10)),
        terms: sampleTerms({ base: '2' }),
      })
      const day = new Date(current().time.nowMs()).toISOString().slice(0, 10)
      await journal.apply(intentId, { type: 'acked', venueOrderId: 'v' }, 'desk')
      const filledSize = new Decimal('2')
      const order = sampleVenueOrder({ orderId: 'v', status: 'FILLED', filledSize })
      await journal.apply(intentId, { type: 'venue_order', order }, 'desk')
      expect(await used('value', day)).toBe(1000n)
    })
  })

  describe('the order rate', () => {
    it('is exact and sliding: the fourth of three waits until the first is a minute old', async () => {
      const { journal, time, wish, record } = current()
      await record({ terms: unlike(), rates: minute })
      time.step(10_000)
      await record({ terms: unlike(), rates: minute })
      time.step(20_000)
      await record({ terms: unlike(), rates: minute })
      expect((await journal.limitUsage(minute)).recent).toEqual([
        { scope: 'account', count: 3, oldestAtMs: time.nowMs() - 30_000 },
      ])
      time.step(29_999)
      expect(await journal.recordIntent(await wish({ terms: unlike(), rates: minute }))).toMatchObject({
        kind: 'lost_race',
        what: expect.stringContaining('rate'),
      })
      time.step(1)
      await record({ terms: unlike(), rates: minute })
      expect(await journal.recordIntent(await wish({ terms: unlike(), rates: minute }))).toMatchObject({
        kind: 'lost_race',
      })
      time.step(10_000)
      await record({ terms: unlike(), rates: minute })
    })

    it('counts denials, and each agent for itself', async () => {
      const { journal, fresh, record, wish } = current()
      const rates = [{ scope: 'agent:a', cap: 2, windowMs: 60_000 }]
      await journal.recordDenial(sampleDenial({ ...fresh(), principal: 'a' }))
      await record({ terms: unlike(), principal: 'b', rates })
      await record({ terms: unlike(), principal: 'a', rates })
      expect(await journal.recordIntent(await wish({ terms: unlike(), principal: 'a', rates }))).toMatchObject({
        kind: 'lost_race',
      })
      expect((await journal.limitUsage(rates)).recent[0]?.count).toBe(2)
    })

    it('counts a book under all its names, and other books not', async () => {
      const { journal, fresh, record, wish } = current()
      const on = (productId: string) => ({ ...unlike(), productId })
      const rates = [{ scope: 'product:BTC-USD', productIds: ['BTC-USD', 'BTC-USDC'], cap: 2, windowMs: 60_000 }]
      await journal.recordDenial(sampleDenial({ ...fresh(), terms: on('BTC-USDC') }))
      await record({ terms: on('ETH-USD'), rates })
      await record({ terms: on('BTC-USD'), rates })
      expect(await journal.recordIntent(await wish({ terms: on('BTC-USD'), rates }))).toMatchObject({
        kind: 'lost_race',
      })
      expect((await journal.limitUsage(rates)).recent).toMatchObject([{ scope: 'product:BTC-USD', count: 2 }])
    })
  })
}
