import type { DeskContext } from '../context.js'

/** Names the one desk among several on a journal that reconciles for all of them. */
export interface ReconcileLease {
  /** Takes or renews it. False while another desk holds it. */
  hold(): Promise<boolean>
}

/** How many of its own turns a holder may miss before another desk takes over. */
const missedTurns = 3

/**
 * @returns The lease. A journal that is not shared has one owner, which always holds it: what a killed predecessor took may still run,
 * and nobody else would reconcile until its end.
 */
export function createReconcileLease({ journal, settings }: DeskContext): ReconcileLease {
  const forMs = settings.openOrdersEveryMs * missedTurns
  return {
    hold: async () => (journal.isShared === true ? ((await journal.takeLease?.('reconcile', forMs)) ?? true) : true),
  }
}
