import type { Clock, Log, Metrics, Timer, Timers } from '@tidegate/trading-model'

export interface BookResyncOptions {
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
  /** Takes the product's book off the stream and asks for it again. */
  readonly renew: (venueId: string) => void
}

/** Asks for new snapshots of books that went bad, without a new connection. */
export interface BookResync {
  /** At once the first time; a book that goes bad again and again is asked for ever more rarely. */
  ask(venueId: string, reason: string): void
  /** The connection is gone: the next one brings snapshots of all. */
  reset(): void
}

const firstPauseMs = 1_000
const longestPauseMs = 60_000

interface Patient {
  pauseMs: number
  notBeforeMs: number
  waiting: Timer | undefined
}

/**
 * Makes the one place that decides when a bad book is asked for again. A book that stayed good for as long as its last pause twice
 * over begins anew.
 */
export function createBookResync({ clock, timers, log, metrics, renew }: BookResyncOptions): BookResync {
  const patients = new Map<string, Patient>()

  function run(venueId: string, patient: Patient): void {
    patient.waiting = undefined
    patient.notBeforeMs = clock.nowMs() + patient.pauseMs
    metrics.count('websocket_book_resyncs_total', { product: venueId })
    renew(venueId)
  }

  return {
    ask(venueId, reason) {
      const nowMs = clock.nowMs()
      const patient = patients.get(venueId) ?? { pauseMs: 0, notBeforeMs: nowMs, waiting: undefined }
      patients.set(venueId, patient)
      if (patient.waiting) return
      const hasBeenGood = nowMs - patient.notBeforeMs >= patient.pauseMs
      patient.pauseMs = hasBeenGood ? firstPauseMs : Math.min(patient.pauseMs * 2, longestPauseMs)
      const waitMs = Math.max(0, patient.notBeforeMs - nowMs)
      log.info('book_resync', { product_id: venueId, reason, in_ms: waitMs })
      if (waitMs === 0) run(venueId, patient)
      else patient.waiting = timers.after(waitMs, () => run(venueId, patient))
    },
    reset() {
      for (const patient of patients.values()) {
        patient.waiting?.cancel()
        patient.waiting = undefined
      }
    },
  }
}
