import type { SecondFactor } from '../order/second-factor.js'

/**
 * What happened to the limits. `tightened` and `loosened` carry the whole limits of before any overlay, `overlaid` the whole overlay: the
 * newest of each is what counts.
 */
export const LIMIT_CHANGE_KINDS = ['tightened', 'loosened', 'overlaid'] as const
export type LimitChangeKind = (typeof LIMIT_CHANGE_KINDS)[number]

/** A change of the limits, for every gateway on the store to follow. */
export interface LimitChange {
  /** Counts up by one. */
  readonly seq: number
  readonly kind: LimitChangeKind
  /** JSON text, as the gateway wrote it. */
  readonly body: string
  readonly by: string
  /** Ms since epoch. */
  readonly atMs: number
}

/** A change of the limits to be recorded. */
export interface NewLimitChange extends Pick<LimitChange, 'kind' | 'body' | 'by'> {
  /** `seq` of the newest change that was known when this one was decided; 0 before the first. */
  readonly after: number
  /** What the audit says of it; the journal adds `seq` and the fingerprint of the body. */
  readonly audit: { readonly type: string; readonly body: Readonly<Record<string, unknown>> }
  /** Agents whose limits this makes looser: none of them may agree to it. */
  readonly loosens?: readonly string[]
  /** The code that came with it. */
  readonly factor?: SecondFactor
  /** Without a code it is refused. */
  readonly factorRequired?: boolean
}

/** `moved`: another change came first, look at it and decide again. Only a change that could be made lets a code be tried. */
export type LimitRefusal = 'moved' | 'requester' | 'code_missing' | 'code_wrong' | 'code_used' | 'locked'

export type LimitChangeResult =
  | { readonly kind: 'recorded'; readonly change: LimitChange }
  | {
      readonly kind: 'refused'
      readonly why: LimitRefusal
      readonly reason: string
      /** Ms since epoch: no code of this approver is looked at before. */
      readonly retryAtMs?: number
    }
