import type { SpooledCancel } from '@tidegate/trading-model'
import { type DeskContext, describeError } from '../context.js'

/**
 * Writes down on the local disk what the journal would not take about a cancel. Never throws: with the disk gone as well the cancel
 * goes out all the same, and only the log knows.
 */
export function spoolCancel(context: DeskContext, entry: Omit<SpooledCancel, 'spoolId' | 'atMs'>): void {
  const { cancelSpool, clock, ids, log, metrics } = context
  if (!cancelSpool) return
  try {
    cancelSpool.append({ spoolId: ids.uuid(), atMs: clock.nowMs(), ...entry })
    metrics.count('cancels_spooled_total')
  } catch (error) {
    log.error('cancel_not_spooled', { order_id: entry.orderId ?? '', error: describeError(error) })
  }
}
