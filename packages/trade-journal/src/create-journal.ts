import {
  type AuditEntry,
  InvariantError,
  type Journal,
  type NewIntent,
  type NewLimitChange,
  type NewVerdict,
} from '@tidegate/trading-model'
import { decideApproval } from './approvals/decide-approval.js'
import { listApprovals } from './approvals/list-approvals.js'
import { factorScope } from './approvals/use-factor.js'
import type { NewEntry } from './audit/audit-chain.js'
import { exportNewestHead } from './audit/export-newest.js'
import { listEntries } from './audit/list-entries.js'
import { rotateKey } from './audit/rotate-key.js'
import { verifyAudit } from './audit/verify-audit.js'
import { intentEntryTypes } from './audit/verify-records.js'
import { backup } from './backup/backup.js'
import { clientOrderId } from './client-order-id.js'
import { closeJournal } from './close-journal.js'
import type { JournalContext } from './context.js'
import { adoptExternal } from './intents/adopt-external.js'
import { applyEvent } from './intents/apply-event.js'
import { beginSubmit } from './intents/begin-submit.js'
import { findEarlierWish } from './intents/find-earlier.js'
import { decisionInput, findIntent } from './intents/find-intent.js'
import { listDecisions } from './intents/list-decisions.js'
import { listIntents } from './intents/list-intents.js'
import { recordDenial } from './intents/record-denial.js'
import { recordIntent } from './intents/record-intent.js'
import { limitUsage } from './limits/limit-usage.js'
import { listReservations } from './limits/list-reservations.js'
import { dayMarks, markDay } from './records/day-marks.js'
import { listFills, recordFills } from './records/fills.js'
import { takeLease } from './records/leases.js'
import { changeLimits, LIMITS_SCOPE, limitChanges } from './records/limit-changes.js'
import { modes, setMode } from './records/modes.js'
import { listOrphans } from './records/orphans.js'
import { recordPolicy } from './records/policy-versions.js'
import { findToken, listTokens, noteTokenUse, revokeToken, saveToken } from './records/tokens.js'
import type { Locks } from './sql/engine.js'
import { read, write } from './write.js'

/**
 * The {@link Journal} port over one open store: each method is the verb in the file of its name. What a verb reads in order to
 * decide about it is locked here, before its first statement.
 */
export function createJournal(ctx: JournalContext): Journal {
  const locking = (locks: Locks): JournalContext => ({ ...ctx, locks })
  return {
    instanceId: ctx.instanceId,
    isShared: ctx.engine.dialect === 'postgres',
    takeLease: async (name, forMs) => await takeLease(ctx, name, forMs),
    listOrphans: async () => await listOrphans(ctx),
    clientOrderIdFor: (wish) => clientOrderId(ctx.deploySecret, ctx.environment, wish),

    recordIntent: async (intent) => await recordIntent(locking(locksOf(intent)), intent),
    recordDenial: async (denied) => await recordDenial(ctx, denied),
    findEarlier: async (wish) =>
      await read(ctx, async (trx) => await findEarlierWish(trx, wish, await ctx.engine.nowMs(trx))),
    beginSubmit: async (intentId, times) => await beginSubmit(locking({ modes: 'share', intentId }), intentId, times),
    apply: async (intentId, event, actor, options) =>
      await applyEvent(locking({ intentId }), intentId, event, actor, options),
    decideApproval: async (verdict) => await decideApproval(locking(locksOfVerdict(verdict)), verdict),
    listApprovals: async (filter) => await listApprovals(ctx, filter),
    adoptExternal: async (order) => await adoptExternal(ctx, order),

    getIntent: async (id) => await findIntent(ctx, 'intent_id', id),
    findByVenueOrderId: async (id) => await findIntent(ctx, 'venue_order_id', id),
    findByClientOrderId: async (id) => await findIntent(ctx, 'client_order_id', id),
    listIntents: async (query) => await listIntents(ctx, query),
    decisions: async (query) => await listDecisions(ctx, query),
    decisionInput: async (intentId) => await decisionInput(ctx, intentId),

    recordFills: async (fills) => await recordFills(ctx, fills),
    listFills: async (query) => await listFills(ctx, query),
    limitUsage: async (rates) => await limitUsage(ctx, rates),
    reservations: async (intentId) => await listReservations(ctx, intentId),
    modes: async () => await modes(ctx),
    setMode: async (change) => await setMode(locking({ modes: 'update' }), change),
    markDay: async (mark) => await markDay(ctx, mark),
    dayMarks: async (sinceDay) => await dayMarks(ctx, sinceDay),
    recordPolicy: async (version, text) => await recordPolicy(ctx, version, text),
    changeLimits: async (change) => await changeLimits(locking(locksOfLimits(change)), change),
    limitChanges: async (query) => await limitChanges(ctx, query),

    audit: async (entry) => await freeEntry(ctx, entry),
    auditEntries: async (query) => await listEntries(ctx, query),
    verifyAudit: async () => await verifyAudit(ctx),
    exportHead: async () => await exportNewestHead(ctx),
    rotateAuditKey: async (by) => await rotateKey(ctx, by),

    ...(ctx.engine.copyTo === undefined ? {} : { backup: async (folder: string) => await backup(ctx, folder) }),
    saveToken: async (token) => await saveToken(locking({ scopes: [`agent:${token.principal}`] }), token),
    findToken: async (hash) => await findToken(ctx, hash),
    listTokens: async () => await listTokens(ctx),
    revokeToken: async (hash, by) => await revokeToken(ctx, hash, by),
    noteTokenUse: async (hash) => await noteTokenUse(ctx, hash),
    close: async () => await closeJournal(ctx),
  }
}

/** Who records in a rate scope counts there alone; a principal's wishes come one by one, so that a repeat sees the first. */
function locksOf({ principal, rates, change }: NewIntent): Locks {
  const scopes = [`agent:${principal}`, ...rates.map((rate) => rate.scope)]
  return change ? { scopes, intentId: change.targetIntentId } : { scopes }
}

/** The codes of one approver are judged one by one, whatever order they are for. */
function locksOfVerdict({ intentId, by, factor }: NewVerdict): Locks {
  return factor ? { scopes: [factorScope(by)], intentId } : { intentId }
}

/** Changes of the limits come one by one, and so do the codes of one approver, whatever they are for. */
function locksOfLimits({ by, factor }: NewLimitChange): Locks {
  return { scopes: factor ? [LIMITS_SCOPE, factorScope(by)] : [LIMITS_SCOPE] }
}

async function freeEntry(ctx: JournalContext, entry: NewEntry): Promise<AuditEntry> {
  if (intentEntryTypes.includes(entry.type))
    throw new InvariantError(`Entries of type ${entry.type} are the journal's own`)
  return await write(ctx, async (tx) => await tx.audit(entry))
}
