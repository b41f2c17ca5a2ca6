/** An order for a {@link MatchingBook}. Decimals are plain text. */
export interface MatchOrder {
  /** Unique among the orders that rest. */
  readonly id: string
  readonly side: 'BUY' | 'SELL'
  /** Base units. */
  readonly size: string
  /** Quote units per base unit; absent: a market order. */
  readonly price?: string
  /** `GTC` unless said otherwise. A market order never rests. */
  readonly timeInForce?: 'GTC' | 'IOC' | 'FOK'
  /** Refused rather than traded at once. */
  readonly postOnly?: boolean
  /** Two orders of one account never trade with each other: the one that arrives is cancelled in front of the other. */
  readonly account?: string
}

/** One trade between two orders, at the resting one's price. */
export interface MatchFill {
  /** Counts from 1. */
  readonly number: number
  readonly takerId: string
  readonly makerId: string
  readonly makerSide: 'BUY' | 'SELL'
  /** Quote units per base unit. */
  readonly price: string
  /** Base units. */
  readonly size: string
  /** Base units that the resting order still wants; `"0"` when it is done. */
  readonly makerLeft: string
}

/** Why an order was not taken, or not changed. */
export type RefusalWord =
  | 'DUPLICATE_ID'
  | 'UNKNOWN_ID'
  | 'INVALID_SIZE'
  | 'INVALID_PRICE'
  | 'OUT_OF_RANGE'
  | 'WOULD_TAKE'

/** What became of an order. `filled` and `left` are base units. */
export type MatchAnswer =
  | { readonly kind: 'refused'; readonly id: string; readonly reason: RefusalWord }
  | { readonly kind: 'filled'; readonly id: string; readonly filled: string; readonly fills: readonly MatchFill[] }
  | {
      readonly kind: 'open'
      readonly id: string
      readonly filled: string
      readonly fills: readonly MatchFill[]
      readonly left: string
    }
  | {
      readonly kind: 'cancelled'
      readonly id: string
      readonly why: 'fill-or-kill' | 'own-order' | 'immediate-or-cancel'
      readonly filled: string
      readonly fills: readonly MatchFill[]
      readonly left: string
    }

/**
 * What happens in a book, as it happens: fills first, then what became of the order that made them, in the very object that
 * `place` answers with.
 */
export type MatchEvent =
  | Exclude<MatchAnswer, { readonly kind: 'refused' }>
  | { readonly kind: 'fill'; readonly fill: MatchFill }
  | { readonly kind: 'resized'; readonly id: string; readonly left: string }
  | { readonly kind: 'withdrawn'; readonly id: string; readonly left: string }
