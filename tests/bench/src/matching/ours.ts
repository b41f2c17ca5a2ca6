import { type MatchEvent, MatchingBook } from '@tidegate/paper-exchange'
import type { Contender } from '../contender.js'
import { runWorkload } from './run-workload.js'

/** Decimal text in and out, a fill object per trade, an answer per order, every event heard. */
export const matchingBook: Contender = {
  name: 'MatchingBook (decimals, fills, answers, events)',
  prepare: (scale) =>
    runWorkload(() => {
      let last: MatchEvent | undefined
      const book = new MatchingBook({
        priceIncrement: '0.01',
        baseIncrement: '0.00000001',
        onEvent: (event) => {
          last = event
        },
      })
      return {
        passive: ({ id, side, sizeText, priceText }) => {
          const answer = book.place({ id, side, size: sizeText, price: priceText })
          if (answer.kind !== 'open') throw new Error(`a passive order was ${answer.kind}, after ${last?.kind}`)
        },
        cancel: ({ id }) => {
          book.cancel(id)
        },
        take: ({ id, side, sizeText }) => {
          const answer = book.place({ id, side, size: sizeText })
          if (answer.kind === 'refused') throw new Error(`a market order was refused: ${answer.reason}`)
          return Number(answer.filled)
        },
        openOrders: () => book.openOrders,
      }
    }, scale),
}
