import { lengthOfTime } from './plain-text.js'

/** How old a value is, as a page may say it. */
export interface DataAge {
  readonly ms: number
  readonly words: string
  readonly isOld: boolean
}

/**
 * Age of what is shown, now. Pages are opened again with old answers and clocks differ: of what the server said plus the
 * time since, and of what the wall clock says, the larger one counts.
 *
 * @param given - As the answer says: `asOfMs` by the server's clock, `ageMs` when it was sent.
 * @param receivedMs - When the answer came, by the page's clock.
 * @param oldAfterMs - From this age on the value is called old.
 */
export function dataAge(
  given: { readonly asOfMs: number | undefined; readonly ageMs: number | undefined },
  receivedMs: number,
  nowMs: number,
  oldAfterMs: number,
): DataAge | undefined {
  const sinceSent = given.ageMs === undefined ? undefined : given.ageMs + Math.max(0, nowMs - receivedMs)
  const byClock = given.asOfMs === undefined ? undefined : nowMs - given.asOfMs
  if (sinceSent === undefined && byClock === undefined) return undefined
  const ms = Math.max(0, sinceSent ?? 0, byClock ?? 0)
  return { ms, words: lengthOfTime(ms), isOld: ms > oldAfterMs }
}
