import type { TradingDesk } from '@tidegate/trading-desk'
import type { Log, Timer, Timers } from '@tidegate/trading-model'

/** Several fills in a row are one look, ms. */
const SETTLE_MS = 250
/** How long a scrape waits for fresh numbers, ms. */
const PATIENCE_MS = 1_000

/** Keeps the gauges of positions and results as they are now, although nobody asks for positions. */
export interface PositionGauges {
  /** Values everything at the present prices; the desk sets the gauges. Never throws, and gives up after a second. */
  refresh(): Promise<void>
  close(): void
}

/** Values positions after every fill, and whenever the numbers are about to be read. */
export function followPositions(desk: TradingDesk, timers: Timers, log: Log): PositionGauges {
  let soon: Timer | undefined
  let running: Promise<void> | undefined
  let isClosed = false
  const value = (): Promise<void> => {
    running ??= desk
      .positions()
      .then(
        () => {},
        (error: unknown) => log.debug('positions_not_valued', { error }),
      )
      .finally(() => {
        running = undefined
      })
    return running
  }
  const stop = desk.listen((event) => {
    if (event.type !== 'fill' || soon || isClosed) return
    soon = timers.after(SETTLE_MS, () => {
      soon = undefined
      void value()
    })
  })
  return {
    async refresh() {
      if (isClosed || !desk.readiness().ready) return
      await Promise.race([value(), timers.sleep(PATIENCE_MS)])
    },
    close() {
      isClosed = true
      stop()
      soon?.cancel()
    },
  }
}
