import type { OrderRecord } from '@tidegate/paper-exchange'
import type { Answer, Command } from '../protocol.js'
import type { Violation } from './case.js'

const live: ReadonlySet<string> = new Set(['PENDING', 'OPEN', 'EDIT_QUEUED', 'CANCEL_QUEUED'])

/** Whether an order at the exchange can still trade. */
export function isLive(order: OrderRecord): boolean {
  return live.has(order.status)
}

/** What somebody was told has to be so at that moment. */
export function checkAnswer(
  orders: readonly OrderRecord[],
  command: Command,
  answer: Answer,
  begunAtMs: number,
): readonly Violation[] {
  if (command.do === 'cancel-all' && answer.allGone === true) {
    return orders
      .filter((order) => order.createdAtMs < begunAtMs && isLive(order))
      .map((order) => ({
        invariant: 'answer',
        detail: `cancel-all says that all is gone; ${order.orderId} is ${order.status}`,
      }))
  }
  if (command.do === 'cancel' && answer.outcome === 'cancelled') {
    return orders
      .filter((order) => order.orderId === command.id && isLive(order))
      .map((order) => ({ invariant: 'answer', detail: `cancel says cancelled; ${order.orderId} is ${order.status}` }))
  }
  return []
}
