import { FACTOR_LOCK_MS, FACTOR_TRIES, type NewLimitChange } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { JournalCase } from './journal-contract.js'

const step = (number: number) => ({ stepAt: () => number })
const wrong = { stepAt: () => undefined }

/** Limits that change while gateways run: one after the other, by somebody, on record. */
export function journalLimitChangeCases(current: () => JournalCase): void {
  const change = (after: number, extra: Partial<NewLimitChange> = {}): NewLimitChange => ({
    kind: 'loosened',
    body: `{"change":${after + 1}}`,
    by: 'boss',
    after,
    audit: { type: 'policy.loosened', body: { what: `change ${after + 1}` } },
    ...extra,
  })

  describe('a change of the limits', () => {
    it('is kept with its author and time, behind the one before', async () => {
      const { journal, time } = current()
      expect(await journal.limitChanges()).toEqual([])
      const first = { seq: 1, kind: 'loosened', body: '{"change":1}', by: 'boss', atMs: time.nowMs() }
      expect(await journal.changeLimits(change(0))).toEqual({ kind: 'recorded', change: first })
      time.step(5)
      await journal.changeLimits(change(1, { kind: 'overlaid', by: 'ops' }))
      await journal.changeLimits(change(2, { kind: 'tightened' }))
      const seqs = async (query?: Parameters<typeof journal.limitChanges>[0]) =>
        (await journal.limitChanges(query)).map(({ seq, by }) => `${seq} ${by}`)
      expect(await seqs()).toEqual(['1 boss', '2 ops', '3 boss'])
      expect(await seqs({ after: 1 })).toEqual(['2 ops', '3 boss'])
      expect(await seqs({ newest: true })).toEqual(['3 boss'])
      expect(await seqs({ kind: 'overlaid', newest: true })).toEqual(['2 ops'])
      expect(await seqs({ after: 3 })).toEqual([])
    })

    it('decided before another one is not made, and leaves no trace', async () => {
      const { journal } = current()
      await journal.changeLimits(change(0))
      const before = await journal.auditEntries({ limit: 1_000 })
      expect(await journal.changeLimits(change(0))).toMatchObject({ kind: 'refused', why: 'moved' })
      expect(await journal.changeLimits(change(5))).toMatchObject({ kind: 'refused', why: 'moved' })
      expect(await journal.limitChanges()).toHaveLength(1)
      expect(await journal.auditEntries({ limit: 1_000 })).toEqual(before)
    })

    it('of two at once is made once', async () => {
      const { journal } = current()
      const results = await Promise.all([1, 2, 3].map((n) => journal.changeLimits(change(0, { by: `boss${n}` }))))
      expect(results.map(({ kind }) => kind).sort()).toEqual(['recorded', 'refused', 'refused'])
    })

    it('is in the audit with its number, and a refusal with its reason', async () => {
      const { journal } = current()
      await journal.changeLimits(change(0, { factor: step(7) }))
      await journal.changeLimits(change(1, { factor: wrong }))
      const entries = (await journal.auditEntries({ limit: 1_000 })).filter(({ type }) => type.startsWith('policy.'))
      expect(entries.map(({ actor, type, body }) => [actor, type, JSON.parse(body)])).toMatchObject([
        ['boss', 'policy.loosened', { what: 'change 1', seq: 1, factor: 'totp' }],
        ['boss', 'policy.refused', { wanted: 'policy.loosened', why: 'code_wrong' }],
      ])
      expect(await journal.verifyAudit()).toMatchObject({ ok: true })
    })

    it('is not agreed to by whose limits it makes looser, under no spelling of the name', async () => {
      const { journal } = current()
      for (const by of ['boss', ' Boss'])
        expect(await journal.changeLimits(change(0, { by, loosens: ['eve', 'boss'] }))).toMatchObject({
          why: 'requester',
        })
      expect(await journal.changeLimits(change(0, { by: 'chief', loosens: ['boss'] }))).toMatchObject({
        kind: 'recorded',
      })
    })
  })

  describe('a code that comes with a change of the limits', () => {
    it('has to come where one is required', async () => {
      const { journal } = current()
      expect(await journal.changeLimits(change(0, { factorRequired: true }))).toMatchObject({ why: 'code_missing' })
      expect(await journal.changeLimits(change(0, { factorRequired: true, factor: step(1) }))).toMatchObject({
        kind: 'recorded',
      })
    })

    it('is not tried for a change that could not be made', async () => {
      const { journal } = current()
      await journal.changeLimits(change(0))
      expect(await journal.changeLimits(change(0, { factor: step(9) }))).toMatchObject({ why: 'moved' })
      expect(await journal.changeLimits(change(1, { factor: step(9), loosens: ['boss'] }))).toMatchObject({
        why: 'requester',
      })
      expect(await journal.changeLimits(change(1, { factor: step(9) }))).toMatchObject({ kind: 'recorded' })
    })

    it('is good for one act, whether that is an order or a change', async () => {
      const { journal, record, time } = current()
      const ask = async (key: string) => {
        const { intentId, termsHash } = await record({ approvalExpiresAtMs: time.nowMs() + 120_000, key })
        return { intentId, termsHash, decision: 'approved', by: 'Boss' } as const
      }
      expect(await journal.changeLimits(change(0, { factor: step(40) }))).toMatchObject({ kind: 'recorded' })
      expect(await journal.changeLimits(change(1, { factor: step(40) }))).toMatchObject({ why: 'code_used' })
      expect(await journal.decideApproval({ ...(await ask('a')), factor: step(40) })).toMatchObject({
        why: 'code_used',
      })
      expect(await journal.decideApproval({ ...(await ask('b')), factor: step(41) })).toMatchObject({
        kind: 'recorded',
      })
      expect(await journal.changeLimits(change(1, { factor: step(41) }))).toMatchObject({ why: 'code_used' })
    })

    it('given for an order and a change at once lets one of them through', async () => {
      const { journal, record, time } = current()
      const { intentId, termsHash } = await record({ approvalExpiresAtMs: time.nowMs() + 120_000 })
      const results = await Promise.all([
        journal.decideApproval({ intentId, termsHash, decision: 'approved', by: 'boss', factor: step(50) }),
        journal.changeLimits(change(0, { factor: step(50) })),
      ])
      expect(results.map(({ kind }) => kind).sort()).toEqual(['recorded', 'refused'])
    })

    it('locks its approver at the fifth wrong try for both', async () => {
      const { journal, record, time } = current()
      const { intentId, termsHash } = await record({ approvalExpiresAtMs: time.nowMs() + 120_000 })
      const verdict = { intentId, termsHash, decision: 'approved', by: 'boss' } as const
      for (let turn = 1; turn < FACTOR_TRIES; turn++)
        expect(await journal.changeLimits(change(0, { factor: wrong }))).toMatchObject({ why: 'code_wrong' })
      expect(await journal.decideApproval({ ...verdict, factor: wrong })).toMatchObject({ why: 'code_wrong' })
      const until = time.nowMs() + FACTOR_LOCK_MS
      expect(await journal.changeLimits(change(0, { factor: step(60) }))).toMatchObject({
        why: 'locked',
        retryAtMs: until,
      })
      expect(await journal.limitChanges()).toEqual([])
      time.step(FACTOR_LOCK_MS)
      expect(await journal.changeLimits(change(0, { factor: step(60) }))).toMatchObject({ kind: 'recorded' })
    })
  })
}
