import type { TradingDesk } from '@tidegate/trading-desk'
import type { Journal, Log, Metrics } from '@tidegate/trading-model'

/** Between two looks, ms. */
export const CHECK_RECORDS_MS = 86_400_000

/**
 * Derives everything again that the store says of itself: the audit chain, each intent from its log, each limit from its reservations.
 * A store that disagrees with itself can neither be trusted to count limits nor be mended by a program: the account halts, and a person
 * looks.
 *
 * @throws {StoreError} The store could not be read; nothing was concluded.
 */
export async function checkRecords(deps: {
  readonly journal: Journal
  readonly desk: TradingDesk
  readonly log: Log
  readonly metrics: Metrics
}): Promise<void> {
  const { journal, desk, log, metrics } = deps
  const verdict = await journal.verifyAudit()
  if (verdict.ok) {
    log.info('records_checked', { entries: verdict.entries })
    return
  }
  const problem = verdict.problem ?? 'the audit log does not add up'
  log.error('records_differ', { problem, first_bad: verdict.firstBad ?? null })
  metrics.count('records_differ_total')
  await desk.setMode({
    principal: { name: 'gateway', role: 'admin' },
    scope: 'account',
    mode: 'HALTED',
    reason: `the records do not add up: ${problem}`,
  })
}
