import { type Intent, InvariantError, type ModeRow, type NewIntent, type RecordResult } from '@tidegate/trading-model'
import type { JournalContext } from '../context.js'
import { mustHaveRoom } from '../disk-room.js'
import { countRate } from '../limits/count-rate.js'
import { takeBesideTarget } from '../limits/hold-changes.js'
import { insertReservations, takeReservations } from '../limits/take-reservations.js'
import { forbids, modesAndEpoch, strictest } from '../records/modes.js'
import { mustBeAudited, Undo, type WriteTx, write } from '../write.js'
import { changeFields, whyNotChanged } from './change-target.js'
import { judgeEarlier, wishHashOf } from './find-earlier.js'
import { insertIntent, loadIntent } from './store-intent.js'

/** Transaction 1: see {@link Journal.recordIntent}. */
export async function recordIntent(ctx: JournalContext, wanted: NewIntent): Promise<RecordResult> {
  mustBeAudited(ctx)
  mustHaveRoom(ctx)
  return await write<RecordResult>(ctx, async (tx) => {
    const found = await modesAndEpoch(tx.trx, wanted, tx.nowMs)
    const earlier = await judgeEarlier(tx.trx, wanted, tx.nowMs, found.earlier)
    if (earlier) return earlier
    const changed = await whatChanged(tx, wanted, found)
    if (changed !== undefined) return { kind: 'lost_race', what: changed }
    const target = wanted.change && (await loadIntent(tx.trx, wanted.change.targetIntentId)).intent
    const refusal = target && (await whyNotChanged(tx.trx, target))
    if (refusal) return refusal
    const intent = newIntent(ctx, wanted, tx.nowMs, target)
    const { reservations } = wanted.order
    const claim = target
      ? await takeBesideTarget(tx, intent, target, reservations)
      : await takeReservations(tx, reservations)
    if ('full' in claim) throw new Undo<RecordResult>({ kind: 'lost_race', what: claim.full })
    // Again, now that the rows are ours: what another gateway released before we took them came with a new epoch.
    const outdated = outOfDate(wanted, await tx.releaseEpochAtHead())
    if (outdated !== undefined) throw new Undo<RecordResult>({ kind: 'lost_race', what: outdated })
    await insertIntent(tx, intent, {
      bookProductId: wanted.bookProductId,
      wishHash: wishHashOf(wanted),
      actor: wanted.principal,
      type: 'intent.recorded',
      body: { instance: ctx.instanceId, worst_notional_usd: intent.worstNotionalUsd, reservations: claim.taken },
      decision: { policyVersion: wanted.policyVersion, input: wanted.decisionInput },
    })
    insertReservations(tx, intent.intentId, claim.taken)
    if (intent.key !== undefined) useKey(tx, intent, intent.key, wishHashOf(wanted))
    if (intent.approvalExpiresAtMs !== undefined) requestApproval(tx, intent, intent.approvalExpiresAtMs)
    return { kind: 'recorded', intent }
  })
}

function outOfDate(wanted: NewIntent, epoch: number): string | undefined {
  if (epoch === wanted.releaseEpoch) return undefined
  return `something was released or filled since the snapshot (epoch ${epoch})`
}

async function whatChanged(
  tx: WriteTx,
  wanted: NewIntent,
  { modes, epoch }: { readonly modes: readonly ModeRow[]; readonly epoch: number },
): Promise<string | undefined> {
  const outdated = outOfDate(wanted, epoch)
  if (outdated !== undefined) return outdated
  const mode = strictest(modes, {
    productIds: [wanted.order.terms.productId, wanted.bookProductId ?? wanted.order.terms.productId],
    principal: wanted.principal,
  })
  if (forbids(mode, wanted.order.reducesExposure)) return `the mode is ${mode}`
  for (const rate of wanted.rates) {
    const { count } = await countRate(tx.trx, rate, tx.nowMs)
    if (count + 1 > rate.cap) return `order rate of ${rate.scope}: ${count} in ${rate.windowMs} ms, at most ${rate.cap}`
  }
  return undefined
}

function newIntent(ctx: JournalContext, wanted: NewIntent, nowMs: number, target?: Intent): Intent {
  const { order, approvalExpiresAtMs } = wanted
  if (order.needsApproval && approvalExpiresAtMs === undefined) {
    throw new InvariantError(`Intent ${wanted.intentId} needs an approval that never expires`, {
      hint: 'set approvalExpiresAtMs',
    })
  }
  const needsApproval = approvalExpiresAtMs !== undefined
  return {
    intentId: wanted.intentId,
    clientOrderId: wanted.clientOrderId,
    ...changeFields(wanted, target),
    environment: ctx.environment,
    account: wanted.account,
    principal: wanted.principal,
    ...(wanted.key === undefined ? {} : { key: wanted.key }),
    terms: order.terms,
    termsHash: wanted.termsHash,
    state: needsApproval ? 'AWAITING_APPROVAL' : 'RESERVED',
    cancel: 'none',
    worstNotionalUsd: order.worstNotionalUsd,
    needsApproval,
    reducesExposure: order.reducesExposure,
    priceBand: order.priceBand,
    ...(needsApproval ? { approvalExpiresAtMs } : {}),
    filledSize: '0',
    filledValue: '0',
    totalFees: '0',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    version: 1,
  }
}

function useKey(tx: WriteTx, intent: Intent, key: string, wishHash: string): void {
  tx.later(
    tx.trx.insertInto('idempotency_keys').values({
      principal: intent.principal,
      idempotency_key: key,
      intent_id: intent.intentId,
      terms_hash: wishHash,
      created_at_ms: BigInt(tx.nowMs),
    }),
  )
}

function requestApproval(tx: WriteTx, intent: Intent, expiresAtMs: number): void {
  tx.later(
    tx.trx.insertInto('approvals').values({
      intent_id: intent.intentId,
      terms_hash: intent.termsHash,
      requested_by: intent.principal,
      requested_at_ms: BigInt(tx.nowMs),
      expires_at_ms: BigInt(expiresAtMs),
    }),
  )
}
