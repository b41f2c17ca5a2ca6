import { type Intent, NotFoundError, PermissionError, type VenueOrder } from '@tidegate/trading-model'
import { isOperator } from '../check-permission.js'
import type { DeskContext } from '../context.js'
import type { QuarantineRequest, QuarantineView } from '../desk.js'
import { findIntent } from '../find-intent.js'
import { hashTerms } from '../hash-terms.js'
import { compareOrder } from '../lifecycle/compare-order.js'
import { hasEnded } from '../lifecycle/order-kind.js'
import { orderFields } from '../order-log.js'
import type { SameBook } from '../same-book.js'
import { adoptOrder } from './adopt-orders.js'
import { termsOfExternal } from './external-terms.js'
import { createProofLedger } from './proof-rule.js'
import { scanStart } from './resolve-unknowns.js'
import { scanVenue } from './scan-venue.js'

export interface QuarantineDeps {
  readonly context: DeskContext
  readonly books: SameBook
  readonly onLive: (intent: Intent) => void
  /** Called with an intent whose fate is open again. */
  readonly onDoubt: (intent: Intent) => void
}

/** The way out of quarantine, for people only. */
export interface QuarantineDesk {
  /** @throws PermissionError, NotFoundError, StoreError, and a VenueError when the venue does not answer completely. */
  settle(request: QuarantineRequest): Promise<QuarantineView>
}

/**
 * A quarantined order is one that the venue shows otherwise than it was committed: nothing about it may be guessed, so a person looks
 * and decides.
 *
 * - Without a verdict: what was committed, what the venue shows, and what could be done.
 * - `accept`: the order is what the venue shows. It was nobody's wish, so it counts as one from outside from then on.
 *   Where the venue had named an order with another client order id, that is another order and ours may still show up: `accept` is refused
 *   then, and with `force` counts that one as from outside, while this one goes on as a doubt with all it holds, until it shows or is
 *   proven gone.
 * - `gone`: there is no such order. A word is not enough: the proof rule has to hold, one complete scan for each call.
 *
 * An edit is settled through its order. The product stays halted until somebody resumes it.
 *
 * - Wire: get order, list orders, list fills.
 */
