import type { Prng } from '../core/prng.js'
import type { SimExchange } from '../venue/sim-exchange.js'

type Fields = Record<string, unknown>

/** An answer as it should not be: cut in half, of another schema, or about another order. */
export function spoil(
  how: 'half_body' | 'schema_drift' | 'wrong_replay',
  verb: string,
  body: string,
  prng: Prng,
  exchange: SimExchange,
): string {
  if (how === 'half_body') return body.slice(0, Math.floor(body.length / 2))
  const json = read(body)
  if (!json) return body
  return JSON.stringify(how === 'schema_drift' ? drift(verb, json, prng) : replay(verb, json, prng, exchange))
}

/** What venues really did: the order id moved (2024-09-03), words that nobody knew, fields that were not there before. */
function drift(verb: string, json: Fields, prng: Prng): Fields {
  if (verb === 'create-order' && json['success'] === true) {
    const { success_response: ack, ...rest } = json
    const kind = prng.below(3)
    if (kind === 0) return { ...rest, order_id: (ack as Fields)['order_id'] }
    if (kind === 1) return { ...rest, success_response: { ...(ack as Fields), order_id: undefined } }
    return { ...json, success_response: { ...(ack as Fields), leverage: '1' } }
  }
  if (verb === 'create-order' && json['success'] === false && prng.chance(0.5)) {
    return { success: false, failure_reason: 'UNKNOWN_FAILURE_REASON' }
  }
  const orders = json['orders']
  if (Array.isArray(orders) && orders.length > 0) {
    const at = prng.below(orders.length)
    const order = orders[at] as Fields
    const changed =
      order['status'] === 'OPEN' ? { ...order, status: prng.pick(['QUEUED', 'CANCEL_QUEUED', 'EDIT_QUEUED']) } : order
    return { ...json, orders: orders.map((each: unknown, index) => (index === at ? changed : each)) }
  }
  return { ...json, new_field_of_theirs: { nested: [1, 2, 3] } }
}

/** `success: true` for an order that is not the one that was sent. */
function replay(verb: string, json: Fields, prng: Prng, exchange: SimExchange): Fields {
  const ack = json['success_response'] as Fields | undefined
  if (verb !== 'create-order' || !ack) return json
  const others = [...exchange.engine.state.orders.values()].filter((order) => order.orderId !== ack['order_id'])
  const other = others.length === 0 ? undefined : prng.pick(others)
  if (!other) return json
  const changed = {
    order_id: other.orderId,
    client_order_id: prng.chance(0.5) ? other.clientOrderId : ack['client_order_id'],
    product_id: other.terms.productId,
    side: other.terms.side,
  }
  return { ...json, success_response: { ...ack, ...changed } }
}

function read(body: string): Fields | undefined {
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : undefined
  } catch {
    return undefined
  }
}
