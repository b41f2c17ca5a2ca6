import {
  type BeginSubmitResult,
  type Intent,
  letsChangeGo,
  SubmitTicket,
  type SubmitTimes,
  serializeTerms,
} from '@tidegate/trading-model'
import { useApproval } from '../approvals/use-approval.js'
import type { JournalContext } from '../context.js'
import { mustHaveRoom } from '../disk-room.js'
import { isFenced } from '../records/instances.js'
import { hasLapsed } from '../records/leases.js'
import { allModes, forbids, strictest } from '../records/modes.js'
import { mustBeAudited, type WriteTx, write } from '../write.js'
import { loadIntent } from './store-intent.js'
import { transition } from './transition.js'

type Begun = { readonly kind: 'begun'; readonly intent: Intent; readonly targetOrderId?: string | undefined }
type Refused = Extract<BeginSubmitResult, { kind: 'refused' }>

/** Transaction 2: see {@link Journal.beginSubmit}. The ticket is minted after the commit has returned, never before. */
export async function beginSubmit(
  ctx: JournalContext,
  intentId: string,
  times: SubmitTimes,
): Promise<BeginSubmitResult> {
  mustBeAudited(ctx)
  mustHaveRoom(ctx)
  const result = await write<Refused | Begun>(ctx, async (tx) => await begin(ctx, tx, intentId, times))
  if (result.kind === 'refused') return result
  const { intent, targetOrderId } = result
  const ticket = SubmitTicket.mint({
    intentId: intent.intentId,
    clientOrderId: intent.clientOrderId,
    terms: intent.terms,
    frozenTerms: serializeTerms(intent.terms),
    signFromMs: times.signFromMs,
    signByMs: times.signByMs,
    ...(targetOrderId === undefined ? {} : { targetOrderId }),
  })
  return { kind: 'ticket', ticket, intent }
}

async function begin(ctx: JournalContext, tx: WriteTx, intentId: string, times: SubmitTimes): Promise<Refused | Begun> {
  // Behind the lock of the mode row: a kill switch either stands before this transaction or waits for its end.
  const modes = await allModes(tx.trx)
  const stored = await loadIntent(tx.trx, intentId)
  const { intent } = stored
  const mayNot = (await isFenced(tx.trx, ctx.instanceId)) || (await hasLapsed(tx.trx, ctx.instanceId, tx.nowMs))
  if (mayNot) return { kind: 'refused', why: 'fence', intent }
  if (intent.state !== 'RESERVED') return { kind: 'refused', why: 'state', intent }
  const mode = strictest(modes, {
    productIds: [intent.terms.productId, stored.bookProductId],
    principal: intent.principal,
  })
  if (forbids(mode, intent.reducesExposure)) return { kind: 'refused', why: 'mode', intent, mode }
  const target =
    intent.targetIntentId === undefined ? undefined : (await loadIntent(tx.trx, intent.targetIntentId)).intent
  if (target && !letsChangeGo(intent, target)) return { kind: 'refused', why: 'target', intent }
  if (intent.needsApproval && !(await useApproval(tx, intent))) return { kind: 'refused', why: 'approval', intent }
  const { notBeforeMs, signByMs } = times
  const event = { type: 'submit_begun', notBeforeMs, signByMs } as const
  const begun = await transition(tx, stored, event, {
    actor: intent.principal,
    note: { instance: ctx.instanceId, ...(intent.needsApproval ? { approval: 'consumed' } : {}) },
  })
  return { kind: 'begun', intent: begun, targetOrderId: intent.kind === 'edit' ? target?.venueOrderId : undefined }
}
