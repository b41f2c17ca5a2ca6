import { plainText } from '../shared/plain-text.js'
import { asList, asRecord, asText, asTime, type Fields } from '../shared/read-fields.js'
import { refusalOf } from '../shared/refusal.js'
import { type LimitRow, limitRows } from './limit-rows.js'
import { type Standing, standingOf } from './order-standing.js'
import type { ApprovalView, TicketFacts } from './ticket-facts.js'
import { costLines, doneLines, idLines, type Line, termLines } from './ticket-lines.js'

export interface TicketView {
  readonly title: string
  readonly env: { readonly word: string; readonly isReal: boolean }
  readonly standing: Standing
  readonly terms: readonly Line[]
  readonly cost: readonly Line[]
  readonly done: readonly Line[]
  readonly limits: readonly LimitRow[]
  /** What the list of limits leaves out. */
  readonly limitsNote: string
  /** Sentences that belong to the refusals, with what would pass. */
  readonly reasons: readonly string[]
  readonly approval: ApprovalView | undefined
  readonly next: string
  /** Written by the exchange, shown as a quotation. */
  readonly venueText: string
  readonly ids: readonly Line[]
  /** What `get_orders` takes to say how it stands now; empty where there is nothing to ask about. */
  readonly orderId: string
  /** Age of the prices behind the decision, ms. */
  readonly marketAgeMs: number | undefined
}

/** What the page shows of a placement, a change or a check. Amounts stay the texts they came as. */
export function ticketView(facts: TicketFacts, nowMs: number): TicketView {
  const { args, content, beside, order } = facts
  const approval = approvalOf(content, order)
  const standing = standingOf(facts, approval, nowMs)
  const terms = termLines({ ...args, ...asRecord(beside['terms']), ...order }, content)
  const findings = asList(content['findings'], 100).length > 0 ? content['findings'] : beside['findings']
  const rows = limitRows(findings, content['denials'])
  const estimate = asRecord(content['estimate'])
  const product = plainText(order['product_id'] ?? content['product_id'] ?? args['product_id'], 40)
  const [base = '', quote = ''] = product.split('-')
  const marketAgeMs = content['market_age_ms'] ?? beside['market_age_ms']
  return {
    title: titleOf(args, content, order),
    env: envOf(content['env'] ?? order['env']),
    standing,
    terms,
    cost: costLines(estimate, { base, quote }),
    done: doneLines({ ...content, ...order }, { base, quote }),
    limits: rows,
    limitsNote: limitsNote(content, rows, Array.isArray(findings)),
    reasons: reasonsOf(content),
    approval,
    next: plainText(order['state'] === undefined ? content['next'] : order['next'], 600),
    venueText: plainText(asRecord(order['untrusted_venue_text'] ?? content['untrusted_venue_text'])['reason'], 300),
    ids: idLines({ ...content, ...order }),
    orderId: plainText(content['intent_id'] ?? content['order_id'], 128),
    marketAgeMs: typeof marketAgeMs === 'number' ? marketAgeMs : undefined,
  }
}

function titleOf(args: Fields, content: Fields, order: Fields): string {
  const find = (name: string): string => plainText(order[name] ?? content[name] ?? args[name], 40)
  const what = [find('side'), find('product_id')].filter((word) => word !== '').join(' ')
  const kind =
    content['verdict'] !== undefined ? 'Check' : content['how'] !== undefined || args['order_id'] ? 'Change' : 'Order'
  return what === '' ? (kind === 'Change' ? 'Change of an order' : 'Order ticket') : `${kind}: ${what}`
}

/** Only `production` is real money; what is not said is not assumed to be play. */
function envOf(env: unknown): TicketView['env'] {
  if (env === 'production') return { word: 'REAL MONEY', isReal: true }
  if (env === 'paper') return { word: 'Paper: no real money', isReal: false }
  if (env === 'sandbox') return { word: 'Sandbox: no real money', isReal: false }
  return { word: 'Account not named: take it for real money', isReal: true }
}

function approvalOf(content: Fields, order: Fields): ApprovalView | undefined {
  const about = { ...content, ...order }
  const needs = about['needs_approval'] === true || content['outcome'] === 'awaiting_approval'
  if (!needs) return undefined
  const id = plainText(content['intent_id'], 128)
  return {
    expiresAtMs: asTime(about['approval_expires_at']),
    isWaiting:
      order['state'] === undefined
        ? content['outcome'] === 'awaiting_approval'
        : order['state'] === 'AWAITING_APPROVAL',
    command: id === '' ? '' : `tidegate approvals show ${id}`,
    hash: plainText(about['terms_hash'], 80),
    address: plainText(content['approval_url'], 300),
    approvedBy: plainText(asText(order['approved_by']), 80),
  }
}

function reasonsOf(content: Fields): readonly string[] {
  const denials = asList(content['denials'], 50).map((item) => {
    const { message, cure } = asRecord(item)
    const cured = plainText(cure, 300)
    return [plainText(message, 400), ...(cured ? [`To pass: ${cured}.`] : [])].join(' ').trim()
  })
  if (denials.length > 0) return denials.filter((text) => text !== '')
  return refusalOf(content)?.slice(0, 1) ?? []
}

function limitsNote(content: Fields, rows: readonly LimitRow[], hasFindings: boolean): string {
  if (Object.keys(content).length === 0 || hasFindings) return ''
  if (content['duplicate_of'] !== undefined) return 'This repeats an earlier call: the limits were judged then.'
  if (rows.length > 0) return 'Only the limits that said no are in this answer.'
  return 'This answer does not list the limits one by one; check_trade_risk does.'
}
