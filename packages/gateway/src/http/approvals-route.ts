import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { CallRateError, type Clock, type ErrorCode, InputError, NotReadyError } from '@tidegate/trading-model'
import { z } from 'zod'
import type { Caller } from '../access/gatekeeper.js'
import { type ApprovalDoor, type Decider, type DoorAnswer, showRefusal } from '../approvals/approval-door.js'
import { showIntent } from '../control/show-intent.js'
import type { Scrubber } from '../secrets/create-scrubber.js'
import { readJsonObject, sendJson } from './json-body.js'
import { statusOf } from './wire-error.js'

/** Verdicts that one caller may try in a minute, right or wrong. */
const TRIES_PER_MINUTE = 20
const MINUTE_MS = 60_000

const verdictBody = z.strictObject({
  decision: z.enum(['approved', 'denied']),
  terms_hash: z.string().max(64),
  /** Who decides; only with the operator's token. */
  name: z.string().min(1).max(40).optional(),
  code: z.string().max(20).optional(),
  reason: z.string().max(500).optional(),
})

export interface ApprovalsRouteOptions {
  /** `undefined` while this process has no gateway open. */
  readonly approvals: () => ApprovalDoor | undefined
  readonly clock: Clock
  readonly scrubber: Scrubber
  readonly maxBodyBytes: number
}

export type ApprovalsRoute = (request: IncomingMessage, response: ServerResponse, caller: Caller) => Promise<void>

/**
 * `GET /approvals` and `POST /approvals/{intent_id}`, for the operator and agents whose role approves. To everybody else, and for orders
 * that are not there, it is one and the same 404.
 */
export function createApprovalsRoute(options: ApprovalsRouteOptions): ApprovalsRoute {
  const tries = new Map<string, readonly number[]>()

  const countTry = (caller: string): void => {
    const nowMs = options.clock.nowMs()
    const recent = (tries.get(caller) ?? []).filter((atMs) => nowMs - atMs < MINUTE_MS)
    const [oldest = nowMs] = recent
    if (recent.length >= TRIES_PER_MINUTE) {
      throw new CallRateError(`More than ${TRIES_PER_MINUTE} verdicts in a minute`, oldest + MINUTE_MS - nowMs)
    }
    tries.set(caller, [...recent, nowMs])
  }

  const decide = async (
    request: IncomingMessage,
    decider: Decider,
    intentId: string,
    door: ApprovalDoor,
  ): Promise<DoorAnswer> => {
    countTry(decider.kind === 'agent' ? `agent:${decider.principal.name}` : 'operator')
    const { decision, terms_hash: termsHash, name, code, reason } = await readVerdict(request, options.maxBodyBytes)
    if (decider.kind === 'agent' && name !== undefined && name !== decider.principal.name) {
      throw bad('name', 'is not whom the token speaks for', 'leave it out')
    }
    const who: Decider = decider.kind === 'agent' || name === undefined ? decider : { kind: 'operator', name }
    return await door.decide(who, {
      intentId,
      decision,
      termsHash: termsHash.toLowerCase(),
      ...(code === undefined ? {} : { code }),
      ...(reason === undefined ? {} : { reason }),
    })
  }

  return async (request, response, caller) => {
    const decider = deciderOf(caller)
    if (!decider) return notFound(response)
    const intentId = intentIn(request)
    const method = intentId === undefined ? 'GET' : 'POST'
    if (request.method !== method) {
      response.setHeader('allow', method)
      return fail(response, 405, 'ERR_INPUT_INVALID', `Use ${method}`)
    }
    const door = options.approvals()
    if (!door) throw new NotReadyError('The gateway is not open here', { hint: 'Try again in a moment' })
    if (intentId === undefined) {
      const approvals = await listAsked(request, door)
      return sendJson(response, 200, options.scrubber.scrubValue({ ok: true, approvals }))
    }
    const answer = await decide(request, decider, intentId, door)
    if (answer.ok) {
      const { decision, by, intent } = answer
      return sendJson(
        response,
        200,
        options.scrubber.scrubValue({ ok: true, decision, by, intent: showIntent(intent) }),
      )
    }
    if (answer.why === 'unknown') return notFound(response)
    const { retry_after_ms: retryAfterMs, why, reason } = showRefusal(answer)
    if (typeof retryAfterMs === 'number') response.setHeader('retry-after', String(Math.ceil(retryAfterMs / 1_000)))
    const status = statusOf({ code: answer.code, message: '' })
    sendJson(response, status, { ok: false, error: { code: answer.code, message: reason, why } })
  }
}

/** The route's name for metrics, or `undefined` for another path. */
export function approvalsPath(path: string): '/approvals' | '/approvals/{intent_id}' | undefined {
  if (path === '/approvals') return path
  return path.startsWith('/approvals/') ? '/approvals/{intent_id}' : undefined
}

function deciderOf(caller: Caller): Decider | undefined {
  if (caller.kind === 'operator') return { kind: 'operator' }
  if (caller.kind !== 'agent') return undefined
  const { principal } = caller
  return principal.role === 'approver' || principal.role === 'admin' ? { kind: 'agent', principal } : undefined
}

/** What waits; with `?intent_id=…` that one order alone, decided or not. */
async function listAsked(request: IncomingMessage, door: ApprovalDoor): Promise<readonly JsonObject[]> {
  const wanted = new URLSearchParams((request.url ?? '').split('?')[1] ?? '').get('intent_id')
  if (wanted === null) return await door.list(true)
  const found = await door.show(wanted.slice(0, 100))
  return found ? [found] : []
}

function intentIn(request: IncomingMessage): string | undefined {
  const path = (request.url ?? '').split('?')[0] ?? ''
  return path === '/approvals' ? undefined : path.slice('/approvals/'.length).slice(0, 100)
}

async function readVerdict(request: IncomingMessage, maxBytes: number): Promise<z.output<typeof verdictBody>> {
  const parsed = verdictBody.safeParse(await readJsonObject(request, maxBytes))
  if (parsed.success) return parsed.data
  throw new InputError(
    parsed.error.issues.slice(0, 5).map((issue) => ({
      field: issue.path.join('.') || 'body',
      problem: issue.message,
      fix: 'send decision, terms_hash and, where they are needed, code and reason',
    })),
  )
}

function bad(field: string, problem: string, fix: string): InputError {
  return new InputError([{ field, problem, fix }])
}

function notFound(response: ServerResponse): void {
  fail(response, 404, 'ERR_NOT_FOUND', 'There is nothing here')
}

function fail(response: ServerResponse, status: number, code: ErrorCode, message: string): void {
  sendJson(response, status, { ok: false, error: { code, message } })
}
