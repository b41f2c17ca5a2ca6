import { FACTOR_LOCK_MS, FACTOR_TRIES } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { JournalCase } from './journal-contract.js'
import { sampleTerms, termsHashOf } from './journal-samples.js'

const times = { notBeforeMs: 1_000, signFromMs: 1_000, signByMs: 2_000 }
const lifeMs = 120_000

/** A person decides, once, about exactly this order. */
export function journalApprovalCases(current: () => JournalCase): void {
  const ask = async (key?: string) => {
    const { record, time } = current()
    const intent = await record({
      approvalExpiresAtMs: time.nowMs() + lifeMs,
      ...(key === undefined ? {} : { key }),
    })
    const { intentId, termsHash } = intent
    return { intent, verdict: { intentId, termsHash, decision: 'approved', by: 'boss' } as const }
  }

  describe('an approval', () => {
    it('is asked for with the intent, and nothing leaves before it', async () => {
      const { journal, time } = current()
      const { intent } = await ask()
      expect(intent).toMatchObject({ state: 'AWAITING_APPROVAL', needsApproval: true })
      expect(await journal.listApprovals({ pendingOnly: true })).toEqual([
        { intent, requestedAtMs: time.nowMs(), expiresAtMs: time.nowMs() + lifeMs },
      ])
      expect(await journal.beginSubmit(intent.intentId, times)).toMatchObject({ kind: 'refused', why: 'state' })
    })

    it('lets the order go once', async () => {
      const { journal } = current()
      const { intent, verdict } = await ask()
      expect(await journal.decideApproval(verdict)).toMatchObject({
        kind: 'recorded',
        intent: { state: 'RESERVED', approvedBy: 'boss' },
      })
      expect(await journal.listApprovals({ pendingOnly: true })).toEqual([])
      expect(await journal.listApprovals()).toMatchObject([{ decision: 'approved', decidedBy: 'boss' }])
      expect(await journal.beginSubmit(intent.intentId, times)).toMatchObject({ kind: 'ticket' })
      expect(await journal.beginSubmit(intent.intentId, times)).toMatchObject({ kind: 'refused' })
    })

    it('serves the next attempt of an order that surely never left', async () => {
      const { journal } = current()
      const { intent, verdict } = await ask()
      await journal.decideApproval(verdict)
      await journal.beginSubmit(intent.intentId, times)
      await journal.apply(intent.intentId, { type: 'not_sent', code: 'ERR_VENUE_AUTH', reason: '401' }, 'desk')
      expect(await journal.beginSubmit(intent.intentId, times)).toMatchObject({ kind: 'ticket' })
    })

    it('denied ends the intent and gives back what it held', async () => {
      const { journal, used } = current()
      const { verdict } = await ask()
      expect(await used('balance:USD')).toBe(500n)
      expect(await journal.decideApproval({ ...verdict, decision: 'denied', reason: 'no' })).toMatchObject({
        kind: 'recorded',
        intent: { state: 'APPROVAL_DENIED', outcomeReason: 'no' },
      })
      expect(await used('balance:USD')).toBe(0n)
    })

    it.each(['approved', 'denied'] as const)('cannot be %s by who asked', async (decision) => {
      const { journal } = current()
      const { intent, verdict } = await ask()
      expect(await journal.decideApproval({ ...verdict, decision, by: 'local' })).toMatchObject({ kind: 'refused' })
      expect(await journal.getIntent(intent.intentId)).toEqual(intent)
    })

    it('cannot be decided twice, not even by two at once', async () => {
      const { journal } = current()
      const { verdict } = await ask()
      const results = await Promise.all([
        journal.decideApproval(verdict),
        journal.decideApproval({ ...verdict, decision: 'denied', by: 'chief' }),
        journal.decideApproval(verdict),
      ])
      expect(results.map((result) => result.kind).sort()).toEqual(['recorded', 'refused', 'refused'])
    })

    it('cannot be given for other terms than those that wait', async () => {
      const { journal } = current()
      const { verdict } = await ask()
      const termsHash = termsHashOf(sampleTerms({ base: '100' }))
      expect(await journal.decideApproval({ ...verdict, termsHash })).toMatchObject({ kind: 'refused' })
      expect(await journal.decideApproval(verdict)).toMatchObject({ kind: 'recorded' })
    })

    it('cannot be given at its last moment or later', async () => {
      const { journal, time } = current()
      const { verdict } = await ask()
      time.step(lifeMs)
      expect(await journal.decideApproval(verdict)).toMatchObject({ kind: 'refused' })
    })

    it('that expires between the verdict and the submit is worth nothing', async () => {
      const { journal, time } = current()
      const { intent, verdict } = await ask()
      time.step(lifeMs - 1)
      expect(await journal.decideApproval(verdict)).toMatchObject({ kind: 'recorded' })
      time.step(1)
      expect(await journal.beginSubmit(intent.intentId, times)).toMatchObject({ kind: 'refused', why: 'approval' })
      const expired = { type: 'approval_expired', reason: 'time is over' } as const
      expect(await journal.apply(intent.intentId, expired, 'desk')).toMatchObject({ state: 'APPROVAL_EXPIRED' })
    })

    it('cannot be decided for what nobody asked about, or what has ended', async () => {
      const { journal, record } = current()
      const { intent, verdict } = await ask()
      await journal.apply(intent.intentId, { type: 'abandoned', reason: 'withdrawn' }, 'desk')
      expect(await journal.decideApproval(verdict)).toMatchObject({ kind: 'refused' })
      const free = await record({ key: 'free' })
      expect(await journal.decideApproval({ ...verdict, intentId: free.intentId })).toMatchObject({ kind: 'refused' })
      expect(await journal.decideApproval({ ...verdict, intentId: 'nobody' })).toMatchObject({ kind: 'refused' })
    })

    it('cannot be given by who asked under other letters', async () => {
      const { journal } = current()
      const { verdict } = await ask()
      expect(await journal.decideApproval({ ...verdict, by: ' Local' })).toMatchObject({ why: 'requester' })
    })
  })

  describe('a code that comes with an approval', () => {
    const step = { stepAt: () => 100 }
    const wrong = { stepAt: () => undefined }

    it('has to come where one is required, and not for a denial', async () => {
      const { journal } = current()
      const { verdict } = await ask()
      expect(await journal.decideApproval({ ...verdict, factorRequired: true })).toMatchObject({ why: 'code_missing' })
      const denied = { ...verdict, decision: 'denied', factorRequired: true } as const
      expect(await journal.decideApproval(denied)).toMatchObject({ kind: 'recorded' })
    })

    it('is looked at by the store’s clock', async () => {
      const { journal, time } = current()
      const { verdict } = await ask()
      const asked: number[] = []
      const factor = { stepAt: (nowMs: number) => asked.push(nowMs) }
      expect(await journal.decideApproval({ ...verdict, factor })).toMatchObject({ kind: 'recorded' })
      expect(asked).toEqual([time.nowMs()])
    })

    it('is good once, for one order, and with it all that came before', async () => {
      const { journal } = current()
      const first = await ask()
      const second = await ask('second')
      expect(await journal.decideApproval({ ...first.verdict, factor: step })).toMatchObject({ kind: 'recorded' })
      expect(await journal.decideApproval({ ...second.verdict, factor: step })).toMatchObject({ why: 'code_used' })
      const earlier = { stepAt: () => 99 }
      expect(await journal.decideApproval({ ...second.verdict, factor: earlier })).toMatchObject({ why: 'code_used' })
      const next = { stepAt: () => 101 }
      expect(await journal.decideApproval({ ...second.verdict, factor: next })).toMatchObject({ kind: 'recorded' })
    })

    it('given to two orders at once lets one of them through', async () => {
      const { journal } = current()
      const { verdict } = await ask()
      const other = (await ask('other')).verdict
      const results = await Promise.all([verdict, other].map((one) => journal.decideApproval({ ...one, factor: step })))
      expect(results.map(({ kind }) => kind).sort()).toEqual(['recorded', 'refused'])
    })

    it('is not used up by an order that could not be approved', async () => {
      const { journal } = current()
      const { verdict } = await ask()
      const other = { ...verdict, termsHash: termsHashOf(sampleTerms({ base: '100' })) }
      expect(await journal.decideApproval({ ...other, factor: step })).toMatchObject({ why: 'terms' })
      expect(await journal.decideApproval({ ...verdict, factor: step })).toMatchObject({ kind: 'recorded' })
    })

    it('locks its approver at the fifth wrong try, whatever the order, and nobody else', async () => {
      const { journal, time } = current()
      const { verdict } = await ask()
      const other = (await ask('other')).verdict
      const tries = [verdict, other]
      for (let turn = 0; turn < FACTOR_TRIES; turn++) {
        const one = tries[turn % 2] ?? verdict
        expect(await journal.decideApproval({ ...one, factor: wrong })).toMatchObject({ why: 'code_wrong' })
      }
      const until = time.nowMs() + FACTOR_LOCK_MS
      for (const by of ['boss', 'Boss ']) {
        expect(await journal.decideApproval({ ...verdict, by, factor: step })).toMatchObject({
          why: 'locked',
          retryAtMs: until,
        })
      }
      expect(await journal.decideApproval({ ...verdict, by: 'chief', factor: step })).toMatchObject({
        kind: 'recorded',
      })
      time.step(FACTOR_LOCK_MS)
      const late = (await ask('late')).verdict
      expect(await journal.decideApproval({ ...late, factor: step })).toMatchObject({ kind: 'recorded' })
    })

    it('leaves each try in the audit, and no code', async () => {
      const { journal } = current()
      const { verdict } = await ask()
      await journal.decideApproval({ ...verdict, factor: wrong })
      await journal.decideApproval({ ...verdict, factor: step })
      const entries = await journal.auditEntries({ intentId: verdict.intentId, limit: 50 })
      const refused = entries.filter(({ type }) => type === 'approval.refused')
      expect(refused.map(({ actor, body }) => [actor, JSON.parse(body)])).toMatchObject([
        ['boss', { decision: 'approved', why: 'code_wrong' }],
      ])
      expect(entries).toHaveLength(3)
    })
  })
}
