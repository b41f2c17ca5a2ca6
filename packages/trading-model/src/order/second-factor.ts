/** A one-time code as it was given. Its secret stays with whoever made this; the store knows steps only. */
export interface SecondFactor {
  /**
   * The time step the code belongs to, among those that are good at a time.
   *
   * @param nowMs - The store's clock, ms since epoch.
   * @returns `undefined`: the code belongs to none of them.
   */
  stepAt(nowMs: number): number | undefined
}

/** What is kept about the codes of one approver. */
export interface FactorRow {
  /** Step of the last code that was used; 0 before the first. No code of it or of an earlier one is good again. */
  readonly lastStep: number
  /** Wrong tries since the last good code or the last lock. */
  readonly failures: number
  /** Ms since epoch. */
  readonly lockedUntilMs?: number
}

/** Wrong codes after which an approver is locked out, and for how long. */
export const FACTOR_TRIES = 5
export const FACTOR_LOCK_MS = 15 * 60_000

export type FactorVerdict =
  | { readonly ok: true; readonly row: FactorRow }
  | {
      readonly ok: false
      readonly why: 'code_wrong' | 'code_used' | 'locked'
      readonly reason: string
      /** Present while nobody of that name gets in. */
      readonly retryAtMs?: number
      readonly row: FactorRow
    }

/**
 * Judges a code. Whatever the verdict, `row` is what has to be kept, in the same transaction as what the code was given for. A code
 * that was used before counts as a wrong try: whoever shows one has read it from somebody.
 *
 * @param nowMs - The store's clock, ms since epoch.
 */
export function judgeFactor(before: FactorRow | undefined, factor: SecondFactor, nowMs: number): FactorVerdict {
  const row = before ?? { lastStep: 0, failures: 0 }
  const { lockedUntilMs } = row
  if (lockedUntilMs !== undefined && nowMs < lockedUntilMs) {
    const reason = `Too many wrong codes: locked for another ${minutes(lockedUntilMs - nowMs)}`
    return { ok: false, why: 'locked', reason, retryAtMs: lockedUntilMs, row }
  }
  const step = factor.stepAt(nowMs)
  if (step !== undefined && step > row.lastStep) return { ok: true, row: { lastStep: step, failures: 0 } }
  const failures = row.failures + 1
  const why = step === undefined ? 'code_wrong' : 'code_used'
  const what = step === undefined ? 'The code is wrong' : 'The code was used before: wait for the next one'
  if (failures < FACTOR_TRIES) {
    const left = FACTOR_TRIES - failures
    const reason = `${what}; ${left} more ${left === 1 ? 'try' : 'tries'} before a lock of ${minutes(FACTOR_LOCK_MS)}`
    return { ok: false, why, reason, row: { lastStep: row.lastStep, failures } }
  }
  const until = nowMs + FACTOR_LOCK_MS
  return {
    ok: false,
    why,
    reason: `${what}; that was the ${FACTOR_TRIES}th, so this approver is locked for ${minutes(FACTOR_LOCK_MS)}`,
    retryAtMs: until,
    row: { lastStep: row.lastStep, failures: 0, lockedUntilMs: until },
  }
}

function minutes(ms: number): string {
  return ms <= 60_000 ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / 60_000)} min`
}
