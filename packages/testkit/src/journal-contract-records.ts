import { Decimal, type OrderTerms } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalCase } from './journal-contract.js'
import { sampleDenial, sampleFill, sampleOrigin, sampleTerms, termsHashOf } from './journal-samples.js'

const decimal = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 30n }), fc.integer({ min: 0, max: 18 }))
  .map(([digits, scale]) => new Decimal(digits.toString()).div(new Decimal(10).pow(scale)))

const anyTerms: fc.Arbitrary<OrderTerms> = fc.record({
  productId: fc.constantFrom('BTC-USD', 'ETH-USD', 'TONE-USD'),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  size: fc.oneof(
    decimal.map((baseSize) => ({ kind: 'base' as const, baseSize })),
    decimal.map((quoteSize) => ({ kind: 'quote' as const, quoteSize })),
  ),
  orderType: fc.constant('STOP_LIMIT' as const),
  timeInForce: fc.constant('GTD' as const),
  limitPrice: decimal,
  stopPrice: decimal,
  stopDirection: fc.constantFrom('UP' as const, 'DOWN' as const),
  endTimeMs: fc.integer({ min: 0, max: 2 ** 45 }),
})

/** Everything else that is kept. */
export function journalRecordCases(current: () => JournalCase): void {
  describe('what is recorded', () => {
    it('reads back as it was written: any terms, to the last digit', async () => {
      const { journal, record } = current()
      await fc.assert(
        fc.asyncProperty(anyTerms, fc.string({ unit: 'binary' }), async (terms, key) => {
          const wish = { terms, key, principal: nobodyYet(), order: { reservations: [] } }
          const intent = await record(wish)
          const back = await journal.getIntent(intent.intentId)
          expect(back?.terms).toEqual(terms)
          expect(back?.termsHash).toBe(intent.termsHash)
        }),
        { numRuns: 40 },
      )
    })

    it('is listed newest first, by state, principal, product and time', async () => {
      const { journal, time, record, fresh: ids } = current()
      const first = await record({ principal: 'a' })
      time.step(10)
      const second = await record({ principal: 'b', terms: sampleTerms({ productId: 'ETH-USD' }) })
      const third = await journal.recordDenial(sampleDenial({ ...ids(), principal: 'a' }))
      expect(await journal.listIntents()).toEqual([third, second, first])
      expect(await journal.listIntents({ limit: 1 })).toEqual([third])
      expect(await journal.listIntents({ states: ['RESERVED'] })).toEqual([second, first])
      expect(await journal.listIntents({ states: [] })).toEqual([])
      expect(await journal.listIntents({ principal: 'a' })).toEqual([third, first])
      expect(await journal.listIntents({ productId: 'ETH-USD' })).toEqual([second])
      expect(await journal.listIntents({ sinceMs: time.nowMs() })).toEqual([third, second])
      expect(await journal.listIntents({ untilMs: time.nowMs() })).toEqual([first])
      time.step(10)
      const moved = await journal.apply(first.intentId, { type: 'abandoned', reason: 'test' }, 'test')
      expect(await journal.listIntents({ changedSinceMs: time.nowMs() })).toEqual([moved])
      expect(await journal.listIntents({ changedSinceMs: time.nowMs() + 1 })).toEqual([])
    })

    it('tells what was decided, oldest first and page by page, with the terms of then', async () => {
      const { journal, time, record, submit, fresh: ids } = current()
      const first = await record({ principal: 'a' })
      time.step(10)
      const denied = await journal.recordDenial(sampleDenial({ ...ids(), principal: 'a' }))
      const waiting = await record({ principal: 'b', approvalExpiresAtMs: time.nowMs() + 1_000 })
      const all = await journal.decisions({ limit: 10 })
      expect(all).toMatchObject([
        { intentId: first.intentId, codes: [], needsApproval: false, kind: 'order', policyVersion: 'policy-1' },
        { intentId: denied.intentId, codes: ['RISK_MAX_ORDER_VALUE'], needsApproval: false },
        { intentId: waiting.intentId, codes: [], needsApproval: true, input: '{"mid":"50000","ageMs":12}' },
      ])
      expect(all.map((item) => item.terms)).toEqual([first.terms, denied.terms, waiting.terms])
      expect(await journal.decisions({ limit: 1 })).toEqual([all[0]])
      expect(await journal.decisions({ limit: 10, afterOrdinal: all[0]?.ordinal ?? 0 })).toEqual(all.slice(1))
      expect(await journal.decisions({ limit: 10, sinceMs: time.nowMs() })).toEqual(all.slice(1))

      const { intentId, terms } = await submit({ principal: 'c' })
      await journal.apply(intentId, { type: 'quarantined', reason: 'other price' }, 'desk')
      const shown = sampleTerms({ limitPrice: new Decimal(7) })
      const taken = { by: 'ann', reason: 'seen', venueOrderId: 'v-77', terms: shown, termsHash: termsHashOf(shown) }
      await journal.apply(intentId, { type: 'disowned', ...taken }, 'ann')
      expect((await journal.decisions({ limit: 10 })).at(-1)).toMatchObject({ intentId, terms, kind: 'order' })
    })

    it('keeps the decision input as it was', async () => {
      const { journal, record } = current()
      const { intentId } = await record()
      expect(await journal.decisionInput(intentId)).toBe('{"mid":"50000","ageMs":12}')
      expect(await journal.decisionInput('nobody')).toBeUndefined()
    })

    it('keeps a fill once, whatever order and number they come in, and tells what was new', async () => {
      const { journal } = current()
      const a = sampleFill({ tradeId: 'a', tradedAtMs: 2_000 })
      const b = sampleFill({ tradeId: 'b', tradedAtMs: 1_000 })
      const elsewhere = sampleFill({ tradeId: 'a', orderId: 'order-2', productId: 'ETH-USD', tradedAtMs: 3_000 })
      const { releaseEpoch } = await journal.limitUsage([])
      expect(await journal.recordFills([a, a, b])).toEqual([a, b])
      const after = (await journal.limitUsage([])).releaseEpoch
      expect(after).toBeGreaterThan(releaseEpoch)
      expect(await journal.recordFills([b, a])).toEqual([])
      expect((await journal.limitUsage([])).releaseEpoch).toBe(after)
      expect(await journal.recordFills([elsewhere, b])).toEqual([elsewhere])
      expect(await journal.listFills()).toEqual([b, a, elsewhere])
      expect(await journal.listFills({ productId: 'ETH-USD' })).toEqual([elsewhere])
      expect(await journal.listFills({ orderId: 'order-1' })).toEqual([b, a])
      expect(await journal.listFills({ sinceMs: 2_000 })).toEqual([a, elsewhere])
    })

    it('adopts an order from outside once, outside the order rate', async () => {
      const { journal, fresh: ids } = current()
      const terms = sampleTerms()
      const outside = {
        ...sampleOrigin({ ...ids(), principal: 'external', terms }),
        terms,
        venueOrderId: 'v-9',
        createdAtMs: 777,
      }
      const adopted = await journal.adoptExternal(outside)
      expect(adopted).toMatchObject({ principal: 'external', state: 'ACKED', venueOrderId: 'v-9', createdAtMs: 777 })
      expect(await journal.adoptExternal({ ...outside, ...ids() })).toEqual(adopted)
      expect(await journal.findByVenueOrderId('v-9')).toEqual(adopted)
      const rates = [{ scope: 'account', cap: 5, windowMs: 10 ** 12 }]
      expect((await journal.limitUsage(rates)).recent[0]?.count).toBe(0)
    })

    it('keeps the first mark of a day', async () => {
      const { journal } = current()
      const first = { day: '2026-11-24', prices: { BTC: '50000.10', ETH: '3000' }, atMs: 5 }
      expect(await journal.markDay(first)).toEqual(first)
      expect(await journal.markDay({ ...first, prices: { BTC: '1' }, atMs: 6 })).toEqual(first)
      expect(await journal.markDay({ ...first, day: '2026-11-25' })).toMatchObject({ day: '2026-11-25' })
    })

    it('tells the marks of a day and those after it, oldest first', async () => {
      const { journal } = current()
      for (const day of ['2026-11-25', '2026-11-23', '2026-11-24']) {
        await journal.markDay({ day, prices: { BTC: '50000.10' }, atMs: 5 })
      }
      expect((await journal.dayMarks('2026-11-24')).map(({ day }) => day)).toEqual(['2026-11-24', '2026-11-25'])
      expect((await journal.dayMarks('2026-11-23'))[0]).toEqual({
        day: '2026-11-23',
        prices: { BTC: '50000.10' },
        atMs: 5,
      })
      expect(await journal.dayMarks('2026-11-26')).toEqual([])
    })

    it('knows a token by its hash', async () => {
      const { journal } = current()
      const token = { hash: 'h1', principal: 'local', role: 'trader', createdAtMs: 1 } as const
      expect(await journal.saveToken(token)).toBe(true)
      expect(await journal.saveToken(token)).toBe(true)
      expect(await journal.findToken('h1')).toEqual(token)
      expect(await journal.findToken('h2')).toBeUndefined()
      expect(await journal.listTokens()).toEqual([token])
    })

    it('knows a token no more once it is revoked or its time is up', async () => {
      const { journal } = current()
      const token = { principal: 'local', role: 'trader', createdAtMs: 1 } as const
      const later = Date.UTC(2100, 0, 1)
      await journal.saveToken({ ...token, hash: 'old', expiresAtMs: 2 })
      await journal.saveToken({ ...token, hash: 'new', expiresAtMs: later })
      expect(await journal.findToken('old')).toBeUndefined()
      expect(await journal.findToken('new')).toEqual({ ...token, hash: 'new', expiresAtMs: later })
      expect(await journal.revokeToken('new', 'ada')).toMatchObject({ hash: 'new', principal: 'local' })
      expect(await journal.findToken('new')).toBeUndefined()
      expect(await journal.revokeToken('new', 'ada')).toBeUndefined()
      expect(await journal.revokeToken('none', 'ada')).toBeUndefined()
      const kept = (await journal.listTokens()).map((row) => [row.hash, row.revokedAtMs !== undefined] as const)
      expect(new Map(kept)).toEqual(
        new Map([
          ['new', true],
          ['old', false],
        ]),
      )
      // A hash that was revoked cannot come back by being saved again.
      await journal.saveToken({ ...token, hash: 'new' })
      expect(await journal.findToken('new')).toBeUndefined()
      const types = (await journal.auditEntries({ limit: 100 })).map((entry) => entry.type)
      expect(types.filter((type) => type.startsWith('credential.'))).toEqual([
        'credential.saved',
        'credential.saved',
        'credential.revoked',
      ])
      expect((await journal.verifyAudit()).ok).toBe(true)
    })

    it('lets a principal have as many active tokens as it may, also when they come at the same moment', async () => {
      const { journal } = current()
      const save = (hash: string, principal = 'local') =>
        journal.saveToken({ hash, principal, role: 'trader', createdAtMs: 1, maxActive: 2 })
      const saved = await Promise.all(['a', 'b', 'c', 'd'].map((hash) => save(hash)))
      expect(saved.filter(Boolean)).toHaveLength(2)
      expect(await save('x', 'other')).toBe(true)
      const [first] = (await journal.listTokens()).filter((row) => row.principal === 'local')
      await journal.revokeToken(first?.hash ?? '', 'ada')
      expect(await save('e')).toBe(true)
      expect(await save('f')).toBe(false)
      expect(await journal.findToken('f')).toBeUndefined()
    })

    it('remembers when a token was last used', async () => {
      const { journal } = current()
      await journal.saveToken({ hash: 'h1', principal: 'local', role: 'trader', createdAtMs: 1 })
      expect((await journal.findToken('h1'))?.lastUsedAtMs).toBeUndefined()
      await journal.noteTokenUse('h1')
      await journal.noteTokenUse('none')
      const used = (await journal.findToken('h1'))?.lastUsedAtMs ?? 0
      expect(used).toBeGreaterThan(1_600_000_000_000)
      await journal.noteTokenUse('h1')
      expect((await journal.findToken('h1'))?.lastUsedAtMs).toBe(used)
    })

    it('chains everything, and the chain holds', async () => {
      const { journal, record } = current()
      await journal.recordPolicy('policy-1', 'max: 1000')
      const { intentId } = await record()
      const entry = await journal.audit({
        actor: 'ops',
        type: 'export',
        intentId,
        body: { b: 1, a: new Decimal('0.10') },
      })
      expect(await journal.auditEntries({ intentId, limit: 10 })).toContainEqual(entry)
      const entries = await journal.auditEntries({ limit: 1000 })
      expect(entries.map((each) => each.seq)).toEqual(entries.map((_, index) => index + 1))
      expect(await journal.auditEntries({ fromSeq: 2, limit: 1 })).toEqual([entries[1]])
      expect(await journal.verifyAudit()).toEqual({ ok: true, entries: entries.length, head: entries.at(-1)?.hash })
    })
  })
}

let principals = 0
/** A principal nobody used before, so that no key of an earlier run answers. */
function nobodyYet(): string {
  principals++
  return `p${principals}`
}
