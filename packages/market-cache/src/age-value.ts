import type { Fresh } from '@tidegate/trading-model'

/** A value as it is kept: when the source said it, and when it reached us. */
export interface Kept<T> {
  readonly value: T
  /** Venue time, ms since epoch (UTC). */
  readonly asOfMs: number
  /** Our time, ms since epoch (UTC). */
  readonly receivedAtMs: number
  readonly source: Fresh<T>['source']
}

/**
 * Age of a kept value in ms. The venue's clock may run ahead of ours, which would make old data look new:
 * so nothing is younger than the time since it arrived. What arrived later than now came before our own clock was put back: how long
 * ago nobody knows, so it is older than any bound.
 */
export function ageOf(kept: Kept<unknown>, nowMs: number): number {
  if (kept.receivedAtMs > nowMs) return Number.MAX_SAFE_INTEGER
  return Math.max(nowMs - kept.asOfMs, nowMs - kept.receivedAtMs, 0)
}

/** Hands out a kept value with its age; `stale` when older than `boundMs` or when `isBroken`. */
export function toFresh<T>(kept: Kept<T>, nowMs: number, boundMs: number, isBroken = false): Fresh<T> {
  const ageMs = ageOf(kept, nowMs)
  return {
    value: kept.value,
    asOfMs: kept.asOfMs,
    ageMs,
    source: kept.source,
    stale: isBroken || ageMs > boundMs,
  }
}
