import {
  acceptsChange,
  type Intent,
  type IntentEvent,
  type IntentOrigin,
  OPEN_CHANGE_STATES,
  type RecordResult,
} from '@tidegate/trading-model'
import type { Kysely } from 'kysely'
import { fromIntentRow } from '../codec/intent-row.js'
import type { Database } from '../sql/database.js'

/** Kind, target and what the target had filled: the fields that make an intent a change. */
export function changeFields(
  { change }: IntentOrigin,
  target?: Intent,
): Pick<Intent, 'kind' | 'targetIntentId' | 'targetFilledSize'> {
  if (!change) return { kind: 'order' }
  return {
    kind: change.kind,
    targetIntentId: change.targetIntentId,
    ...(target ? { targetFilledSize: target.filledSize } : {}),
  }
}

/** The change of an intent that may still come true; an index keeps it to one. */
export async function openChangeOf(trx: Kysely<Database>, targetIntentId: string): Promise<Intent | undefined> {
  const row = await trx
    .selectFrom('intents')
    .selectAll()
    .where('target_intent_id', '=', targetIntentId)
    .where('state', 'in', [...OPEN_CHANGE_STATES])
    .executeTakeFirst()
  return row && fromIntentRow(row)
}

/** Why a change may not be recorded now. */
export async function whyNotChanged(
  trx: Kysely<Database>,
  target: Intent,
): Promise<Extract<RecordResult, { kind: 'refused' }> | undefined> {
  if (!acceptsChange(target)) return { kind: 'refused', why: 'target_not_open', intent: target }
  const other = await openChangeOf(trx, target.intentId)
  return other && { kind: 'refused', why: 'target_busy', intent: other }
}

/** The target's side of an edit that came true. */
export function termsChangedBy(edit: Intent): Extract<IntentEvent, { type: 'terms_changed' }> {
  const { intentId, terms, termsHash, worstNotionalUsd, reducesExposure, priceBand } = edit
  return { type: 'terms_changed', byIntentId: intentId, terms, termsHash, worstNotionalUsd, reducesExposure, priceBand }
}
