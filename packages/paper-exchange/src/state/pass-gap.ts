import type { PriceEvent } from '@tidegate/trading-model'
import type { ExchangeEngine } from '../engine/exchange-engine.js'
import type { Gap } from '../engine/records.js'

/** A price source that can tell what happened while nobody was listening. */
export interface PriceReplay {
  /**
   * Events of these books in order of time, `(fromMs, toMs]`, beginning with a snapshot each.
   *
   * @returns `undefined` when it does not know that time.
   */
  replay(bookIds: readonly string[], fromMs: number, toMs: number): Iterable<PriceEvent> | undefined
}

/**
 * Brings the live orders over the time in which the exchange did not run: worked through it where the price source knows what
 * happened, marked as having slept through it either way (R9).
 */
export function passGap(
  engine: ExchangeEngine,
  gap: Gap,
  replay: PriceReplay['replay'] | undefined,
): { readonly orderIds: readonly string[]; readonly isReplayed: boolean } {
  const live = [...engine.state.live.values()]
  const books = new Set(live.map((order) => engine.market(order.terms.productId)?.bookId ?? order.terms.productId))
  const events = live.length > 0 && gap.toMs > gap.fromMs ? replay?.([...books], gap.fromMs, gap.toMs) : undefined
  const orderIds = engine.markGap({ ...gap, isReplayed: events !== undefined })
  if (events) {
    engine.replay(events)
    // From here on somebody looks: a restart must not replay this again.
    engine.watch()
  }
  return { orderIds, isReplayed: events !== undefined }
}
