import { NEW_ORDER_FAILURE_REASONS, PREVIEW_FAILURE_REASONS } from '@tidegate/coinbase-wire'
import type { Refusal } from '../engine/validate-order.js'

const newOrderReasons: ReadonlySet<string> = new Set(NEW_ORDER_FAILURE_REASONS)
const previewReasons: ReadonlySet<string> = new Set(PREVIEW_FAILURE_REASONS)

/** Why a create was refused, in the fields in which captured answers carry it. */
export interface WireErrorResponse {
  readonly error: string
  readonly message: string
  readonly error_details: string
  readonly preview_failure_reason?: string
  readonly new_order_failure_reason?: string
}

/**
 * Spreads a reason over the fields as the venue does: a preview reason stands in `preview_failure_reason`, and in `error` under its
 * new-order name where it has one; an engine reason stands in `error` and `new_order_failure_reason`.
 */
export function toErrorResponse({ reason, message }: Refusal): WireErrorResponse {
  if (!reason.startsWith('PREVIEW_')) {
    return { error: reason, message, error_details: '', new_order_failure_reason: reason }
  }
  const twin = reason.slice('PREVIEW_'.length)
  return {
    error: newOrderReasons.has(twin) ? twin : 'UNKNOWN_FAILURE_REASON',
    message,
    error_details: '',
    preview_failure_reason: reason,
  }
}

/** The word that a preview's `errs` uses for a reason. */
export function previewReason(reason: string): string {
  const twin = `PREVIEW_${reason}`
  return reason.startsWith('PREVIEW_') || !previewReasons.has(twin) ? reason : twin
}
