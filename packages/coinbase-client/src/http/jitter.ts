import type { Random } from '@tidegate/trading-model'

/** How long to wait between attempts: doubling from `baseMs` up to `maxMs`, of which a random share is taken. */
export interface Backoff {
  readonly baseMs: number
  readonly maxMs: number
}

/**
 * The wait before attempt `attempt + 1`, in ms: a random moment in the upper half of the doubled delay, so that clients
 * that failed together do not come back together.
 *
 * @param attempt - 0 for the first failure.
 */
export function jitteredDelayMs(random: Random, attempt: number, backoff: Backoff): number {
  const ceiling = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(attempt, 30))
  const [high = 0, low = 0] = random.bytes(2)
  return Math.round(ceiling / 2 + (ceiling / 2) * ((high * 256 + low) / 65_535))
}
