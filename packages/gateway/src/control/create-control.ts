import { isAbsolute } from 'node:path'
import type { JsonObject } from '@tidegate/mcp-adapter'
import type { TradingDesk } from '@tidegate/trading-desk'
import {
  type Clock,
  ConfigError,
  InputError,
  type Journal,
  type Mode,
  NotFoundError,
  type Principal,
  type Random,
} from '@tidegate/trading-model'
import { z } from 'zod'
import type { AgentDirectory } from '../access/agent-directory.js'
import { type ApprovalDoor, showRefusal } from '../approvals/approval-door.js'
import type { IdentifyApprover } from '../approvals/identify-approver.js'
import type { ControlApi, Health } from '../gateway.js'
import type { PolicyReload } from './policy-reload.js'
import { policyVerbs } from './policy-verbs.js'
import { showIntent, showQuarantine } from './show-intent.js'
import { tokenVerbs } from './token-verbs.js'

/** A person at the operator's door: approves and loosens, places nothing. */
const OPERATOR: Principal = { name: 'operator', role: 'admin' }

const noArguments = z.strictObject({})
const modeArguments = z.strictObject({
  /** `account`, `product:BTC-USD` or `agent:NAME`. */
  scope: z.string().max(200).default('account'),
  reason: z.string().max(500).default('asked at the operator’s door'),
})
const settleArguments = z.strictObject({
  id: z.string().min(1).max(200),
  verdict: z.enum(['accept', 'gone']).optional(),
  force: z.boolean().optional(),
  reason: z.string().min(1).max(500).optional(),
})
const verdictArguments = z.strictObject({
  intent_id: z.string().min(1).max(100),
  /** Of what was read: an approval names it. */
  terms_hash: z.string().max(64).optional(),
  /** Who decides. Absent: the operator. */
  name: z.string().min(1).max(40).optional(),
  code: z.string().max(20).optional(),
  reason: z.string().max(500).optional(),
})

export interface ControlDeps {
  readonly desk: TradingDesk
  readonly journal: Journal
  readonly agents: AgentDirectory
  readonly limits: PolicyReload
  readonly identify: IdentifyApprover
  readonly approvals: ApprovalDoor
  readonly random: Random
  readonly clock: Clock
  readonly health: () => Promise<Health>
}

/**
 * Makes the operator's door over a desk and its journal.
 *
 * @throws NotFoundError for an unknown verb, InputError for wrong arguments, and what the desk throws.
 */
