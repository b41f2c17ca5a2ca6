import { Decimal, type PriceEvent } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PRODUCTS } from '../products.js'
import { createLivePrices, type LiveListeners } from './live.js'

function start() {
  const events: PriceEvent[] = []
  let listeners: LiveListeners | undefined
  let isStopped = false
  const prices = createLivePrices({
    name: 'live somewhere',
    products: DEFAULT_PRODUCTS,
    subscribe: (given) => {
      listeners = given
      return () => {
        isStopped = true
      }
    },
  })
  const stop = prices.open((event) => events.push(event))
  if (!listeners) throw new Error('not subscribed')
  return { events, listeners, stop, isStopped: () => isStopped }
}

const text = (events: readonly PriceEvent[]) =>
  events.map((event) =>
    event.kind === 'trade'
      ? `${event.aggressor} ${event.size.toFixed()} at ${event.price.toFixed()}`
      : `${event.isSnapshot ? 'snapshot' : 'update'} ${event.changes
          .map(({ side, price, size }) => `${side} ${price.toFixed()} ${size.toFixed()}`)
          .join(', ')}`,
  )

describe('live prices', () => {
  it('turn a stream of whole ticks and units into exact levels, a frame at a time', () => {
    const { events, listeners } = start()
    const writer = listeners.books.open('BTC-USD')
    writer?.beginSnapshot()
    writer?.level('bid', 6_892_366, 17_189_468)
    writer?.level('ask', 6_892_367, 1)
    writer?.commit(1_000)
    writer?.level('bid', 6_892_366, 0)
    writer?.commit(1_050)
    expect(text(events)).toEqual(['snapshot bid 68923.66 0.17189468, ask 68923.67 0.00000001', 'update bid 68923.66 0'])
    expect(events.map((event) => event.atMs)).toEqual([1_000, 1_050])
  })

  it('say who was the aggressor: the side that the venue does not name', () => {
    const { events, listeners } = start()
    const trade = { tradeId: '1', productId: 'BTC-USD', price: new Decimal(5), size: new Decimal('0.1'), tradedAtMs: 7 }
    listeners.onTrade({ ...trade, makerSide: 'SELL' })
    listeners.onTrade({ ...trade, makerSide: 'BUY', productId: 'NOT-LISTED' })
    expect(text(events)).toEqual(['BUY 0.1 at 5'])
  })

  it('show no book while the stream cannot vouch for one', () => {
    const { events, listeners } = start()
    for (const productId of ['BTC-USD', 'ETH-USD']) {
      const writer = listeners.books.open(productId)
      writer?.beginSnapshot()
      writer?.level('bid', 100, 100)
      writer?.commit(1_000)
    }
    listeners.books.open('BTC-USD')?.invalidate('gap')
    listeners.books.invalidateAll('down')
    listeners.books.invalidateAll('still down')
    expect(text(events).slice(2)).toEqual(['snapshot ', 'snapshot '])
    expect(events.slice(2).map((event) => event.productId)).toEqual(['BTC-USD', 'ETH-USD'])
  })

  it('know no product that is not listed, and stop when told to', () => {
    const { listeners, stop, isStopped } = start()
    expect(listeners.books.open('NOT-LISTED')).toBeUndefined()
    stop()
    expect(isStopped()).toBe(true)
  })
})
