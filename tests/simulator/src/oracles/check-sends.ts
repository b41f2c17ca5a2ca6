import type { OrderTerms } from '@tidegate/trading-model'
import type { Bench } from './judge.js'

/**
 * Counts requests that could make or change an order as they leave, before anything can happen to them: never more than tickets were
 * minted for them (I1). What the network repeats on its own is not sent again by us.
 */
export function createSendCounter(bench: () => Bench): (verb: string, body: string) => void {
  const sends = new Map<string, number>()
  return (verb, body) => {
    if (verb !== 'create-order' && verb !== 'edit-order') return
    const { shadow, blame } = bench()
    const wire = JSON.parse(body) as Readonly<Record<string, string>>
    const name =
      verb === 'create-order' ? wire['client_order_id'] : `${wire['order_id']} ${wire['price']} ${wire['size']}`
    if (name === undefined) return
    const count = (sends.get(name) ?? 0) + 1
    sends.set(name, count)
    const tickets = verb === 'create-order' ? (shadow.byClientOrderId(name)?.tickets ?? 0) : editTickets(name)
    if (count > tickets) blame('I1', `${verb} ${name} leaves for the ${count}. time, ${tickets} tickets stand for it`)

    function editTickets(change: string): number {
      const target = shadow.byVenueOrderId(wire['order_id'] ?? '')
      return shadow
        .changesOf(target?.intent.intentId ?? '')
        .filter(({ first }) => first.kind === 'edit' && said(first.terms, wire['order_id'] ?? '') === change)
        .reduce((sum, { tickets: each }) => sum + each, 0)
    }
  }
}

function said(terms: OrderTerms, orderId: string): string {
  if (terms.orderType === 'MARKET' || terms.size.kind !== 'base') return ''
  return `${orderId} ${terms.limitPrice.toFixed()} ${terms.size.baseSize.toFixed()}`
}
