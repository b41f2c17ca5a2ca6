import type { JsonObject } from '@tidegate/mcp-adapter'
import { MIN_HASH_DIGITS, type TradingDesk } from '@tidegate/trading-desk'
import {
  type ApprovalRefusal,
  type Clock,
  type ErrorCode,
  InputError,
  type Intent,
  type Journal,
  type Principal,
  type SecondFactor,
} from '@tidegate/trading-model'
import type { AgentDirectory } from '../access/agent-directory.js'
import type { ApproverBook } from './approver-book.js'
import { showChallenge } from './show-challenge.js'
import { readCode, totpFactor } from './totp.js'

/** Who stands at the door: an agent by its own token, or whoever has the operator's, who may say a name. */
export type Decider =
  | { readonly kind: 'agent'; readonly principal: Principal }
  | { readonly kind: 'operator'; readonly name?: string }

export interface DoorVerdict {
  readonly intentId: string
  readonly decision: 'approved' | 'denied'
  /** What was read: the hash of the terms or its first digits. An approval needs it. */
  readonly termsHash?: string
  /** From the approver's authenticator. */
  readonly code?: string
  readonly reason?: string
}

export type DoorRefusal = ApprovalRefusal | 'not_approver'

export type DoorAnswer =
  | { readonly ok: true; readonly decision: 'approved' | 'denied'; readonly by: string; readonly intent: Intent }
  | {
      readonly ok: false
      readonly code: ErrorCode
      readonly why: DoorRefusal
      readonly reason: string
      /** Ms until a code of this approver is looked at again. */
      readonly retryAfterMs?: number
    }

/** The one way to decide about an order that waits, from the operator's door and over HTTP alike. */
export interface ApprovalDoor {
  list(pendingOnly: boolean): Promise<readonly JsonObject[]>
  /** One order that waits or waited, decided or not; `undefined` when there is none. */
  show(intentId: string): Promise<JsonObject | undefined>
  /** @throws {InputError} an approval that names no hash, or a code that is none. */
  decide(decider: Decider, verdict: DoorVerdict): Promise<DoorAnswer>
}

export interface ApprovalDoorDeps {
  readonly desk: Pick<TradingDesk, 'decideApproval' | 'listApprovals' | 'policyFor'>
  readonly journal: Pick<Journal, 'decisionInput' | 'getIntent'>
  readonly book: Pick<ApproverBook, 'secretOf'>
  readonly agents: AgentDirectory
  readonly clock: Clock
  /** Approving takes a code and a name, whoever asked for the order. */
  readonly requireTotp: boolean
}

/** Whoever holds the operator's token and says no name. */
const OPERATOR: Principal = { name: 'operator', role: 'admin' }

const codeOf: Readonly<Record<DoorRefusal, ErrorCode>> = {
  unknown: 'ERR_NOT_FOUND',
  requester: 'ERR_PERMISSION',
  not_approver: 'ERR_PERMISSION',
  decided: 'ERR_APPROVAL_REFUSED',
  over: 'ERR_APPROVAL_REFUSED',
  expired: 'ERR_APPROVAL_REFUSED',
  terms: 'ERR_APPROVAL_REFUSED',
  code_missing: 'ERR_APPROVAL_CODE',
  code_wrong: 'ERR_APPROVAL_CODE',
  code_used: 'ERR_APPROVAL_CODE',
  locked: 'ERR_APPROVAL_LOCKED',
}

interface Known {
  readonly principal: Principal
  readonly factor?: SecondFactor
  readonly factorRequired: boolean
}

