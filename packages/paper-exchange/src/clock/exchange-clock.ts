import { type Clock, InputError, type Timer, type Timers } from '@tidegate/trading-model'

/** How the time of the exchange passes against the time on the wall. */
export type ClockPace =
  | { readonly kind: 'real' }
  /** `speed` seconds of the exchange in one of ours. */
  | { readonly kind: 'accelerated'; readonly speed: number }
  /** Stands still until it is told to go on; from `startMs` (ms since epoch, UTC), or from now. */
  | { readonly kind: 'stepped'; readonly startMs?: number }

/** The one clock of an exchange: market, orders and every timestamp follow it. */
export interface ExchangeClock extends Clock {
  readonly pace: ClockPace
  /**
   * What is stamped on frames as they are sent, ms. With a stepped clock it goes on while the exchange's time stands still, and jumps
   * with it: a client that lives in real time is right to find what it just received fresh. Otherwise the exchange's time.
   */
  sentMs(): number
  /** How far it is wrong, on purpose, in ms. */
  readonly skewMs: number
  /** Sets how far it is wrong; 0 puts it right. Tokens are judged by the wrong time too, as a venue with a wrong clock would. */
  skew(ms: number): void
  /**
   * Lets time pass, in order of what falls due.
   *
   * @throws {InputError} when the pace is not `stepped` or `ms` is not a number from 0.
   */
  advance(ms: number): void
  /** Puts it right, and a stepped one back to where it began. What waits goes on waiting as long as it would have. */
  restart(): void
}

interface Waiting {
  atMs: number
  readonly number: number
  readonly run: () => void
  readonly everyMs?: number
}

/**
 * Makes the exchange's clock and the timers that belong to it, on top of the real ones.
 *
 * @param notBeforeMs - When the exchange was last heard of: a time that does not pass by itself, or passed faster, does not go back.
 * @throws {InputError} for a speed that is not above 0.
 */
export function createExchangeClock(
  base: { readonly clock: Clock; readonly timers: Timers },
  pace: ClockPace = { kind: 'real' },
  notBeforeMs = Number.NEGATIVE_INFINITY,
): { readonly clock: ExchangeClock; readonly timers: Timers } {
  let skewMs = 0
  const openedAtMs = base.clock.nowMs()
  const firstMs = (pace.kind === 'stepped' ? pace.startMs : undefined) ?? openedAtMs
  const startMs = Math.max(firstMs, notBeforeMs)
  const stepped = pace.kind === 'stepped' ? createSteppedTime(startMs, firstMs) : undefined
  const speed = pace.kind === 'accelerated' ? pace.speed : 1
  if (!(speed > 0 && Number.isFinite(speed)))
    throw badInput('speed', 'is not a number above 0', 'Give a number such as 60')
  const trueMs = (): number => {
    if (stepped) return stepped.nowMs()
    return speed === 1 ? base.clock.nowMs() : Math.floor(startMs + (base.clock.nowMs() - openedAtMs) * speed)
  }
  const clock: ExchangeClock = {
    pace,
    nowMs: () => trueMs() + skewMs,
    sentMs: () => trueMs() + skewMs + (stepped ? base.clock.nowMs() - openedAtMs : 0),
    get skewMs() {
      return skewMs
    },
    skew: (ms) => {
      skewMs = ms
    },
    advance(ms) {
      if (!stepped)
        throw badInput('clock', 'goes by itself', 'Start the exchange with a stepped clock to advance it by hand')
      if (!(ms >= 0 && Number.isFinite(ms)))
        throw badInput('advance_ms', 'is not a number from 0', 'Give ms; time does not go back')
      stepped.advance(ms)
    },
    restart() {
      skewMs = 0
      stepped?.restart()
    },
  }
  return { clock, timers: stepped?.timers ?? (speed === 1 ? base.timers : hastened(base.timers, speed)) }
}

function badInput(field: string, problem: string, fix: string): InputError {
  return new InputError([{ field, problem, fix }])
}

function hastened(timers: Timers, speed: number): Timers {
  return {
    after: (ms, run) => timers.after(ms / speed, run),
    every: (ms, run) => timers.every(Math.max(1, ms / speed), run),
    sleep: (ms) => timers.sleep(ms / speed),
  }
}

function createSteppedTime(startMs: number, firstMs: number) {
  let nowMs = startMs
  let count = 0
  const waiting = new Set<Waiting>()
  const add = (atMs: number, run: () => void, everyMs?: number): Timer => {
    let item: Waiting = { atMs, number: count++, run, ...(everyMs === undefined ? {} : { everyMs }) }
    let isCancelled = false
    const own = () => {
      run()
      if (everyMs === undefined || isCancelled) return
      item = { atMs: item.atMs + everyMs, number: count++, run: own, everyMs }
      waiting.add(item)
    }
    item = { ...item, run: own }
    waiting.add(item)
    return {
      cancel: () => {
        isCancelled = true
        waiting.delete(item)
      },
    }
  }
  const timers: Timers = {
    after: (ms, run) => add(nowMs + ms, run),
    every: (ms, run) => add(nowMs + Math.max(1, ms), run, Math.max(1, ms)),
    sleep: (ms) => new Promise((resolve) => add(nowMs + ms, resolve)),
  }
  const nextDue = (untilMs: number): Waiting | undefined => {
    let first: Waiting | undefined
    for (const item of waiting) {
      if (item.atMs > untilMs) continue
      if (!first || item.atMs < first.atMs || (item.atMs === first.atMs && item.number < first.number)) first = item
    }
    return first
  }
  return {
    timers,
    nowMs: () => nowMs,
    restart() {
      const byMs = firstMs - nowMs
      nowMs = firstMs
      for (const item of waiting) item.atMs += byMs
    },
    advance(ms: number) {
      const untilMs = nowMs + ms
      for (let due = nextDue(untilMs); due; due = nextDue(untilMs)) {
        waiting.delete(due)
        nowMs = Math.max(nowMs, due.atMs)
        due.run()
      }
      nowMs = untilMs
    },
  }
}
