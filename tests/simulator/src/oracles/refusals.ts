/** What the exchange itself refused: a word of its own, not a proxy's. */
export interface Refusals {
  /** Told of every answer as the exchange gives it. */
  onAnswer(verb: string, request: string, status: number, answer: string): void
  /** True when it has refused a request under this id before. */
  hasRefused(clientOrderId: string): boolean
  hasRefusedEdit(orderId: string): boolean
}

/** @returns A record without refusals. */
export function createRefusals(): Refusals {
  const orders = new Set<string>()
  const edits = new Set<string>()
  return {
    onAnswer(verb, request, status, answer) {
      if (verb !== 'create-order' && verb !== 'edit-order') return
      const isRefusal = status === 400 || (status === 200 && /"success":\s*false/.test(answer))
      if (!isRefusal) return
      const wire = JSON.parse(request) as Readonly<Record<string, string>>
      if (verb === 'create-order') orders.add(wire['client_order_id'] ?? '')
      else edits.add(wire['order_id'] ?? '')
    },
    hasRefused: (clientOrderId) => orders.has(clientOrderId),
    hasRefusedEdit: (orderId) => edits.has(orderId),
  }
}