/** Makes the door of one gateway. */
export function createApprovalDoor(deps: ApprovalDoorDeps): ApprovalDoor {
  const { desk, journal, book, agents, clock, requireTotp } = deps

  /** What no agent asked for came through the operator's token: then that token alone does not approve it. */
  const isOwnOrder = async ({ kind }: Decider, { decision, intentId }: DoorVerdict): Promise<boolean> => {
    if (kind !== 'operator' || decision !== 'approved') return false
    const intent = await journal.getIntent(intentId)
    return intent !== undefined && !agents.names.includes(intent.principal)
  }

  /** Who decides, with what has to be shown for it; a sentence when nobody who may. */
  const identify = async (decider: Decider, verdict: DoorVerdict): Promise<Known | string> => {
    const { decision, code } = verdict
    const name = decider.kind === 'agent' ? decider.principal.name : decider.name
    const needsCode = requireTotp || (await isOwnOrder(decider, verdict))
    if (name === undefined) {
      if (decision === 'approved' && (needsCode || code !== undefined)) {
        return requireTotp || code !== undefined
          ? 'An approval needs a name: --name, and a code of that approver’s authenticator'
          : 'It was asked for with the operator’s token, too, so an approval needs somebody else: --name, and a code of their authenticator; the first time tidegate approvals enroll --name NAME'
      }
      return { principal: OPERATOR, factorRequired: false }
    }
    const agent = decider.kind === 'agent' ? decider.principal : agents.principalOf(name)
    if (agent && agent.role !== 'approver' && agent.role !== 'admin') return `${name} is no approver`
    const secret = book.secretOf(name)
    const principal = agent ?? { name, role: 'approver' }
    if (secret !== undefined) {
      const factorRequired = decision === 'approved'
      return {
        principal,
        factorRequired,
        ...(factorRequired && code !== undefined ? { factor: totpFactor(secret, code) } : {}),
      }
    }
    if (agent && decision === 'denied') return { principal, factorRequired: false }
    if (agent && !needsCode && code === undefined) return { principal, factorRequired: false }
    return `${name} is not enrolled: tidegate approvals enroll --name ${name}`
  }

  const challenge = { journal, policyFor: desk.policyFor, nowMs: () => clock.nowMs() }
  return {
    async list(pendingOnly) {
      const rows = await desk.listApprovals(pendingOnly)
      return await Promise.all(rows.map((row) => showChallenge(row, challenge)))
    },

    async show(intentId) {
      const find = async (pendingOnly: boolean) =>
        (await desk.listApprovals(pendingOnly)).find(({ intent }) => intent.intentId === intentId)
      const row = (await find(true)) ?? (await find(false))
      return row && (await showChallenge(row, challenge))
    },

    async decide(decider, given) {
      const verdict = { ...given, ...codeIn(given) }
      if (verdict.decision === 'approved' && verdict.termsHash === undefined) {
        throw new InputError([
          { field: 'terms_hash', problem: 'is not there', fix: 'give the hash that was shown with the order' },
        ])
      }
      if (verdict.termsHash !== undefined && !/^[0-9a-f]{8,64}$/.test(verdict.termsHash)) {
        throw new InputError([
          {
            field: 'terms_hash',
            problem: `is no hash: at least ${MIN_HASH_DIGITS} of its hex digits`,
            fix: 'copy it from what was shown',
          },
        ])
      }
      const known = await identify(decider, verdict)
      if (typeof known === 'string') return refusal('not_approver', known)
      const { intentId, decision, termsHash, reason } = verdict
      const answer = await desk.decideApproval({
        ...known,
        intentId,
        decision,
        ...(termsHash === undefined ? {} : { termsHash }),
        ...(reason === undefined ? {} : { reason }),
      })
      if (answer.ok) return { ok: true, decision, by: known.principal.name, intent: answer.intent }
      return refusal(answer.why, answer.reason, answer.retryAtMs)
    },
  }

  function refusal(why: DoorRefusal, reason: string, retryAtMs?: number): DoorAnswer {
    const retry = retryAtMs === undefined ? {} : { retryAfterMs: Math.max(0, retryAtMs - clock.nowMs()) }
    return { ok: false, code: codeOf[why], why, reason, ...retry }
  }
}

/** A refusal as it travels. */
export function showRefusal({ code, why, reason, retryAfterMs }: Extract<DoorAnswer, { ok: false }>): JsonObject {
  return { ok: false, code, why, reason, ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }) }
}

/** A thing that is no code is a slip of the hand, not a try. */
function codeIn({ code }: DoorVerdict): { readonly code?: string } {
  if (code === undefined) return {}
  const digits = readCode(code)
  if (digits !== undefined) return { code: digits }
  throw new InputError([{ field: 'code', problem: 'is no code', fix: 'type the six digits the authenticator shows' }])
}
