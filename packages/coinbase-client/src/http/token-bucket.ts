import type { Clock, Timer, Timers } from '@tidegate/trading-model'

interface Waiter {
  readonly weight: number
  readonly urgent: boolean
  readonly run: () => void
}

/** Tokens that refill steadily, up to one second's worth. */
export interface TokenBucket {
  /** Resolves when `weight` tokens were taken; urgent takers go first and alone may spend the reserve. */
  take(weight: number, urgent: boolean): Promise<void>
  /** Nothing leaves for `ms`. */
  pause(ms: number): void
  /** Half the size and half the refill for `ms`, counted from the last call. */
  slow(ms: number): void
}

/** Makes a full bucket of `perSecond` tokens, of which `urgentShare` (0 to 1) is kept for urgent takers. */
export function createTokenBucket(
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  perSecond: number,
  urgentShare: number,
): TokenBucket {
  let tokens = perSecond
  let refilledAtMs = clock.nowMs()
  let pausedUntilMs = 0
  /** Tokens a second and most tokens: one number, halved while slow. */
  let size = perSecond
  let speedUp: Timer | undefined
  let timer: Timer | undefined
  const urgentQueue: Waiter[] = []
  const queue: Waiter[] = []

  function refill(): void {
    const nowMs = clock.nowMs()
    // A clock that stepped back adds nothing; it must not take anything away either, nor make a
    // pause longer than by what passed since the last look.
    pausedUntilMs -= Math.max(0, refilledAtMs - nowMs)
    tokens = Math.min(size, tokens + (Math.max(0, nowMs - refilledAtMs) * size) / 1000)
    refilledAtMs = nowMs
  }

  function resize(to: number): void {
    refill()
    size = to
    tokens = Math.min(tokens, size)
    drain()
  }

  function needOf(waiter: Waiter): number {
    const floor = waiter.urgent ? 0 : size * urgentShare
    return Math.min(waiter.weight, size - floor) + floor
  }

  function drain(): void {
    timer?.cancel()
    timer = undefined
    refill()
    for (;;) {
      const lane = urgentQueue.length > 0 ? urgentQueue : queue
      const next = lane[0]
      if (!next) return
      const waitMs = Math.max(pausedUntilMs - clock.nowMs(), ((needOf(next) - tokens) * 1000) / size)
      if (waitMs > 1e-6) {
        timer = timers.after(Math.max(1, Math.ceil(waitMs)), drain)
        return
      }
      lane.shift()
      tokens -= Math.min(next.weight, size)
      next.run()
    }
  }

  return {
    take: (weight, urgent) =>
      new Promise((resolve) => {
        ;(urgent ? urgentQueue : queue).push({ weight, urgent, run: resolve })
        drain()
      }),
    pause: (ms) => {
      refill()
      pausedUntilMs = Math.max(pausedUntilMs, clock.nowMs() + ms)
      drain()
    },
    slow: (ms) => {
      speedUp?.cancel()
      speedUp = timers.after(ms, () => {
        speedUp = undefined
        resize(perSecond)
      })
      resize(perSecond / 2)
    },
  }
}
