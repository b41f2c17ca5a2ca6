import { BaseError, type Log, type PriceSource, type Timer, type Timers } from '@tidegate/trading-model'
import type { ExchangeEngine } from './engine/exchange-engine.js'
import type { ResumablePrices } from './prices/tape-prices.js'

/** Lets time and market act on an engine. */
export interface ExchangeWorld {
  /** Opens the prices and lets time pass. */
  start(): void
  stop(): void
}

const watchEveryMs = 10_000
const slowTickMs = 200
/** Fine enough for delays of tens of ms. */
const fastTickMs = 20

/** @param options - `isDurable`: notes regularly that somebody looks, and since when the prices go, for the next start. */
export function createExchangeWorld(options: {
  readonly engine: ExchangeEngine
  readonly prices: PriceSource & Partial<ResumablePrices>
  readonly timers: Timers
  readonly log: Log
  readonly hasDelays: boolean
  readonly isDurable: boolean
}): ExchangeWorld {
  const { engine, prices, timers, log } = options
  let running: readonly Timer[] = []
  let closePrices = () => {}

  function stop(): void {
    closePrices()
    closePrices = () => {}
    for (const timer of running) timer.cancel()
    running = []
  }

  /** A stopped engine throws at every touch: say so once, instead of dying in a timer. */
  function guarded(run: () => void): void {
    try {
      run()
    } catch (error) {
      stop()
      const why = BaseError.isInstance(error) ? error.shortMessage : String(error)
      log.error('paper_exchange_stopped', { why })
    }
  }

  function notePrices(): void {
    const openedAtMs = prices.openedAtMs?.()
    const noted = engine.state.pricesOpened
    if (openedAtMs === undefined || (noted?.source === prices.name && noted.openedAtMs === openedAtMs)) return
    engine.notePrices(prices.name, openedAtMs)
  }

  return {
    start() {
      const every = (ms: number, run: () => void) => timers.every(ms, () => guarded(run))
      running = [every(options.hasDelays ? fastTickMs : slowTickMs, () => engine.advance())]
      // Without it a restart would take quiet hours for a gap.
      if (options.isDurable) running = [...running, every(watchEveryMs, () => engine.watch())]
      closePrices = prices.open((event) => guarded(() => engine.onPrice(event)))
      if (options.isDurable) guarded(notePrices)
    },
    stop,
  }
}