export function createQuarantineDesk(deps: QuarantineDeps): QuarantineDesk {
  const { context, books, onLive, onDoubt } = deps
  const { journal, settings } = context
  const proof = createProofLedger(settings.proof)

  async function look(intent: Intent): Promise<Sight> {
    if (intent.venueOrderId !== undefined) {
      const order = await context.venue.getOrder(intent.venueOrderId)
      if (order) return { order, absence: undefined }
    }
    const scan = await scanVenue(context, scanStart(context, [intent]))
    const order = scan.orders.find((each) => each.clientOrderId === intent.clientOrderId)
    const doubtMs = Math.abs(context.account.clockSkewMs() ?? settings.maxSkewMs)
    return { order, absence: order ? undefined : proof.noteAbsence(intent, scan.begunMs - doubtMs) }
  }

  async function accept(request: QuarantineRequest, intent: Intent, order: VenueOrder): Promise<QuarantineView> {
    const other = await journal.findByVenueOrderId(order.orderId)
    if (other && other.intentId !== intent.intentId) {
      return refuse(intent, `order ${order.orderId} is intent ${other.intentId}`, 'settle that one', order)
    }
    const terms = termsOfExternal(order) ?? (hasEnded(order) ? intent.terms : undefined)
    if (!terms) {
      return refuse(intent, 'the venue does not show a size, so it cannot be counted', 'cancel it at the venue', order)
    }
    const { name } = request.principal
    const taken = await context.apply(
      intent.intentId,
      {
        type: 'disowned',
        by: name,
        reason: request.reason ?? 'no reason given',
        venueOrderId: order.orderId,
        terms,
        termsHash: hashTerms(terms),
      },
      name,
    )
    context.log.warn('quarantine_settled', { ...orderFields(taken), verdict: 'accept', by: name })
    onLive(taken)
    return { outcome: 'accepted', intent: taken, order, evidence: sayOrder(order), next: sayResume(taken) }
  }

  /** The order that the venue named by mistake counts as one from outside, and what became of ours is found out like any doubt. */
  async function separate(request: QuarantineRequest, intent: Intent, order: VenueOrder): Promise<QuarantineView> {
    const { name } = request.principal
    const why = request.reason ?? 'no reason given'
    const reason = `order ${order.orderId} carries another client order id: ${why}`
    const open = await context.apply(intent.intentId, { type: 'mistaken', by: name, reason }, name)
    context.log.warn('quarantine_settled', {
      ...orderFields(open),
      verdict: 'mistaken',
      by: name,
      other: order.orderId,
    })
    // Should this be cut off, the next reconciliation adopts it all the same: no intent names it any more.
    const adoption = await adoptOrder({ context, onLive }, order)
    onDoubt(open)
    const counted =
      adoption.kind === 'adopted' ? `it is intent ${adoption.intent.intentId} from outside now` : adoption.kind
    return {
      outcome: 'accepted',
      intent: open,
      order,
      evidence: `${sayOrder(order)}; ${counted}`,
      next: `intent ${open.intentId} is looked for by its own client order id and holds all it held; ${sayResume(open)}`,
    }
  }

  async function declareGone(request: QuarantineRequest, intent: Intent, evidence: string): Promise<QuarantineView> {
    const { name } = request.principal
    const reason = `${evidence}; settled by ${name}: ${request.reason ?? 'no reason given'}`
    const gone = await context.apply(intent.intentId, { type: 'never_accepted', reason }, name)
    proof.forget(intent.intentId)
    context.log.warn('quarantine_settled', { ...orderFields(gone), verdict: 'gone', by: name })
    return { outcome: 'gone', intent: gone, evidence, next: sayResume(gone) }
  }

  async function settleEdit(
    request: QuarantineRequest,
    edit: Intent,
    target: Intent | undefined,
  ): Promise<QuarantineView> {
    const evidence = `its order is ${target?.state ?? 'not known'} and not in quarantine, so this edit can come true no more`
    if (request.verdict === undefined) {
      return { outcome: 'look', intent: edit, evidence, next: 'either verdict ends the edit; the order stays as it is' }
    }
    const { name } = request.principal
    const reason = `settled by ${name}: ${request.reason ?? evidence}`
    const ended = await context.apply(edit.intentId, { type: 'edit_lost', reason }, name)
    context.log.warn('quarantine_settled', { ...orderFields(ended), verdict: request.verdict, by: name })
    return { outcome: 'gone', intent: ended, evidence, next: sayResume(ended) }
  }

  return {
    async settle(request) {
      const { principal, id, verdict } = request
      if (!isOperator(principal)) {
        throw new PermissionError(`${principal.name} may not settle a quarantined order`, {
          hint: 'a person with role approver or admin can, at the operator’s door',
        })
      }
      const found = await findIntent(context, id)
      if (!found) throw new NotFoundError(`There is no order ${JSON.stringify(id.slice(0, 128))} here`)
      const target =
        found.kind === 'edit' && found.targetIntentId !== undefined
          ? await journal.getIntent(found.targetIntentId)
          : undefined
      const intent = target?.state === 'QUARANTINED' ? target : found
      if (intent.state !== 'QUARANTINED')
        return refuse(intent, `it is ${intent.state}, not in quarantine`, 'nothing to do')
      if (intent.kind === 'edit') return settleEdit(request, intent, target)

      const { order, absence } = await look(intent)
      if (order) {
        const difference = compareOrder(intent, order, books)
        if (order.clientOrderId !== intent.clientOrderId) {
          if (verdict === 'accept' && request.force === true) return separate(request, intent, order)
          const evidence = `the venue named ${sayOrder(order)}, which carries another client order id (${order.clientOrderId}) than was sent (${intent.clientOrderId}): it is another order, and this one may still show up`
          const next = 'accept with force counts that one as from outside and goes on looking for this one'
          return verdict === undefined
            ? { outcome: 'look', intent, order, evidence, next }
            : refuse(intent, evidence, next, order)
        }
        if (verdict === 'accept') return accept(request, intent, order)
        if (verdict === 'gone') {
          return refuse(
            intent,
            `the venue shows it: ${sayOrder(order)}`,
            'accept it, then cancel it if it is not wanted',
            order,
          )
        }
        return {
          outcome: 'look',
          intent,
          order,
          evidence: difference ?? 'it agrees with what was committed now',
          next: 'accept takes it for what the venue shows; after that it can be cancelled like any order',
        }
      }
      if (verdict === 'accept') return refuse(intent, 'the venue does not show it', 'ask for gone instead')
      if (absence !== undefined && verdict === 'gone') return declareGone(request, intent, absence)
      const { minScans, minSpreadMs } = settings.proof
      const evidence =
        absence ??
        `not found in this scan; the proof needs ${minScans} over ${minSpreadMs / 1000} s, all after its last token has run out`
      if (verdict === 'gone') return { ...refuse(intent, evidence, 'ask again in some seconds'), waits: true }
      return { outcome: 'look', intent, evidence, next: 'gone releases what it holds, once that is proven' }
    },
  }
}

interface Sight {
  readonly order: VenueOrder | undefined
  /** Set once absence is proven. */
  readonly absence: string | undefined
}

function refuse(intent: Intent, evidence: string, next: string, order?: VenueOrder): QuarantineView {
  return { outcome: 'refused', intent, evidence, next, ...(order ? { order } : {}) }
}

function sayOrder(order: VenueOrder): string {
  const size = order.baseSize
    ? `${order.baseSize.toFixed()} `
    : order.quoteSize
      ? `for ${order.quoteSize.toFixed()} `
      : ''
  const price = order.limitPrice ? ` at ${order.limitPrice.toFixed()}` : ''
  return `${order.orderId}: ${order.side} ${size}${order.productId}${price}, ${order.status}, filled ${order.filledSize.toFixed()}`
}

function sayResume({ terms }: Intent): string {
  return `product ${terms.productId} stays halted until it is resumed`
}
