import { type Intent, isTerminal, type SpooledCancel } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { cancelEventOf } from '../pipeline/send-cancel.js'

/**
 * Brings the cancels that were spooled while the journal failed into it, in order: an audit entry for each, and its event where the
 * intent is known. Each is taken off the spool once it is in; a crash in between imports one twice, under the same `spool_id`.
 *
 * @returns How many were imported.
 * @throws {StoreError} The journal still fails; what was not imported stays spooled.
 */
export async function importSpooledCancels(context: DeskContext): Promise<number> {
  const { cancelSpool, journal, log } = context
  if (!cancelSpool) return 0
  let imported = 0
  for (let entry = cancelSpool.pending()[0]; entry; entry = cancelSpool.pending()[0]) {
    const intent = await intentOf(context, entry)
    const { spoolId, atMs, by, what, orderId, reason } = entry
    await journal.audit({
      actor: by,
      type: 'cancel_spooled',
      ...(intent ? { intentId: intent.intentId } : {}),
      body: { spool_id: spoolId, at_ms: atMs, what, order_id: orderId ?? null, reason: reason ?? null },
    })
    if (intent && !isTerminal(intent.state)) {
      const event =
        what === 'requested'
          ? ({ type: 'cancel_requested', by } as const)
          : cancelEventOf({ orderId: orderId ?? '', outcome: what, ...(reason === undefined ? {} : { reason }) })
      await context.apply(intent.intentId, event, by, { ignoreIllegal: true })
    }
    cancelSpool.drop(1)
    imported++
  }
  if (imported > 0) log.info('cancels_imported', { count: imported })
  return imported
}

async function intentOf({ journal }: DeskContext, entry: SpooledCancel): Promise<Intent | undefined> {
  const named = entry.intentId === undefined ? undefined : await journal.getIntent(entry.intentId)
  return named ?? (entry.orderId === undefined ? undefined : await journal.findByVenueOrderId(entry.orderId))
}