export function createControl(deps: ControlDeps): ControlApi {
  const { desk, journal, health, approvals } = deps
  const setMode = async (args: JsonObject, mode: Mode): Promise<JsonObject> => {
    const { scope, reason } = parse(modeArguments, args)
    const row = await desk.setMode({ principal: OPERATOR, scope, mode, reason })
    return { scope: row.scope, mode: row.mode, by: row.by, reason: row.reason, at: new Date(row.atMs).toISOString() }
  }

  const decide = async (args: JsonObject, decision: 'approved' | 'denied'): Promise<JsonObject> => {
    const { intent_id: intentId, terms_hash: termsHash, name, code, reason } = parse(verdictArguments, args)
    const answer = await approvals.decide(
      { kind: 'operator', ...(name === undefined ? {} : { name }) },
      {
        intentId,
        decision,
        ...(termsHash === undefined ? {} : { termsHash: termsHash.toLowerCase() }),
        ...(code === undefined ? {} : { code }),
        ...(reason === undefined ? {} : { reason }),
      },
    )
    if (answer.ok) return { ok: true, decision, by: answer.by, intent: showIntent(answer.intent) }
    return showRefusal(answer)
  }

  const verbs: Readonly<Record<string, (args: JsonObject) => Promise<JsonObject>>> = {
    async status(args) {
      parse(noArguments, args)
      const [state, modes, waiting] = await Promise.all([health(), desk.modes(), desk.listApprovals(true)])
      return {
        ...state,
        policyVersion: desk.policy.version,
        modes: modes.map((row) => ({ scope: row.scope, mode: row.mode, by: row.by, reason: row.reason })),
        pendingApprovals: waiting.length,
      }
    },
    halt: (args) => setMode(args, 'HALTED'),
    reduce_only: (args) => setMode(args, 'REDUCE_ONLY'),
    resume: (args) => setMode(args, 'ACTIVE'),
    async approvals_list(args) {
      const { pending_only: pendingOnly } = parse(z.strictObject({ pending_only: z.boolean().default(true) }), args)
      return { approvals: await approvals.list(pendingOnly) }
    },
    approvals_approve: (args) => decide(args, 'approved'),
    approvals_deny: (args) => decide(args, 'denied'),
    async order_settle(args) {
      const { id, verdict, force, reason } = parse(settleArguments, args)
      const view = await desk.settleQuarantine({
        principal: OPERATOR,
        id,
        ...(verdict === undefined ? {} : { verdict }),
        ...(force === undefined ? {} : { force }),
        ...(reason === undefined ? {} : { reason }),
      })
      return showQuarantine(view)
    },
    async audit_verify(args) {
      parse(noArguments, args)
      const verdict = await journal.verifyAudit()
      return {
        ok: verdict.ok,
        entries: verdict.entries,
        head: verdict.head,
        firstBad: verdict.firstBad ?? null,
        problem: verdict.problem ?? null,
      }
    },
    async audit_rotate_key(args) {
      parse(noArguments, args)
      if (!journal.rotateAuditKey) {
        throw new ConfigError('ERR_CONFIG_INVALID', 'This store signs no heads, so there is no key to change', {
          hint: 'open the store itself: a journal of SQLite or PostgreSQL',
        })
      }
      const { seq, from, to } = await journal.rotateAuditKey(OPERATOR.name)
      return { ok: true, seq, from, to }
    },
    async audit_show(args) {
      const query = parse(
        z.strictObject({
          from_seq: z.number().int().min(0).optional(),
          intent_id: z.string().max(100).optional(),
          limit: z.number().int().min(1).max(1_000).default(100),
        }),
        args,
      )
      const entries = await journal.auditEntries({
        limit: query.limit,
        ...(query.from_seq === undefined ? {} : { fromSeq: query.from_seq }),
        ...(query.intent_id === undefined ? {} : { intentId: query.intent_id }),
      })
      return {
        entries: entries.map((entry) => ({
          seq: entry.seq,
          at: new Date(entry.atMs).toISOString(),
          actor: entry.actor,
          type: entry.type,
          intent_id: entry.intentId ?? null,
          body: JSON.parse(entry.body) as JsonObject,
          hash: entry.hash,
        })),
      }
    },
    async backup(args) {
      const { folder } = parse(z.strictObject({ folder: z.string().min(1).max(1_000) }), args)
      if (!isAbsolute(folder))
        throw new InputError([{ field: 'folder', problem: 'is no absolute path', fix: 'name it from the root' }])
      if (!journal.backup) {
        throw new ConfigError('ERR_CONFIG_INVALID', 'A store on PostgreSQL is backed up with pg_dump', {
          hint: 'dump the database first, then copy audit-heads.jsonl and audit-heads.jsonl.key: see docs/backup.md',
        })
      }
      const report = await journal.backup(folder)
      return { ok: true, folder: report.folder, files: [...report.files], entries: report.entries, head: report.head }
    },
    ...policyVerbs({
      journal,
      policyFor: (name) => (name === undefined ? desk.policy : desk.policyFor(name)),
      agents: deps.agents.names,
      limits: deps.limits,
      identify: deps.identify,
      operator: OPERATOR.name,
    }),
    ...tokenVerbs({ ...deps, operator: OPERATOR }),
    async reconcile(args) {
      parse(noArguments, args)
      const report = await desk.reconcile('operator')
      return {
        at: new Date(report.atMs).toISOString(),
        resolved: report.resolved.map((item) => ({ intent_id: item.intentId, from: item.from, to: item.to })),
        adopted: report.adopted,
        new_fills: report.newFills,
        unresolved: report.unresolved,
        differences: report.differences,
      }
    },
  }

  return {
    async call(verb, args) {
      const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
      if (run) return run(args)
      throw new NotFoundError(`The operator’s door has no verb of that name`, {
        hint: `What exists: ${Object.keys(verbs).join(', ')}`,
      })
    },
  }
}

function parse<S extends z.ZodType>(schema: S, args: JsonObject): z.output<S> {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  throw new InputError(
    parsed.error.issues.map((issue) => ({
      field: issue.path.join('.') || 'args',
      problem: issue.message,
      fix: 'correct it and call again',
    })),
  )
}
