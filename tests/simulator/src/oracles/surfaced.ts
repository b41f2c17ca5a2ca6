import type { ReconcileReport } from '@tidegate/trading-desk'
import type { Intent } from '@tidegate/trading-model'
import type { Refusals } from './refusals.js'

/**
 * Orders that came to be though the exchange had refused them: a copy of the request, held back on its way, was taken after the first
 * one was refused. Nobody can forbid that, and until then REJECTED was true.
 *
 * All that is allowed is the time until the first reconciliation that can see it; from then on it counts, and is cancelled. Without a
 * refusal of the exchange's own there is no such allowance, and none for any other state.
 */
export interface Surfaced {
  /** True when this intent, REJECTED or about to be, may be contradicted by an order for now. */
  allows(intent: Intent): boolean
  /** An order was taken. */
  onAccepted(intent: Intent): void
  /** A process has finished a reconciliation. */
  onReconciled(by: string, report: ReconcileReport): void
}

/** @param listLagMs - How long an order may be missing from the exchange's lists. */
export function createSurfaced(deps: {
  readonly nowMs: () => number
  readonly listLagMs: number
  readonly refusals: Refusals
  readonly stateOf: (intentId: string) => Intent['state'] | undefined
  readonly blame: (invariant: string, problem: string) => void
}): Surfaced {
  const { nowMs, refusals } = deps
  const sinceMs = new Map<string, number>()
  const lastEndMs = new Map<string, number>()
  return {
    allows: ({ intentId }) => sinceMs.has(intentId),
    onAccepted({ intentId, clientOrderId }) {
      if (refusals.hasRefused(clientOrderId)) sinceMs.set(intentId, nowMs())
    },
    onReconciled(by) {
      // One at a time in each process: what ends now began after the one before had ended.
      const begunMs = lastEndMs.get(by)
      lastEndMs.set(by, nowMs())
      if (begunMs === undefined) return
      for (const [intentId, atMs] of sinceMs) {
        if (begunMs > atMs + deps.listLagMs && deps.stateOf(intentId) === 'REJECTED')
          deps.blame('I4', `intent ${intentId} is REJECTED after a reconciliation that could see its order`)
      }
    },
  }
}
