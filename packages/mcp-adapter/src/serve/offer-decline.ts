import type { Log, Principal, Timers } from '@tidegate/trading-model'
import type { JsonObject, SurfaceBackend, ToolOutcome } from '../backend.js'
import { untrustedText } from '../shared/untrusted-text.js'

/** How long the answer to a placement waits for a person who declines; a later decline still withdraws the order. */
const WAIT_MS = 4_000

/** Terms as they were parsed before the order was recorded. */
const SHOWN = ['order_type', 'size', 'quote_size', 'limit_price', 'stop_price'] as const
/** Of an order as it is read later: what the answer to its placement shows, too. */
const KEPT = [
  'order_id',
  'state',
  'status',
  'filled_size',
  'filled_value',
  'average_filled_price',
  'total_fees',
] as const

/** What people do with a question; that an approval were among it is not foreseen. */
export type Action = 'accept' | 'decline' | 'cancel'

/** An order that waits, as it is put to the person at the host. */
export interface Question {
  readonly intentId: string
  /** Of the terms that were shown. */
  readonly termsHash: string
  readonly message: string
  /** The page for its approver; absent: the host has no such pages, or we have none. */
  readonly url?: string
  /** Ms since epoch: then the order is over, and so is the question. */
  readonly expiresAtMs: number
  /** The answer that the placement had. */
  readonly placed: ToolOutcome
}

/** What the client can show. */
export interface Modes {
  readonly form: boolean
  readonly url: boolean
}

export interface Withdrawing {
  readonly backend: SurfaceBackend
  readonly principal: Principal
  readonly log: Log
}

export interface OfferDeclineOptions extends Withdrawing {
  /** Puts the question to the person at the host; what the host says they did. */
  readonly ask: (question: Question) => Promise<Action>
  /** Without timers nobody waits for the person. */
  readonly timers?: Timers
}

/** The question that a placement leaves to the person at the host; `undefined` where there is none, or nothing to show it with. */
export function questionAbout(placed: ToolOutcome, args: JsonObject, modes: Modes): Question | undefined {
  const { outcome, intent_id: intentId, terms_hash: termsHash, approval_expires_at: until } = placed.structured
  if (placed.isError || outcome !== 'awaiting_approval') return undefined
  if (typeof intentId !== 'string' || typeof termsHash !== 'string' || typeof until !== 'string') return undefined
  const page = placed.structured['approval_url']
  const url = modes.url && typeof page === 'string' ? page : undefined
  if (url === undefined && !modes.form) return undefined
  const message = describe(placed.structured, args, url !== undefined)
  return {
    intentId,
    termsHash,
    message,
    ...(url === undefined ? {} : { url }),
    expiresAtMs: Date.parse(until),
    placed,
  }
}

/**
 * Shows an order that waits for approval to the person at the keyboard over a connection that stays open. They may decline it: then it is
 * withdrawn, also when the answer to the placement has gone out before.
 *
 * > [!WARNING]
 * > Hosts answer by themselves. So "accept" means nothing here, and neither does a dismissal, no answer, or a fault: the order goes on
 * > waiting for its approver.
 */
export async function offerDecline(question: Question, options: OfferDeclineOptions): Promise<ToolOutcome> {
  const { timers, ask, log } = options
  const answered = ask(question)
    .then((action) => (action === 'decline' ? settleAnswer(question, action, options) : undefined))
    .catch((error: unknown) => {
      log.debug('decline_not_asked', { error })
      return undefined
    })
  const settled = timers && (await Promise.race([answered, timers.sleep(WAIT_MS).then(() => undefined)]))
  return settled ?? question.placed
}

/**
 * What becomes of an answer. A decline withdraws the order that was shown, if it still waits with the terms that were shown; everything
 * else, and a decline that comes too late, changes nothing. Either way the result tells how the order stands now.
 */
