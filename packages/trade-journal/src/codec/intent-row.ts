import {
  CANCEL_STATES,
  deserializeTerms,
  ENVIRONMENTS,
  INTENT_KINDS,
  INTENT_STATES,
  type Intent,
  readDecimal,
  StoreError,
  serializeTerms,
} from '@tidegate/trading-model'
import { z } from 'zod'
import { cleanText } from '../sql/clean-text.js'
import type { IntentsTable } from '../sql/database.js'
import { canonicalJson } from './canonical-json.js'
import { sha256 } from './digest.js'
import { flagColumn, intColumn, present, readRow } from './read-row.js'

const decimalColumn = z.string().refine((text) => readDecimal(text) !== undefined, 'is no decimal')

const intentRow = z.object({
  intent_id: z.string(),
  client_order_id: z.string(),
  environment: z.enum(ENVIRONMENTS),
  account: z.string(),
  principal: z.string(),
  idempotency_key: z.string().nullable(),
  terms: z.string(),
  terms_hash: z.string(),
  state: z.enum(INTENT_STATES),
  cancel_state: z.enum(CANCEL_STATES),
  worst_notional_usd: decimalColumn,
  needs_approval: flagColumn,
  reduces_exposure: flagColumn,
  price_band_low: decimalColumn,
  price_band_high: decimalColumn,
  approval_expires_at_ms: intColumn.nullable(),
  approved_by: z.string().nullable(),
  venue_order_id: z.string().nullable(),
  not_before_ms: intColumn.nullable(),
  sign_by_ms: intColumn.nullable(),
  filled_size: decimalColumn,
  filled_value: decimalColumn,
  total_fees: decimalColumn,
  average_filled_price: decimalColumn.nullable(),
  outcome_code: z.string().nullable(),
  outcome_reason: z.string().nullable(),
  created_at_ms: intColumn,
  updated_at_ms: intColumn,
  version: intColumn,
  kind: z.enum(INTENT_KINDS),
  target_intent_id: z.string().nullable(),
  target_filled_size: decimalColumn.nullable(),
})

/** Columns that the lifecycle never changes. */
export interface IntentPlace {
  readonly ordinal: number
  readonly bookProductId: string
  /** What repeats are recognised by: an order keeps it when an edit changes its terms. `null` in rows older than that. */
  readonly wishHash: string | null
}

/** The intent as its row; text is cleaned so that it reads back as written. */
export function toIntentRow(intent: Intent, place: IntentPlace): IntentsTable {
  return {
    intent_id: intent.intentId,
    ordinal: BigInt(place.ordinal),
    client_order_id: cleanText(intent.clientOrderId),
    environment: intent.environment,
    account: cleanText(intent.account),
    principal: cleanText(intent.principal),
    idempotency_key: text(intent.key),
    product_id: intent.terms.productId,
    book_product_id: place.bookProductId,
    terms: serializeTerms(intent.terms),
    terms_hash: intent.termsHash,
    state: intent.state,
    cancel_state: intent.cancel,
    worst_notional_usd: intent.worstNotionalUsd,
    needs_approval: intent.needsApproval ? 1n : 0n,
    reduces_exposure: intent.reducesExposure ? 1n : 0n,
    price_band_low: intent.priceBand.low,
    price_band_high: intent.priceBand.high,
    approval_expires_at_ms: int(intent.approvalExpiresAtMs),
    approved_by: text(intent.approvedBy),
    venue_order_id: text(intent.venueOrderId),
    not_before_ms: int(intent.notBeforeMs),
    sign_by_ms: int(intent.signByMs),
    filled_size: intent.filledSize,
    filled_value: intent.filledValue,
    total_fees: intent.totalFees,
    average_filled_price: text(intent.averageFilledPrice),
    outcome_code: text(intent.outcomeCode),
    outcome_reason: text(intent.outcomeReason),
    created_at_ms: BigInt(intent.createdAtMs),
    updated_at_ms: BigInt(intent.updatedAtMs),
    version: BigInt(intent.version),
    kind: intent.kind,
    target_intent_id: intent.targetIntentId ?? null,
    target_filled_size: intent.targetFilledSize ?? null,
    wish_hash: place.wishHash,
  }
}

/** @throws StoreError `ERR_STORE_CORRUPT` when the row is nothing we wrote. */
export function fromIntentRow(stored: unknown): Intent {
  const row = readRow(intentRow, stored, 'intents')
  if (sha256(row.terms) !== row.terms_hash) {
    throw new StoreError('ERR_STORE_CORRUPT', `The terms of intent ${row.intent_id} are not those that were recorded`)
  }
  return {
    intentId: row.intent_id,
    kind: row.kind,
    clientOrderId: row.client_order_id,
    environment: row.environment,
    account: row.account,
    principal: row.principal,
    terms: deserializeTerms(row.terms),
    termsHash: row.terms_hash,
    state: row.state,
    cancel: row.cancel_state,
    worstNotionalUsd: row.worst_notional_usd,
    needsApproval: row.needs_approval,
    reducesExposure: row.reduces_exposure,
    priceBand: { low: row.price_band_low, high: row.price_band_high },
    filledSize: row.filled_size,
    filledValue: row.filled_value,
    totalFees: row.total_fees,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    version: row.version,
    ...present({
      key: row.idempotency_key,
      approvalExpiresAtMs: row.approval_expires_at_ms,
      approvedBy: row.approved_by,
      venueOrderId: row.venue_order_id,
      notBeforeMs: row.not_before_ms,
      signByMs: row.sign_by_ms,
      averageFilledPrice: row.average_filled_price,
      outcomeCode: row.outcome_code,
      outcomeReason: row.outcome_reason,
      targetIntentId: row.target_intent_id,
      targetFilledSize: row.target_filled_size,
    }),
  }
}

/**
 * Fingerprint of a whole row, kept in the audit entry of each change: an edit past the journal shows. Columns of later migrations
 * count when they say something, so that entries written before them still fit their rows.
 */
export function intentRowDigest(row: Readonly<Partial<Record<keyof IntentsTable, unknown>>>): string {
  const { kind, target_intent_id, target_filled_size, wish_hash, ...first } = row
  const later = { kind: kind === 'order' ? null : kind, target_intent_id, target_filled_size, wish_hash }
  return sha256(canonicalJson({ ...first, ...present(later) }))
}

function int(value: number | undefined): bigint | null {
  return value === undefined ? null : BigInt(value)
}

function text(value: string | undefined): string | null {
  return value === undefined ? null : cleanText(value)
}
