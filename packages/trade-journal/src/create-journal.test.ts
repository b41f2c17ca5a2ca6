import { sampleFill, sampleReservation, sampleTerms, sampleVenueOrder, sampleWish } from '@tidegate/testkit'
import { Decimal, InvariantError, StoreError } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordOne, type TempStore, tempStore } from '../test/temp-store.js'

let store: TempStore
beforeEach(() => {
  store = tempStore()
})
afterEach(() => store.remove())

describe('the SQLite journal beyond the port', () => {
  it('logs a fill that is told again with other numbers, and keeps the first', async () => {
    const journal = await store.open()
    await journal.recordFills([sampleFill({ tradeId: 'a' })])
    expect(await journal.recordFills([sampleFill({ tradeId: 'a', fee: new Decimal('1') })])).toEqual([])
    expect((await journal.listFills())[0]?.fee).toEqual(new Decimal('0.000003'))
    expect(store.log.entries.filter((entry) => entry.event === 'fill_retold_differently')).toHaveLength(1)
    await journal.close()
  })

  it('writes no audit entry for news that changes nothing', async () => {
    const journal = await store.open()
    const { intentId } = await recordOne(journal, 'a')
    await journal.beginSubmit(intentId, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
    await journal.apply(intentId, { type: 'acked', venueOrderId: 'v' }, 'desk')
    const order = sampleVenueOrder({ orderId: 'v', filledSize: new Decimal('0.001') })
    const once = await journal.apply(intentId, { type: 'venue_order', order }, 'desk')
    const entries = await journal.auditEntries({ limit: 100 })
    expect(await journal.apply(intentId, { type: 'venue_order', order }, 'desk')).toEqual(once)
    expect(await journal.auditEntries({ limit: 100 })).toEqual(entries)
    await journal.close()
  })

  it('gives back of a daily amount what was never filled', async () => {
    const journal = await store.open()
    const day = new Date(store.time.nowMs()).toISOString().slice(0, 10)
    const result = await journal.recordIntent(
      sampleWish({
        intentId: 'a',
        clientOrderId: 'c',
        terms: sampleTerms({ base: '4' }),
        order: { reservations: [sampleReservation({ scope: 'value', window: day, amount: 1_001n })] },
      }),
    )
    expect(result.kind).toBe('recorded')
    await journal.beginSubmit('a', { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
    await journal.apply('a', { type: 'acked', venueOrderId: 'v' }, 'desk')
    const used = async () => (await journal.limitUsage([])).rows.find((row) => row.scope === 'value')?.used
    const told = async (status: string, filledSize: string) => {
      const order = sampleVenueOrder({ orderId: 'v', status, filledSize: new Decimal(filledSize) })
      await journal.apply('a', { type: 'venue_order', order }, 'desk')
      return await used()
    }
    expect(await told('OPEN', '1')).toBe(1_001n)
    expect(await told('CANCELLED', '1')).toBe(251n)
    // A fill that the venue tells of after the cancel still counts.
    expect(await told('CANCELLED', '2')).toBe(501n)
    await journal.close()
  })

  it('lets who asked withdraw, through apply, what nobody has decided', async () => {
    const journal = await store.open()
    const approvalExpiresAtMs = store.time.nowMs() + 60_000
    await journal.recordIntent(sampleWish({ intentId: 'a', clientOrderId: 'c', approvalExpiresAtMs }))
    const declined = { type: 'approval_denied', by: 'local', reason: 'declined in the form' } as const
    expect(await journal.apply('a', declined, 'local')).toMatchObject({ state: 'APPROVAL_DENIED' })
    expect(await journal.listApprovals()).toMatchObject([{ decision: 'denied', decidedBy: 'local' }])
    expect((await journal.limitUsage([])).rows).toMatchObject([{ used: 0n }])
    await journal.close()
  })

  it('keeps a tombstone for what was never accepted, until it turns up', async () => {
    const journal = await store.open()
    const stones = () => store.raw((file) => file.all('select intent_id, client_order_id from tombstones', []))
    const { intentId } = await recordOne(journal, 'a')
    await journal.beginSubmit(intentId, { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
    await journal.apply(intentId, { type: 'outcome_unknown', code: 'X', reason: 'timeout' }, 'desk')
    await journal.apply(intentId, { type: 'never_accepted', reason: 'proved' }, 'desk')
    expect(stones()).toEqual([{ intent_id: 'a', client_order_id: 'c-a' }])
    await journal.apply(intentId, { type: 'acked', venueOrderId: 'v' }, 'desk')
    expect(stones()).toEqual([])
    await journal.close()
  })

  it('holds its limits at the edge of 64 bits, whatever amount or cap is asked for', async () => {
    const journal = await store.open()
    const claim = async (name: string, amount: bigint) =>
      await journal.recordIntent(
        sampleWish({
          intentId: name,
          clientOrderId: name,
          key: name,
          order: { reservations: [sampleReservation({ amount, cap: 2n ** 80n })] },
        }),
      )
    const most = 2n ** 63n - 2n
    expect(await claim('first', most)).toMatchObject({ kind: 'recorded' })
    for (const amount of [1n, most, 2n ** 63n, 2n ** 90n]) {
      expect(await claim(String(amount), amount)).toMatchObject({ kind: 'lost_race' })
    }
    expect((await journal.limitUsage([])).rows).toEqual([{ scope: 'balance:USD', window: 'open', used: most }])
    await journal.close()
  })

  it('refuses what would be a bug of the caller', async () => {
    const journal = await store.open()
    const { intentId } = await recordOne(journal, 'a')
    const wish = sampleWish({ intentId: 'b', clientOrderId: 'c-b', key: 'b' })
    const bugs: readonly Promise<unknown>[] = [
      journal.recordIntent({ ...wish, termsHash: '00' }),
      journal.recordIntent({ ...wish, order: { ...wish.order, needsApproval: true } }),
      journal.recordIntent({ ...wish, clientOrderId: 'c-a' }),
      journal.recordIntent({ ...wish, rates: [{ scope: 'planet', cap: 1, windowMs: 1 }] }),
      journal.recordIntent({ ...wish, order: { ...wish.order, reservations: [sampleReservation({ amount: -1n })] } }),
      journal.apply(intentId, { type: 'submit_begun', notBeforeMs: 1, signByMs: 2 }, 'desk'),
      journal.apply(intentId, { type: 'approved', by: 'boss' }, 'desk'),
      journal.audit({ actor: 'x', type: 'intent.acked', intentId, body: { row: 'forged' } }),
      journal.adoptExternal({
        ...wish,
        terms: wish.order.terms,
        clientOrderId: 'c-a',
        venueOrderId: 'v',
        createdAtMs: 1,
      }),
    ]
    for (const [index, bug] of bugs.entries()) await expect(bug, String(index)).rejects.toThrow(InvariantError)
    await journal.recordPolicy('1', 'a')
    await expect(journal.recordPolicy('1', 'b')).rejects.toThrow(InvariantError)
    expect(await journal.listIntents()).toHaveLength(1)
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    await journal.close()
  })

  it('keeps secrets out of the audit log, and hostile text in one piece', async () => {
    const journal = await store.open()
    const { intentId } = await recordOne(journal, 'a')
    const reason = 'venue says \0 \uD800 "Bearer abcdefghijklmnop" \u202E'
    await journal.apply(intentId, { type: 'abandoned', reason }, 'desk')
    await journal.audit({
      actor: 'ops',
      type: 'note',
      body: { api_secret: 'hunter2', text: 'Bearer abcdefghijklmnop' },
    })
    const entries = JSON.stringify(await journal.auditEntries({ limit: 100 }))
    expect(entries).not.toMatch(/hunter2|abcdefghijklmnop/)
    expect((await journal.getIntent(intentId))?.outcomeReason).toContain('\uFFFD')
    expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    await journal.close()
  })

  it('refuses to read a row that nobody of us wrote', async () => {
    const journal = await store.open()
    const { intentId } = await recordOne(journal, 'a')
    for (const change of ["state = 'FANTASY'", "filled_size = '1e5'", "terms = replace(terms, '50000', '5')"]) {
      store.raw((file) => file.exec(`update intents set ${change}`))
      await expect(journal.getIntent(intentId)).rejects.toThrow(StoreError)
      await expect(journal.getIntent(intentId)).rejects.toMatchObject({ code: 'ERR_STORE_CORRUPT' })
    }
    await journal.close()
  })
})
