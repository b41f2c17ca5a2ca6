import type { Intent, Journal, LimitRow, NewIntent } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe } from 'vitest'
import type { FakeTime } from './fake-runtime.js'
import { journalApprovalCases } from './journal-contract-approvals.js'
import { journalChangeCases } from './journal-contract-changes.js'
import { journalIdempotencyCases } from './journal-contract-idempotency.js'
import { journalLedgerCases } from './journal-contract-ledger.js'
import { journalLifecycleCases } from './journal-contract-lifecycle.js'
import { journalLimitChangeCases } from './journal-contract-limit-changes.js'
import { journalLimitCases } from './journal-contract-limits.js'
import { journalRecordCases } from './journal-contract-records.js'
import { sampleWish, type WishOptions } from './journal-samples.js'

/** One opened, empty journal of environment `paper`, on a clock that the test moves. */
export interface JournalHarness {
  readonly journal: Journal
  readonly time: FakeTime
  /** Opens the same store once more, as a new owner would. Absent where a store cannot be shared. */
  readonly another?: () => Promise<Journal>
  /** Closes everything and throws the store away. */
  readonly dispose: () => Promise<void>
}

/** The journal under test with the helpers that every case needs. */
export interface JournalCase extends JournalHarness {
  /** A wish with fresh ids and the present release epoch. */
  readonly wish: (options?: Partial<WishOptions>) => Promise<NewIntent>
  readonly fresh: () => { readonly intentId: string; readonly clientOrderId: string }
  /** Records a wish that must pass. */
  readonly record: (options?: Partial<WishOptions>) => Promise<Intent>
  /** Records and submits; the ticket is thrown away. */
  readonly submit: (options?: Partial<WishOptions>) => Promise<Intent>
  readonly used: (scope: string, window?: string) => Promise<bigint>
}

/**
 * What every implementation of the {@link Journal} port has to keep.
 *
 * @param open - Opens a new, empty journal for each test.
 */
export function describeJournalContract(name: string, open: () => Promise<JournalHarness>): void {
  describe(`the journal contract on ${name}`, () => {
    let harness: JournalHarness | undefined
    let count = 0

    beforeEach(async () => {
      harness = await open()
    })
    afterEach(async () => {
      await harness?.dispose()
      harness = undefined
    })

    const current = (): JournalCase => {
      if (!harness) throw new Error('no journal is open')
      const opened = harness
      const { journal } = opened
      const fresh = () => {
        count++
        return { intentId: `intent-${count}`, clientOrderId: `client-${count}` }
      }
      const wish = async (options: Partial<WishOptions> = {}): Promise<NewIntent> => {
        const { releaseEpoch } = await journal.limitUsage([])
        return sampleWish({ ...fresh(), releaseEpoch, ...options })
      }
      const record = async (options: Partial<WishOptions> = {}): Promise<Intent> => {
        const result = await journal.recordIntent(await wish(options))
        if (result.kind !== 'recorded') throw new Error(`not recorded: ${JSON.stringify(result)}`)
        return result.intent
      }
      const submit = async (options: Partial<WishOptions> = {}): Promise<Intent> => {
        const { intentId } = await record(options)
        const now = opened.time.nowMs()
        const begun = await journal.beginSubmit(intentId, { notBeforeMs: now, signFromMs: now, signByMs: now + 10_000 })
        if (begun.kind !== 'ticket') throw new Error(`no ticket: ${begun.why}`)
        return begun.intent
      }
      const used = async (scope: string, window = 'open'): Promise<bigint> => {
        const { rows } = await journal.limitUsage([])
        const isRow = (row: LimitRow) => row.scope === scope && row.window === window
        return rows.find(isRow)?.used ?? 0n
      }
      return { ...opened, wish, fresh, record, submit, used }
    }

    journalIdempotencyCases(current)
    journalLimitCases(current)
    journalLifecycleCases(current)
    journalApprovalCases(current)
    journalLedgerCases(current)
    journalRecordCases(current)
    journalLimitChangeCases(current)
    journalChangeCases(current)
  })
}
