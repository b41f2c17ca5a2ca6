import { type Clock, type Decimal, type Fresh, formatDecimal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'

/** ISO 8601 in UTC with milliseconds. */
export function showTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** `{[name]: text}` when the decimal is known, nothing otherwise: unknown is never shown as 0. */
export function known(name: string, value: Decimal | string | undefined): JsonObject {
  return value === undefined ? {} : { [name]: typeof value === 'string' ? value : formatDecimal(value) }
}

/** `{[name]: time}` when the moment is known. */
export function knownTime(name: string, ms: number | undefined): JsonObject {
  return ms === undefined ? {} : { [name]: showTime(ms) }
}

/** When a value was true and how long ago that is. */
export function showAge(clock: Clock, asOfMs: number): { readonly as_of: string; readonly age_ms: number } {
  return { as_of: showTime(asOfMs), age_ms: Math.max(0, clock.nowMs() - asOfMs) }
}

/**
 * Age and origin of a market value. `delivery` is the specification's word: `realtime` came over the stream or was
 * fetched for this call, `cached` was fetched earlier.
 */
export function showFreshness(fresh: Fresh<unknown>): JsonObject {
  return {
    as_of: showTime(fresh.asOfMs),
    age_ms: Math.round(fresh.ageMs),
    source: fresh.source,
    delivery: fresh.source === 'cache' ? 'cached' : 'realtime',
    stale: fresh.stale,
  }
}

/** Basis points of `part` in `whole`, two digits. */
export function showBps(part: Decimal, whole: Decimal): string | undefined {
  return whole.isZero() ? undefined : formatDecimal(part.div(whole).mul(10_000).toDecimalPlaces(2))
}
