const LEAST_PAUSE_MS = 1_000
const MOST_PAUSE_MS = 60_000
/** Above this a number of seconds is a moment, not a span. */
const EPOCH_SECONDS = 1_000_000_000

/**
 * How long to hold back because an answer says that nothing is left: `x-ratelimit-remaining: 0`. The venue does not say
 * whether `x-ratelimit-reset` is a span or a moment, so both are read; never less than a second.
 *
 * @param headers - Lower-case names.
 * @param venueNowMs - Venue time, ms since epoch (UTC).
 * @returns Ms to pause; `undefined` when something is left, or the answer does not say.
 */
export function rateLimitPauseMs(headers: Readonly<Record<string, string>>, venueNowMs: number): number | undefined {
  const remaining = headers['x-ratelimit-remaining']
  if (remaining === undefined || !/^\s*0+(\.0*)?\s*$/.test(remaining)) return undefined
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN)
  const spanMs =
    reset >= EPOCH_SECONDS * 1_000
      ? reset - venueNowMs
      : reset >= EPOCH_SECONDS
        ? reset * 1_000 - venueNowMs
        : reset * 1_000
  return Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, Number.isFinite(spanMs) ? spanMs : 0))
}
