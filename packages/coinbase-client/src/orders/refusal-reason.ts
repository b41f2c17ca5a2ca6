import type { WireCreateOrderResponse } from '@tidegate/coinbase-wire'

/** Why a create was refused, out of the five fields it can sit in. */
export interface Refusal {
  /** First word that says something: new-order reason, preview reason, `error`, top-level `failure_reason`. */
  readonly reason: string | undefined
  /** The venue's sentence; untrusted text. */
  readonly message: string | undefined
  readonly raw: Readonly<Record<string, string | undefined>>
}

/** Normalises the reason of a `success:false`; `UNKNOWN_…` words say nothing and are passed over. */
export function readRefusal(answer: WireCreateOrderResponse): Refusal {
  const error = answer.error_response
  const words = [error?.new_order_failure_reason, error?.preview_failure_reason, error?.error, answer.failure_reason]
  return {
    reason: words.find((word) => word !== undefined && !/^unknown/i.test(word)),
    message: [error?.message, error?.error_details].filter(Boolean).join('; ') || undefined,
    raw: {
      new_order_failure_reason: error?.new_order_failure_reason,
      preview_failure_reason: error?.preview_failure_reason,
      error: error?.error,
      failure_reason: answer.failure_reason,
    },
  }
}