export async function settleAnswer(
  question: Question,
  action: Action | undefined,
  { backend, principal, log }: Withdrawing,
): Promise<ToolOutcome> {
  const { intentId, placed } = question
  const { structured: now, isError } = await backend.callTool(principal, 'get_orders', { order_id: intentId })
  const isWaiting = !isError && now['state'] === 'AWAITING_APPROVAL' && now['terms_hash'] === question.termsHash
  if (action !== 'decline')
    return isError || isWaiting ? placed : { isError: false, structured: decided(question, now) }
  const cancelled = isWaiting
    ? (await backend.callTool(principal, 'cancel_order', { order_id: intentId })).structured['outcome'] === 'cancelled'
    : false
  log.info('order_declined', { intent_id: intentId, withdrawn: cancelled })
  if (cancelled) return { isError: false, structured: withdrawn(placed.structured) }
  const next = `The person at the keyboard declined this order, but it could not be withdrawn any more. Tell them, and read get_orders with order_id ${intentId}; while it is open cancel_order stops it.`
  return {
    isError: false,
    structured: { ...(isWaiting || isError ? placed.structured : decided(question, now)), next },
  }
}

function describe(placed: JsonObject, args: JsonObject, hasPage: boolean): string {
  const word = (value: unknown): string => untrustedText(String(value), 40)
  const terms = SHOWN.flatMap((key) => (typeof args[key] === 'string' ? [`${key} ${word(args[key])}`] : []))
  const estimate = placed['estimate'] as JsonObject | undefined
  const worth = estimate?.['notional_usd']
  return [
    `${word(placed['side'])} ${word(placed['product_id'])} (${word(placed['env'])}): ${terms.join(', ')}`,
    ...(typeof worth === 'string' ? [`About ${word(worth)} USD.`] : []),
    `It waits for its approver until ${word(placed['approval_expires_at'])}; its hash begins with ${word(placed['terms_hash']).slice(0, 12)}.`,
    hasPage
      ? 'On the page its approver logs in and decides; compare the hash there. Decline withdraws the order. Anything else changes nothing.'
      : 'Decline withdraws it. Anything else changes nothing: it is approved elsewhere, with tidegate approvals.',
  ].join('\n')
}

/** The answer to a placement whose order was decided while the person was asked. */
function decided({ intentId, placed }: Question, now: JsonObject): JsonObject {
  const { needs_approval: _, approval_expires_at: __, approval_url: ___, ...rest } = placed.structured
  const outcome = outcomeOf(now['state'])
  return {
    ...rest,
    ...Object.fromEntries(KEPT.flatMap((key) => (now[key] === undefined ? [] : [[key, now[key]]]))),
    success: outcome === 'accepted',
    outcome,
    next: `It was decided while the person at the keyboard was asked; nothing more was done. Follow it with get_orders order_id ${intentId}; do not place it again.`,
  }
}

/** The words of a placement for a state it may have reached. */
function outcomeOf(state: unknown): string {
  if (typeof state !== 'string') return 'unknown'
  if (['ACKED', 'OPEN', 'FILLED'].includes(state)) return 'accepted'
  if (state === 'REJECTED') return 'rejected'
  if (['RESERVED', 'NEVER_ACCEPTED'].includes(state)) return 'not_sent'
  if (['APPROVAL_DENIED', 'APPROVAL_EXPIRED', 'ABANDONED', 'DENIED'].includes(state)) return 'denied'
  // What was live and ended otherwise was accepted once; of the rest the outcome is open.
  return ['CANCELLED', 'EXPIRED', 'FAILED'].includes(state) ? 'accepted' : 'unknown'
}

function withdrawn(placed: JsonObject): JsonObject {
  const { needs_approval: _, approval_expires_at: __, approval_url: ___, ...rest } = placed
  const next = 'The person at the keyboard declined this order; nothing was sent. Ask them before you place another.'
  return {
    ...rest,
    outcome: 'denied',
    state: 'CANCELLED',
    status: 'CANCELLED',
    error: { code: 'APPROVAL_DENIED', message: 'Declined at the keyboard, and withdrawn', fix: next },
    next,
  }
}
