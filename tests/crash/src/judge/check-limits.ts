import { Decimal } from '@tidegate/trading-model'
import { type Case, OVER, ownIntents, text, type Violation, whole } from './case.js'
import { groupBy } from './check-orders.js'
import type { JournalTables, Row } from './read-journal.js'

const microUsd = new Decimal('0.000001')
const ended: ReadonlySet<string> = new Set(['FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'])

/** The limits held at every commit, the rows add up, nothing is held for what is over, and what lives is covered: I3. */
export function checkLimits(theCase: Case): readonly Violation[] {
  return [...replayLimits(theCase), ...checkRows(theCase), ...checkCover(theCase)]
}

/**
 * Walks the audit log commit by commit and adds up what each reserved and gave back. At the commit that took, the sum may not pass the
 * cap that it was taken under.
 */
function replayLimits({ tables }: Case): readonly Violation[] {
  const found: Violation[] = []
  const used = new Map<string, bigint>()
  for (const entry of tables.audit) {
    const body = JSON.parse(text(entry, 'body')) as {
      readonly reservations?: readonly Movement[]
      /** What an open change of the order holds now, because the order moved. */
      readonly change_reservations?: readonly Movement[]
    }
    for (const move of [...(body.reservations ?? []), ...(body.change_reservations ?? [])]) {
      const row = `${move.scope} ${move.window}`
      const taken = move.held ?? move.amount
      const by = taken === undefined ? BigInt(move.to ?? 0) - BigInt(move.from ?? 0) : BigInt(taken)
      const now = (used.get(row) ?? 0n) + by
      used.set(row, now)
      if (by > 0n && move.cap !== undefined && now > BigInt(move.cap)) {
        found.push({ invariant: 'I3', detail: `entry ${text(entry, 'seq')}: ${row} stands at ${now} of ${move.cap}` })
      }
    }
  }
  for (const row of tables.limit_rows) {
    const name = `${text(row, 'scope')} ${text(row, 'window_id')}`
    const told = used.get(name) ?? 0n
    if (told === whole(row, 'used')) continue
    found.push({ invariant: 'I3', detail: `${name} says ${whole(row, 'used')}, its history says ${told}` })
  }
  return found
}

/** A reservation in an audit entry: taken (`amount` under `cap`), or moved. */
interface Movement {
  readonly scope: string
  readonly window: string
  readonly amount?: string
  /** Of a change: what it takes beside its target, instead of the whole amount. */
  readonly held?: string
  readonly cap?: string
  readonly from?: string
  readonly to?: string
}

function checkRows({ tables }: Case): readonly Violation[] {
  const found: Violation[] = []
  const rowOf = (row: Row): string => `${text(row, 'scope')} ${text(row, 'window_id')}`
  const held = groupBy(tables.reservations, rowOf)
  for (const row of tables.limit_rows) {
    const sum = (held.get(rowOf(row)) ?? []).reduce((total, item) => total + whole(item, 'remaining'), 0n)
    if (sum === whole(row, 'used')) continue
    found.push({
      invariant: 'I3',
      detail: `${rowOf(row)} says ${whole(row, 'used')}, its reservations add up to ${sum}`,
    })
  }
  const states = new Map(tables.intents.map((row) => [text(row, 'intent_id'), text(row, 'state')]))
  for (const item of tables.reservations) {
    const state = states.get(text(item, 'intent_id')) ?? 'missing'
    if (!OVER.has(state) || text(item, 'window_id') !== 'open' || whole(item, 'remaining') === 0n) continue
    const detail = `intent ${text(item, 'intent_id')} is ${state} and still holds ${whole(item, 'remaining')} of ${rowOf(item)}`
    found.push({ invariant: 'I3', detail })
  }
  return found
}

/** What the venue holds back for our live order is reserved here, too, whatever we believe of the order. */
function checkCover({ tables, orders }: Case): readonly Violation[] {
  const intents = new Map(ownIntents(tables).map((row) => [text(row, 'client_order_id'), text(row, 'intent_id')]))
  return orders.flatMap((order): readonly Violation[] => {
    const intentId = intents.get(order.clientOrderId)
    if (intentId === undefined || ended.has(order.status) || order.holdCurrency !== 'USD') return []
    // An open change holds what it adds beside its target.
    const both = new Set([intentId, ...changesOf(tables, intentId)])
    const units = tables.reservations
      .filter((item) => both.has(text(item, 'intent_id')) && item['scope'] === 'balance:USD')
      .reduce((total, item) => total + whole(item, 'remaining'), 0n)
    const reserved = new Decimal(units.toString()).mul(microUsd)
    if (reserved.gte(order.hold)) return []
    const detail = `order ${order.orderId} is ${order.status} and holds ${order.hold.toFixed()} USD, reserved are ${reserved.toFixed()}`
    return [{ invariant: 'I3', detail }]
  })
}

function changesOf({ intents }: JournalTables, intentId: string): readonly string[] {
  return intents.filter((row) => row['target_intent_id'] === intentId).map((row) => text(row, 'intent_id'))
}
