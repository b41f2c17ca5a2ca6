import type { Clock, PriceEvent, PriceSource, Timer, Timers } from '@tidegate/trading-model'
import type { ListedProduct } from '../products.js'
import type { PriceReplay } from '../state/pass-gap.js'
import { createShownBooks } from './shown-books.js'
import { readTape, type Tape } from './tape.js'

export interface TapePricesOptions {
  /** The tape's text, as {@link recordTape} wrote it. */
  readonly text: string
  /** Shown in the price source's name. */
  readonly name: string
  readonly clock: Clock
  readonly timers: Timers
}

/** A price source that was begun at a moment and can be taken up again where it would be by now. */
export interface ResumablePrices {
  /** Goes on as if it had been opened at that moment: the next {@link PriceSource.open} takes it up where it would be. */
  resumeFrom(openedAtMs: number): void
  /** The moment that it counts from; `undefined` before it is opened. */
  openedAtMs(): number | undefined
}

/** A price source that plays a tape. */
export interface TapePrices extends PriceSource, PriceReplay, ResumablePrices {
  readonly tape: Tape
  /** The products of the tape as it knows them; `undefined` on a tape that was recorded without. */
  readonly products: readonly ListedProduct[] | undefined
  /** Events still to come; 0 at the end, after which the market stands still. */
  left(): number
}

/**
 * Plays a tape from its start, each event as long after the opening as it was recorded after the start. The events carry the
 * time at which they are played. The same tape gives the same market every time.
 *
 * Taken up again ({@link ResumablePrices.resumeFrom}), it goes on where it would be by now, and tells of the time between; a tape that
 * has come to its end meanwhile starts over.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT` when the tape is damaged, naming the line.
 */
export function createTapePrices(options: TapePricesOptions): TapePrices {
  const { clock, timers } = options
  const tape = readTape(options.text)
  const { events, header } = tape
  let next = 0
  let openedAtMs: number | undefined
  let resumedAtMs: number | undefined
  const lengthMs = (events.at(-1)?.atMs ?? header.startMs) - header.startMs

  function open(sink: (event: PriceEvent) => void): () => void {
    const nowMs = clock.nowMs()
    next = 0
    const wanted = resumedAtMs
    resumedAtMs = undefined
    const isUnderWay = wanted !== undefined && wanted <= nowMs && wanted + lengthMs > nowMs
    const from = isUnderWay ? wanted : nowMs
    openedAtMs = from
    const shiftMs = from - header.startMs
    let timer: Timer | undefined
    let isClosed = false
    const play = () => {
      const playedMs = clock.nowMs()
      for (;;) {
        const event = events[next]
        if (isClosed || !event) return
        const atMs = event.atMs + shiftMs
        if (atMs > playedMs) {
          timer = timers.after(atMs - playedMs, play)
          return
        }
        next++
        sink(moved(event, atMs))
      }
    }
    if (isUnderWay) {
      const books = createShownBooks()
      for (let event = events[next]; event && event.atMs + shiftMs <= nowMs; event = events[++next]) books.take(event)
      for (const snapshot of books.snapshots(nowMs)) sink(snapshot)
    }
    play()
    return () => {
      isClosed = true
      timer?.cancel()
    }
  }

  function* between(bookIds: readonly string[], fromMs: number, toMs: number, shiftMs: number): Iterable<PriceEvent> {
    const books = createShownBooks()
    let isBegun = false
    for (const event of events) {
      const atMs = event.atMs + shiftMs
      if (atMs > toMs) break
      if (!bookIds.includes(event.productId)) continue
      if (atMs <= fromMs) {
        books.take(event)
        continue
      }
      if (!isBegun) yield* books.snapshots(fromMs)
      isBegun = true
      yield moved(event, atMs)
    }
    if (!isBegun) yield* books.snapshots(fromMs)
  }

  return {
    name: `tape ${options.name}`,
    tape,
    products: header.products,
    left: () => events.length - next,
    open,
    resumeFrom: (atMs) => {
      resumedAtMs = atMs
    },
    openedAtMs: () => openedAtMs,
    replay(bookIds, fromMs, toMs) {
      // Before its beginning and behind its end the tape knows nothing.
      const beganAtMs = resumedAtMs ?? openedAtMs
      if (beganAtMs === undefined || fromMs < beganAtMs || fromMs > beganAtMs + lengthMs) return undefined
      return between(bookIds, fromMs, toMs, beganAtMs - header.startMs)
    },
  }
}

function moved(event: PriceEvent, atMs: number): PriceEvent {
  return { ...event, atMs }
}
