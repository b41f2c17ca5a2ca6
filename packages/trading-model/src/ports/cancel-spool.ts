/** One thing known about a cancel that the journal could not take when it happened. */
export interface SpooledCancel {
  /** Names the entry, so that one imported twice after a crash is recognised. */
  readonly spoolId: string
  readonly atMs: number
  /** Name of the principal, or `desk`. */
  readonly by: string
  /** `requested`: the wish, written before the request leaves. The others are what the venue said. */
  readonly what: 'requested' | 'accepted' | 'refused' | 'unknown'
  /** The venue's id of the order; absent while the order is in doubt. */
  readonly orderId?: string
  readonly intentId?: string
  /** The venue's words; untrusted. */
  readonly reason?: string
}

/**
 * Where cancels are written down while the journal fails: a local file that outlives the process. A store that is down must neither
 * keep an order alive nor make its cancel forgotten; the entries are imported into the journal, in order, once it works again.
 */
export interface CancelSpool {
  /**
   * On disk when it returns.
   *
   * @throws {Error} The disk's own, when it cannot be written.
   */
  append(entry: SpooledCancel): void
  /** Oldest first. */
  pending(): readonly SpooledCancel[]
  /** The oldest `count` entries have reached the journal. */
  drop(count: number): void
}
