import type { Timers } from '@tidegate/trading-model'

/**
 * Waits for `work`, but no longer than `ms`. The work goes on either way.
 *
 * @returns `undefined` when the time was up first.
 */
export async function waitFor<T>(work: Promise<T>, ms: number, timers: Timers): Promise<T | undefined> {
  let giveUp: () => void = () => {}
  const timeUp = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined)
  })
  const timer = timers.after(ms, giveUp)
  try {
    return await Promise.race([work, timeUp])
  } finally {
    timer.cancel()
  }
}
