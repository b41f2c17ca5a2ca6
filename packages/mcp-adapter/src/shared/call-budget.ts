import { CallRateError, type Clock } from '@tidegate/trading-model'

/** How often principals may call. Kept in memory: it bounds what an agent costs this process, not what it may trade. */
export interface CallBudget {
  /**
   * Counts one call.
   *
   * @throws {CallRateError} `ERR_CALL_RATE`: as many as it may were made in the last 60 s; says when the next will pass. Such a call
   * does not count.
   */
  take(name: string): void
}

/** A minute, and the second that a call may have begun late in. */
const WINDOW_S = 61
/** Beyond this the counts of those who have not called for a minute are dropped. */
const MAX_NAMES = 1_000

interface Count {
  /** Calls by second, the second modulo the window. */
  readonly bySecond: Uint32Array
  lastS: number
  sum: number
}

/**
 * Makes an empty budget: at most so many calls in any 60 s, counted by whole seconds towards the strict side.
 *
 * @param most - Calls per minute by principal; `undefined` for no bound.
 */
export function createCallBudget(clock: Clock, most: (name: string) => number | undefined): CallBudget {
  const counts = new Map<string, Count>()

  const countOf = (name: string, nowS: number): Count => {
    const known = counts.get(name)
    if (known) {
      forget(known, nowS)
      return known
    }
    if (counts.size >= MAX_NAMES) {
      for (const [other, { lastS }] of counts) if (nowS - lastS > WINDOW_S) counts.delete(other)
    }
    const fresh: Count = { bySecond: new Uint32Array(WINDOW_S), lastS: nowS, sum: 0 }
    counts.set(name, fresh)
    return fresh
  }

  return {
    take(name) {
      const cap = most(name)
      if (cap === undefined) return
      const nowMs = clock.nowMs()
      const nowS = Math.floor(nowMs / 1_000)
      const count = countOf(name, nowS)
      if (count.sum >= cap) {
        const waitMs = Math.max(1, freeAtS(count, cap, nowS) * 1_000 - nowMs)
        throw new CallRateError(`${name} made ${count.sum} calls in the last 60 s; it may make ${cap}`, waitMs, {
          hint: `wait ${Math.ceil(waitMs / 1_000)} s and call again; cancels and halt_trading are always let through`,
        })
      }
      const slot = nowS % WINDOW_S
      count.bySecond[slot] = (count.bySecond[slot] ?? 0) + 1
      count.sum++
    },
  }
}

/** Drops the seconds that have left the window. A clock that was set back keeps what it has. */
function forget(count: Count, nowS: number): void {
  const passed = Math.min(nowS - count.lastS, WINDOW_S)
  for (let step = 1; step <= passed; step++) {
    const slot = (count.lastS + step) % WINDOW_S
    count.sum -= count.bySecond[slot] ?? 0
    count.bySecond[slot] = 0
  }
  count.lastS = Math.max(count.lastS, nowS)
}

/** The second in which enough of the oldest calls have left the window for one more. */
function freeAtS(count: Count, cap: number, nowS: number): number {
  let left = count.sum
  for (let ago = WINDOW_S - 1; ago >= 0; ago--) {
    const second = count.lastS - ago
    left -= count.bySecond[((second % WINDOW_S) + WINDOW_S) % WINDOW_S] ?? 0
    if (left < cap) return second + WINDOW_S
  }
  return nowS + WINDOW_S
}
