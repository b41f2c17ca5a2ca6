import { createRequire } from 'node:module'
import type { Contender } from '../contender.js'
import { runWorkload } from './run-workload.js'

/** What both peers have in common; their packages point to types that are not there. */
interface PeerBook {
  limit(order: { side: string; id: string; size: number; price: number }): { err: Error | null }
  market(order: { side: string; size: number }): { quantityLeft: number; err: Error | null }
  cancel(id: string): unknown
  depth(): readonly [readonly (readonly [number, number])[], readonly (readonly [number, number])[]]
  snapshot(): { bids: readonly { orders: readonly unknown[] }[]; asks: readonly { orders: readonly unknown[] }[] }
}

const require = createRequire(import.meta.url)
const sides = { BUY: 'buy', SELL: 'sell' } as const

function peer(name: string, version: string): Contender {
  return {
    name,
    version,
    prepare: (scale) => {
      const { OrderBook } = require(name) as { OrderBook: new () => PeerBook }
      return runWorkload(() => {
        const book = new OrderBook()
        return {
          passive: ({ id, side, size, price }) => {
            const { err } = book.limit({ side: sides[side], id, size, price })
            if (err) throw err
          },
          cancel: ({ id }) => {
            book.cancel(id)
          },
          take: ({ side, size }) => {
            const { quantityLeft, err } = book.market({ side: sides[side], size })
            if (err) throw err
            return size - quantityLeft
          },
          openOrders: () => {
            const { bids, asks } = book.snapshot()
            return [...bids, ...asks].reduce((sum, level) => sum + level.orders.length, 0)
          },
        }
      }, scale)
    },
  }
}

/** The two fast order books on npm, as published. Both count in doubles. */
export const orderBookPeers: readonly Contender[] = [
  peer('nodejs-order-book', '10.1.1'),
  peer('hft-limit-order-book', '7.0.2'),
]
