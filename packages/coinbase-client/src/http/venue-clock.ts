import type { Clock } from '@tidegate/trading-model'

/** The venue's time, as far as we have measured it. */
export interface VenueClock {
  /** Venue time, ms since epoch (UTC); our own before the first measurement. */
  nowMs(): number
  /** Venue clock minus ours in ms; `undefined` before the first measurement. */
  skewMs(): number | undefined
  /** Takes one measurement: what the venue's clock said between two moments of ours. */
  observe(venueMs: number, sentAtMs: number, receivedAtMs: number): void
}

/** Keeps the skew between the venue's clock and ours; the last measurement wins. */
export function createVenueClock(clock: Clock): VenueClock {
  let skewMs: number | undefined
  return {
    nowMs: () => clock.nowMs() + (skewMs ?? 0),
    skewMs: () => skewMs,
    observe: (venueMs, sentAtMs, receivedAtMs) => {
      skewMs = Math.round(venueMs - (sentAtMs + receivedAtMs) / 2)
    },
  }
}
