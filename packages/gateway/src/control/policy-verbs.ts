import type { JsonObject } from '@tidegate/mcp-adapter'
import {
  deserializePolicy,
  deserializeSnapshot,
  type Policy,
  type ReplayChange,
  type ReplayInput,
  type RiskSnapshot,
  replayPolicy,
  serializePolicy,
  type Verdict,
} from '@tidegate/risk-engine'
import { InputError, type Journal, type RecordedDecision, serializeTerms } from '@tidegate/trading-model'
import { z } from 'zod'
import type { IdentifyApprover } from '../approvals/identify-approver.js'
import type { PolicyReload } from './policy-reload.js'

/** Decisions read from the store at a time; orders of others go between two pages. */
const PAGE = 200
/** Changes told one by one; the counts are of all. */
const MAX_CHANGES = 1_000

const replayArguments = z.strictObject({
  /** The policy as `serializePolicy` writes it. */
  policy: z.string().max(100_000),
  /** The same for agents with limits of their own. */
  agents: z.record(z.string().max(120), z.string().max(100_000)).default({}),
  /** Ms since epoch; absent: from the first decision on. */
  since_ms: z.number().int().min(0).optional(),
})

const loosenArguments = z.strictObject({
  /** Of what waits, as `policy_show` tells it. */
  version: z.string().min(8).max(2_000),
  /** Who agrees. Absent: the operator, where no code is required. */
  approver: z.string().min(1).max(40).optional(),
  code: z.string().max(20).optional(),
})

export interface PolicyVerbsDeps {
  readonly journal: Pick<Journal, 'decisions'>
  /** The policy in force: of the account, or of an agent by name. */
  readonly policyFor: (agent?: string) => Policy
  readonly agents: readonly string[]
  readonly limits: Pick<PolicyReload, 'reload' | 'loosen' | 'waiting' | 'overlay'>
  readonly identify: IdentifyApprover
  /** Who acts at the operator's door. */
  readonly operator: string
}

/** What changed for one recorded order, with what a person needs to recognise it. */
interface TellableChange extends ReplayChange {
  readonly decision: RecordedDecision
  readonly principal: string
}

/**
 * The operator's verbs about policies: the ones in force, and what another one would have said to the orders on record.
 *
 * A replay decides each recorded wish again on its own recorded input, under the policy of whoever asked for it. It reads only, and
 * the same record and policies give the same report.
 */
export function policyVerbs({
  journal,
  policyFor,
  agents,
  limits,
  identify,
  operator,
}: PolicyVerbsDeps): Readonly<Record<string, (args: JsonObject) => Promise<JsonObject>>> {
  return {
    policy_show: async () => ({
      ...showPolicy(policyFor()),
      agents: Object.fromEntries(
        agents
          .filter((name) => policyFor(name).version !== policyFor().version)
          .map((name) => [name, showPolicy(policyFor(name))]),
      ),
      waiting: limits.waiting() ?? null,
      overlay: limits.overlay() ?? null,
    }),
    policy_reload: () => limits.reload(operator),
    async policy_loosen(args) {
      const { version, approver, code } = parse(loosenArguments, args)
      const agreement = await identify({ approver, code })
      if (typeof agreement !== 'string') return limits.loosen(agreement, version.toLowerCase())
      return { ok: false, code: 'ERR_PERMISSION', why: 'not_approver', reason: agreement }
    },

    async policy_replay(args) {
      const asked = parse(replayArguments, args)
      const account = deserializePolicy(asked.policy)
      const own = new Map(Object.entries(asked.agents).map(([name, text]) => [name, deserializePolicy(text)]))
      return replay(journal, (principal) => own.get(principal) ?? account, account.version, asked.since_ms)
    },
  }
}

function showPolicy(policy: Policy): JsonObject {
  return { version: policy.version, policy: JSON.parse(serializePolicy(policy)) as JsonObject }
}

function parse<S extends z.ZodType>(schema: S, args: JsonObject): z.output<S> {
  const parsed = schema.safeParse(args)
  if (parsed.success) return parsed.data
  throw new InputError(
    parsed.error.issues.map((issue) => ({
      field: issue.path.join('.') || 'arguments',
      problem: issue.message,
      fix: 'look at the table of verbs',
    })),
  )
}

async function replay(
  journal: Pick<Journal, 'decisions'>,
  policyFor: (principal: string) => Policy,
  version: string,
  sinceMs: number | undefined,
): Promise<JsonObject> {
  const count = { evaluated: 0, unchanged: 0, now_denied: 0, now_approved: 0, now_needs_approval: 0 }
  const skipped = { changes_of_orders: 0, not_decided_here: 0, unreadable: 0 }
  const changes: TellableChange[] = []
  let changed = 0
  for (let after = 0; ; ) {
    const page = await journal.decisions({
      afterOrdinal: after,
      limit: PAGE,
      ...(sinceMs === undefined ? {} : { sinceMs }),
    })
    for (const decision of page) {
      after = decision.ordinal
      const read = readInput(decision)
      if (typeof read === 'string') {
        skipped[read]++
        continue
      }
      const { principal } = read.snapshot
      const report = replayPolicy(policyFor(principal), [read])
      count.evaluated += report.evaluated
      count.unchanged += report.unchanged
      count.now_denied += report.nowDenied
      count.now_approved += report.nowApproved
      count.now_needs_approval += report.nowNeedsApproval
      changed += report.changes.length
      if (changes.length < MAX_CHANGES)
        changes.push(...report.changes.map((each) => ({ ...each, decision, principal })))
    }
    if (page.length < PAGE) break
    // The gateway's own work goes first.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    policy_version: version,
    since: sinceMs === undefined ? null : new Date(sinceMs).toISOString(),
    ...count,
    skipped,
    changes: changes.map(showChange),
    changes_not_shown: changed - changes.length,
    note:
      'Each order is decided on the market, balances and limits of its own moment. This shows what would have been stopped or let ' +
      'through, not what would have been earned: an order stopped early would have left more room for later ones.',
  }
}

/** The recorded wish as the engine takes it, or why it is left out. */
function readInput(decision: RecordedDecision): ReplayInput | 'changes_of_orders' | 'not_decided_here' | 'unreadable' {
  // A change is decided beside its order, which is not part of the recorded input.
  if (decision.kind !== 'order') return 'changes_of_orders'
  if (decision.input === '{}') return 'not_decided_here'
  let snapshot: RiskSnapshot
  try {
    snapshot = deserializeSnapshot(decision.input)
  } catch {
    return 'unreadable'
  }
  const codes = [...new Set(decision.codes)].sort() as Verdict['codes']
  const verdict: Verdict = {
    kind: codes.length > 0 ? 'denied' : 'approved',
    codes,
    needsApproval: decision.needsApproval,
  }
  return { intentId: decision.intentId, snapshot, terms: decision.terms, verdict }
}

function showChange({ decision, principal, before, after, added, removed, reasons }: TellableChange): JsonObject {
  return {
    intent_id: decision.intentId,
    at: new Date(decision.atMs).toISOString(),
    agent: principal,
    terms: JSON.parse(serializeTerms(decision.terms)) as JsonObject,
    before: sayVerdict(before),
    after: sayVerdict(after),
    added: [...added],
    removed: [...removed],
    reasons: [...reasons],
  }
}

function sayVerdict({ kind, needsApproval }: Verdict): string {
  if (kind === 'denied') return 'denied'
  return needsApproval ? 'needs approval' : 'approved'
}
