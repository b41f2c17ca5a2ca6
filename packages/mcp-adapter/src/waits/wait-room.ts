import { CallRateError, type Timer, type Timers } from '@tidegate/trading-model'
import type { CallControl } from '../backend.js'
import type { Condition } from './condition.js'

/** Calls of one principal that may wait at the same time. */
const MAX_WAITS_EACH = 8
/** Calls that may wait at the same time, whosoever. */
const MAX_WAITS = 256
/** A wait that timed out is watched on for so long, ms: whoever calls again with its cursor misses nothing in between. */
const KEPT_MS = 120_000
/** Such waits of one principal. */
const MAX_KEPT_EACH = 16
/** How often a waiting caller hears how it stands, and how often stores are looked at again, ms. Hosts give up on silence after a minute. */
const PROGRESS_EVERY_MS = 5_000

/** How a wait ended. */
export type WaitEnd = 'happened' | 'timed_out' | 'stopped'

/** Where calls wait: counted, bounded in time, free to leave. */
export interface WaitRoom {
  /**
   * Waits until the condition holds, time is up, or the caller leaves.
   *
   * @throws {CallRateError} `ERR_CALL_RATE`: the principal, or all together, have as many waits open as there may be.
   */
  wait(principalName: string, condition: Condition, waitMs: number, control?: CallControl): Promise<WaitEnd>
  /** Watches on for {@link KEPT_MS}. @returns The cursor under which {@link WaitRoom.resume} finds it. */
  keep(principalName: string, meaning: string, condition: Condition): string
  /** The condition kept under a cursor, if it is this principal's and has this meaning; it is let go of. */
  resume(principalName: string, meaning: string, cursor: string): Condition | undefined
}

interface Kept {
  readonly meaning: string
  readonly condition: Condition
  readonly letGo: () => void
}

/** Opens an empty room. */
export function createWaitRoom(timers: Timers): WaitRoom {
  const waiting = new Map<string, number>()
  const kept = new Map<string, Map<string, Kept>>()
  let total = 0
  let lastCursor = 0

  const enter = (name: string): (() => void) => {
    const mine = waiting.get(name) ?? 0
    if (mine >= MAX_WAITS_EACH || total >= MAX_WAITS) {
      throw new CallRateError(
        mine >= MAX_WAITS_EACH
          ? `${name} has ${mine} calls waiting; it may have ${MAX_WAITS_EACH} at a time`
          : `${total} calls are waiting; there may be ${MAX_WAITS} at a time`,
        PROGRESS_EVERY_MS,
        { hint: 'let one of them end, or cancel it; order://active and tickers can be subscribed to instead' },
      )
    }
    waiting.set(name, mine + 1)
    total++
    return () => {
      total--
      const left = (waiting.get(name) ?? 1) - 1
      if (left > 0) waiting.set(name, left)
      else waiting.delete(name)
    }
  }

  return {
    async wait(name, condition, waitMs, control) {
      const leave = enter(name)
      try {
        return await untilEnd(timers, condition, waitMs, control)
      } finally {
        leave()
      }
    },
    keep(name, meaning, condition) {
      const mine = kept.get(name) ?? new Map<string, Kept>()
      kept.set(name, mine)
      const [oldest] = mine.values()
      if (oldest && mine.size >= MAX_KEPT_EACH) oldest.letGo()
      const cursor = `w${++lastCursor}`
      const stopWatching = condition.watch(() => {})
      const timer = timers.after(KEPT_MS, () => letGo())
      const letGo = (): void => {
        timer.cancel()
        stopWatching()
        mine.delete(cursor)
        if (mine.size === 0 && kept.get(name) === mine) kept.delete(name)
      }
      mine.set(cursor, { meaning, condition, letGo })
      return cursor
    },
    resume(name, meaning, cursor) {
      const found = kept.get(name)?.get(cursor)
      if (found?.meaning !== meaning) return undefined
      found.letGo()
      return found.condition
    },
  }
}

function untilEnd(
  timers: Timers,
  condition: Condition,
  waitMs: number,
  { signal, progress }: CallControl = {},
): Promise<WaitEnd> {
  return new Promise((resolve) => {
    const timersHeld: Timer[] = []
    let stopWatching: (() => void) | undefined
    let ended = false
    const end = (how: WaitEnd): void => {
      if (ended) return
      ended = true
      for (const timer of timersHeld) timer.cancel()
      stopWatching?.()
      signal?.removeEventListener('abort', stop)
      resolve(how)
    }
    const stop = (): void => end('stopped')
    const look = (): void => {
      if (condition.known().happened) end('happened')
    }
    let toldMs = -1
    const tell = (done: number): void => {
      if (ended || done <= toldMs) return
      toldMs = done
      progress?.({ done, total: waitMs, message: condition.known().words })
    }

    if (signal?.aborted) return end('stopped')
    look()
    if (ended) return
    stopWatching = condition.watch(look)
    // What came between the first look and the watch is seen now; a watch may also have told its value at once.
    look()
    if (ended) return stopWatching()
    if (waitMs === 0) return end('timed_out')
    signal?.addEventListener('abort', stop)
    timersHeld.push(timers.after(waitMs, () => end('timed_out')))
    let ticks = 0
    timersHeld.push(
      timers.every(PROGRESS_EVERY_MS, () => {
        ticks++
        void condition.lookAgain?.().then(look, () => {})
        tell(Math.min(ticks * PROGRESS_EVERY_MS, waitMs))
      }),
    )
    tell(0)
  })
}
