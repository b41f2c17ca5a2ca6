import { Decimal } from '@tidegate/trading-model'
import { type Case, ownIntents, text, type Violation } from './case.js'
import { groupBy } from './check-orders.js'

const settled: ReadonlySet<string> = new Set(['FILLED', 'CANCELLED', 'EXPIRED', 'FAILED'])

/** Every execution that is recorded happened, and of a finished order all of them are recorded and add up: I6. */
export function checkFills({ tables, orders, fills }: Case): readonly Violation[] {
  const found: Violation[] = []
  const real = new Map(fills.map((fill) => [`${fill.orderId} ${fill.tradeId}`, fill]))
  for (const row of tables.fills) {
    const name = `${text(row, 'order_id')} ${text(row, 'trade_id')}`
    const fill = real.get(name)
    if (!fill) {
      found.push({ invariant: 'I6', detail: `execution ${name} is recorded and never happened` })
      continue
    }
    const told = [text(row, 'price'), text(row, 'base_size'), text(row, 'fee')].map((value) => new Decimal(value))
    const happened = [fill.price, fill.baseSize, fill.fee]
    if (told.every((value, index) => happened[index]?.eq(value))) continue
    found.push({
      invariant: 'I6',
      detail: `execution ${name} is recorded as ${told.map((value) => value.toFixed()).join(' ')}`,
    })
  }
  const recorded = groupBy(tables.fills, (row) => text(row, 'order_id'))
  const byOrder = groupBy(fills, (fill) => fill.orderId)
  for (const intent of ownIntents(tables)) {
    const state = text(intent, 'state')
    if (!settled.has(state)) continue
    const orderId = text(intent, 'venue_order_id')
    const name = `intent ${text(intent, 'intent_id')} (${state})`
    const order = orders.find((each) => each.orderId === orderId)
    if (order && order.status !== state) {
      found.push({ invariant: 'I4', detail: `${name} is over, the venue says ${order.status}` })
    }
    const own = recorded.get(orderId) ?? []
    if (own.length !== (byOrder.get(orderId) ?? []).length) {
      const detail = `${name} has ${own.length} executions recorded of ${(byOrder.get(orderId) ?? []).length}`
      found.push({ invariant: 'I6', detail })
    }
    const sum = own.reduce((total, row) => total.plus(text(row, 'base_size')), new Decimal(0))
    if (sum.eq(text(intent, 'filled_size')) && (!order || order.filledSize.eq(sum))) continue
    const detail = `${name}: executions add up to ${sum.toFixed()}, it says ${text(intent, 'filled_size')}, the venue ${order?.filledSize.toFixed()}`
    found.push({ invariant: 'I6', detail })
  }
  return found
}
