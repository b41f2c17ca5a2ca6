import type { Clock, Timer, Timers } from '@tidegate/trading-model'

/** Lets a signal through at once, then at most once per `everyMs`; what comes in between is told once, at the end. */
export function throttle(
  clock: Clock,
  timers: Timers,
  everyMs: number,
  run: () => void,
): { readonly signal: () => void; readonly stop: () => void } {
  let lastAtMs = Number.NEGATIVE_INFINITY
  let pending: Timer | undefined
  let stopped = false
  const fire = (): void => {
    pending = undefined
    if (stopped) return
    lastAtMs = clock.nowMs()
    run()
  }
  return {
    signal() {
      if (stopped || pending) return
      const waitMs = lastAtMs + everyMs - clock.nowMs()
      if (waitMs <= 0) fire()
      else pending = timers.after(Math.min(waitMs, everyMs), fire)
    },
    stop() {
      stopped = true
      pending?.cancel()
      pending = undefined
    },
  }
}
