import type { WireCreateOrderResponse } from '@tidegate/coinbase-wire'
import { verdictOf } from '../http/verdict-of.js'

/** Why a create was refused, out of the five fields it can sit in. */
export interface Refusal {
  /** First word that says something: new-order reason, preview reason, `error`, top-level `failure_reason`. */
  readonly reason: string | undefined
  /** The venue's sentence; untrusted text. */
  readonly message: string | undefined
  /** A word is there, but it is the word of a gateway in trouble, not a verdict on the order. */
  readonly isShrug: boolean
  readonly raw: Readonly<Record<string, string | undefined>>
}

/** Normalises the reason of a `success:false`; `UNKNOWN_…` words say nothing and are passed over. */
export function readRefusal(answer: WireCreateOrderResponse): Refusal {
  const error = answer.error_response
  const words = [error?.new_order_failure_reason, error?.preview_failure_reason, error?.error, answer.failure_reason]
  return {
    reason: words.find((word) => verdictOf(word) !== undefined),
    message: [error?.message, error?.error_details].filter(Boolean).join('; ') || undefined,
    isShrug: words.some((word) => word !== undefined && !/^unknown/i.test(word) && verdictOf(word) === undefined),
    raw: {
      new_order_failure_reason: error?.new_order_failure_reason,
      preview_failure_reason: error?.preview_failure_reason,
      error: error?.error,
      failure_reason: answer.failure_reason,
    },
  }
}
