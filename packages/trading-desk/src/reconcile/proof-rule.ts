import type { Intent } from '@tidegate/trading-model'
import type { ProofSettings } from '../settings.js'

/**
 * First moment (venue time) at which a scan may count as evidence that an order was never accepted: its token has run out even if it
 * was signed at the last moment, the clocks may be off by the margin, and an order taken then has had time to show up.
 */
export function proofMomentMs(intent: Pick<Intent, 'signByMs' | 'updatedAtMs'>, proof: ProofSettings): number {
  const signedByMs = intent.signByMs ?? intent.updatedAtMs
  return signedByMs + proof.tokenLifetimeMs + proof.skewMarginMs + proof.processingMs
}

/** Collects complete scans that did not find an order, until they prove that it does not exist. */
export interface ProofLedger {
  /**
   * @param scanBegunMs - Venue time at which the scan began; scans before the proof moment are worth nothing.
   * @returns A sentence when the order is proven never accepted.
   */
  noteAbsence(intent: Intent, scanBegunMs: number): string | undefined
  forget(intentId: string): void
}

/** @returns A ledger that lives in memory: after a restart the proof starts again. */
export function createProofLedger(proof: ProofSettings): ProofLedger {
  const scans = new Map<string, { readonly firstMs: number; readonly count: number }>()
  return {
    noteAbsence(intent, scanBegunMs) {
      if (scanBegunMs <= proofMomentMs(intent, proof)) return undefined
      const before = scans.get(intent.intentId)
      const now = { firstMs: before?.firstMs ?? scanBegunMs, count: (before?.count ?? 0) + 1 }
      scans.set(intent.intentId, now)
      const spreadMs = scanBegunMs - now.firstMs
      if (now.count < proof.minScans || spreadMs < proof.minSpreadMs) return undefined
      return `not at the venue in ${now.count} complete scans over ${Math.floor(spreadMs / 1000)} s, all after its last token had run out`
    },
    forget(intentId) {
      scans.delete(intentId)
    },
  }
}
