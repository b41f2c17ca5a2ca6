import type { DenialCode } from '../errors/codes.js'

/** One reason why we said no: machine fields first, a sentence for the reader last. A value, not an error. */
export interface Denial {
  readonly code: DenialCode
  /** The rule's limit as a decimal string, or a word where the rule has no number. */
  readonly limit: string
  /** What the order would have made it. */
  readonly actual: string
  /** `USD`, `BTC`, `%`, `orders/min`, `ms`, or `state`. */
  readonly unit: string
  readonly message: string
  /** What would pass, where that can be said: an instruction such as `"reduce quote_size to 912.40"`. */
  readonly cure?: string
}
