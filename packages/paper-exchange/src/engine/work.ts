import type { Ids } from '@tidegate/trading-model'
import type { BookSide } from './displayed-book.js'
import type { ExchangeState } from './exchange-state.js'
import type { PublicTrade } from './market.js'
import type { Effect, FillRecord, OrderRecord } from './records.js'

/** What the outside hears, after the journal has it. Orders are copies as of that moment. */
export type EngineEvent =
  | { readonly kind: 'order'; readonly order: OrderRecord }
  | { readonly kind: 'fill'; readonly fill: FillRecord }
  | { readonly kind: 'level'; readonly bookId: string; readonly side: BookSide; readonly ticks: number }
  | { readonly kind: 'trade'; readonly trade: PublicTrade }

/**
 * One command or one piece of news, worked off as a whole: its effects are applied at once, written to the journal together,
 * and only then told to anybody.
 */
export class Work {
  readonly effects: Effect[] = []
  readonly events: EngineEvent[] = []
  /** Parents whose fresh fills are to get their bracket. */
  readonly toAttach = new Set<OrderRecord>()

  constructor(
    readonly state: ExchangeState,
    readonly ids: Ids,
    readonly nowMs: number,
    /** Where evidence comes from. */
    readonly priceSource: string,
  ) {}

  apply(effect: Effect): void {
    this.state.apply(effect)
    this.effects.push(effect)
  }

  noteOrder(order: OrderRecord): void {
    this.events.push({ kind: 'order', order: { ...order } })
  }

  noteLevel(bookId: string, side: BookSide, ticks: number): void {
    this.events.push({ kind: 'level', bookId, side, ticks })
  }
}
