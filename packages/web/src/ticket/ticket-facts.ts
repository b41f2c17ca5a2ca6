import type { Fields } from '../shared/read-fields.js'

/** What is known of one call: its arguments, its answer, and what was read of the order since. */
export interface TicketFacts {
  readonly args: Fields
  readonly content: Fields
  /** Findings and terms that came beside the answer, for pages. */
  readonly beside: Fields
  /** The order as `get_orders` showed it last. */
  readonly order: Fields
  /** There was an answer, whether or not this page can read it. */
  readonly isAnswered: boolean
  readonly isCancelled: boolean
}

export const noFacts: TicketFacts = {
  args: {},
  content: {},
  beside: {},
  order: {},
  isAnswered: false,
  isCancelled: false,
}

/** Who may let an order go, and until when. Nothing on the page can. */
export interface ApprovalView {
  readonly expiresAtMs: number | undefined
  readonly isWaiting: boolean
  /** What is typed at a terminal to see and decide it. */
  readonly command: string
  readonly hash: string
  /** Where the approver logs in, as text. */
  readonly address: string
  readonly approvedBy: string
}
