import type { DeskContext } from '../context.js'

/** Names the one desk among several on a journal that reconciles for all of them. */
export interface ReconcileLease {
  /** Takes or renews it. False while another desk holds it. */
  hold(): Promise<boolean>
}

/** How many of its own turns a holder may miss before another desk takes over. */
const missedTurns = 3

/** @returns The lease; a journal without leases has one owner, which always holds it. */
export function createReconcileLease({ journal, settings }: DeskContext): ReconcileLease {
  const forMs = settings.openOrdersEveryMs * missedTurns
  return { hold: async () => (await journal.takeLease?.('reconcile', forMs)) ?? true }
}
