import type { Clock, PriceEvent, PriceSource, Timer, Timers } from '@tidegate/trading-model'
import { readTape, type Tape } from './tape.js'

export interface TapePricesOptions {
  /** The tape's text, as {@link recordTape} wrote it. */
  readonly text: string
  /** Shown in the price source's name. */
  readonly name: string
  readonly clock: Clock
  readonly timers: Timers
}

/** A price source that plays a tape. */
export interface TapePrices extends PriceSource {
  readonly tape: Tape
  /** Events still to come; 0 at the end, after which the market stands still. */
  left(): number
}

/**
 * Plays a tape from its start, each event as long after the opening as it was recorded after the start. The events carry the
 * time at which they are played. The same tape gives the same market every time.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT` when the tape is damaged, naming the line.
 */
export function createTapePrices(options: TapePricesOptions): TapePrices {
  const { clock, timers } = options
  const tape = readTape(options.text)
  const { events, header } = tape
  let next = 0
  return {
    name: `tape ${options.name}`,
    tape,
    left: () => events.length - next,
    open(sink) {
      next = 0
      const shiftMs = clock.nowMs() - header.startMs
      let timer: Timer | undefined
      let isClosed = false
      const play = () => {
        const nowMs = clock.nowMs()
        for (;;) {
          const event = events[next]
          if (isClosed || !event) return
          const atMs = event.atMs + shiftMs
          if (atMs > nowMs) {
            timer = timers.after(atMs - nowMs, play)
            return
          }
          next++
          sink(moved(event, atMs))
        }
      }
      play()
      return () => {
        isClosed = true
        timer?.cancel()
      }
    },
  }
}

function moved(event: PriceEvent, atMs: number): PriceEvent {
  return { ...event, atMs }
}
