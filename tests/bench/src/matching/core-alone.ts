import { OrderQueue, type Taker } from '@tidegate/paper-exchange/in-process'
import type { Contender } from '../contender.js'
import { runWorkload } from './run-workload.js'

/** The queue alone, on whole numbers, telling nobody: what the design can do. */
export const coreAlone: Contender = {
  name: 'OrderQueue alone (whole numbers, no objects)',
  prepare: (scale) =>
    runWorkload(() => {
      const queues = { BUY: new OrderQueue<string>('BUY'), SELL: new OrderQueue<string>('SELL') }
      const slots = new Map<string, { readonly side: 'BUY' | 'SELL'; readonly slot: number }>()
      let priority = 0
      const taker: Taker<string> = {
        mayTradeWith: () => true,
        onFill: (id, _units, left) => {
          if (left === 0) slots.delete(id)
        },
      }
      return {
        passive: ({ id, side, size, price }) => {
          slots.set(id, { side, slot: queues[side].add(id, Math.round(price * 100), size, ++priority) })
        },
        cancel: ({ id }) => {
          const at = slots.get(id)
          if (!at) return
          queues[at.side].remove(at.slot)
          slots.delete(id)
        },
        take: ({ side, size }) => {
          const queue = side === 'BUY' ? queues.SELL : queues.BUY
          return size - queue.take(side === 'BUY' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY, size, taker)
        },
        openOrders: () => slots.size,
      }
    }, scale),
}
