import type { DeskContext } from './context.js'

/** Executions come in bursts; the gauges follow this long after the first, ms. */
const settleMs = 1_000

/**
 * Keeps position and result gauges current: after executions and after every reconciliation.
 *
 * @param read - Reads the positions, which sets the gauges.
 * @returns The way to stop.
 */
export function reportBusiness(context: DeskContext, read: () => Promise<unknown>): () => void {
  let scheduled = false
  return context.listen((event) => {
    if (scheduled || (event.type !== 'fill' && event.type !== 'reconciled')) return
    scheduled = true
    context.after(settleMs, () => {
      scheduled = false
      context.background('gauges_failed', read())
    })
  })
}
