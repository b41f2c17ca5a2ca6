import { FakeTime } from '@tidegate/testkit'
import { isOnIncrement, type PriceEvent } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PRODUCTS } from '../products.js'
import { createSyntheticPrices } from './synthetic.js'

const hour = 3_600_000
const listed = new Map(DEFAULT_PRODUCTS.map((product) => [product.productId, product]))

async function run(seed: number, seconds: number) {
  const time = new FakeTime()
  const prices = createSyntheticPrices({ seed, clock: time, timers: time })
  const events: PriceEvent[] = []
  const stop = prices.open((event) => events.push(event))
  await time.advance(seconds * 1_000)
  stop()
  await time.advance(1_000)
  return { events, prices, time }
}

/** Replays levels and calls back after each event with the book as it stands. */
function replay(
  events: readonly PriceEvent[],
  productId: string,
  after: (book: { bid: Map<string, number>; ask: Map<string, number> }, event: PriceEvent) => void,
) {
  const book = { bid: new Map<string, number>(), ask: new Map<string, number>() }
  for (const event of events) {
    if (event.productId !== productId) continue
    if (event.kind === 'levels') {
      for (const { side, price, size } of event.changes) {
        if (size.isZero()) book[side].delete(price.toFixed())
        else book[side].set(price.toFixed(), price.toNumber())
      }
    }
    after(book, event)
  }
}

describe('createSyntheticPrices', () => {
  it('repeats itself bit for bit under one seed and differs under another', async () => {
    const [first, again, other] = await Promise.all([run(7, 20), run(7, 20), run(8, 20)])
    expect(JSON.stringify(again.events)).toBe(JSON.stringify(first.events))
    expect(JSON.stringify(other.events)).not.toBe(JSON.stringify(first.events))
  })

  it('emits only whole ticks and whole increments', async () => {
    const { events } = await run(3, 20)
    const isExact = (event: PriceEvent) => {
      const product = listed.get(event.productId)
      if (!product) return false
      const rows = event.kind === 'trade' ? [event] : event.changes
      return rows.every(
        ({ price, size }) =>
          price.gt(0) && isOnIncrement(price, product.priceIncrement) && isOnIncrement(size, product.baseIncrement),
      )
    }
    expect(events.filter((event) => !isExact(event))).toEqual([])
  })

  it.each(['BTC-USD', 'ETH-USD', 'TONE-USD'])(
    'shows an uncrossed book of 50 levels or more of %s',
    async (productId) => {
      const { events, prices } = await run(11, 60)
      let crossed = 0
      replay(events, productId, (book, event) => {
        if (event.kind === 'levels' && Math.max(...book.bid.values()) >= Math.min(...book.ask.values())) crossed++
      })
      expect(crossed).toBe(0)
      const statistics = prices.statistics().find((row) => row.productId === productId)
      expect(statistics?.minLevelsPerSide).toBeGreaterThanOrEqual(50)
    },
  )

  it('trades in both directions, at prices that were shown', async () => {
    const { events, prices } = await run(5, 120)
    for (const productId of ['BTC-USD', 'TONE-USD']) {
      let last = { bid: new Map<string, number>(), ask: new Map<string, number>() }
      let outside = 0
      replay(events, productId, (book, event) => {
        if (event.kind === 'trade') {
          const side = event.aggressor === 'BUY' ? last.ask : last.bid
          if (!side.has(event.price.toFixed())) outside++
        } else last = { bid: new Map(book.bid), ask: new Map(book.ask) }
      })
      expect(outside, productId).toBe(0)
    }
    const bitcoin = prices.statistics().find((row) => row.productId === 'BTC-USD')
    expect(bitcoin?.trades).toBeGreaterThan(120)
    expect(bitcoin?.buyShare).toBeGreaterThan(0.15)
    expect(bitcoin?.buyShare).toBeLessThan(0.85)
  })

  it('moves', async () => {
    const { events } = await run(5, 120)
    const prices = new Set(
      events
        .filter((event) => event.kind === 'trade' && event.productId === 'BTC-USD')
        .map((e) => 'price' in e && e.price.toFixed()),
    )
    expect(prices.size).toBeGreaterThan(50)
  })

  it('has a past in which every granularity adds up to the next', async () => {
    const { prices, time } = await run(5, 1)
    const end = Math.floor(time.nowMs() / (24 * hour)) * 24 * hour
    const start = end - 24 * hour
    const minutes = prices.candles('BTC-USD', 60_000, start, end)
    const hours = prices.candles('BTC-USD', hour, start, end)
    const days = prices.candles('BTC-USD', 24 * hour, start, end)
    expect([minutes.length, hours.length, days.length]).toEqual([1_440, 24, 1])
    const sum = (candles: typeof minutes) =>
      candles.reduce((total, candle) => total.add(candle.volume), candles[0]!.volume.mul(0))
    expect(sum(minutes).toFixed()).toBe(days[0]?.volume.toFixed())
    expect(sum(hours).toFixed()).toBe(days[0]?.volume.toFixed())
    const highest = (candles: typeof minutes) => Math.max(...candles.map((candle) => candle.high.toNumber()))
    expect(highest(minutes)).toBe(days[0]?.high.toNumber())
    expect(minutes[0]?.open.toFixed()).toBe(days[0]?.open.toFixed())
    expect(minutes.at(-1)?.close.toFixed()).toBe(days[0]?.close.toFixed())
    for (const [index, candle] of minutes.entries()) {
      expect(candle.high.gte(candle.low) && candle.high.gte(candle.close) && candle.low.lte(candle.open)).toBe(true)
      if (index > 0) expect(candle.open.toFixed()).toBe(minutes[index - 1]?.close.toFixed())
    }
  })

  it('gives 300 buckets of every granularity', async () => {
    const { prices, time } = await run(5, 1)
    for (const minutes of [1, 5, 15, 30, 60, 120, 240, 360, 1_440]) {
      const length = minutes * 60_000
      const end = Math.floor(time.nowMs() / length) * length
      const candles = prices.candles('ETH-USD', length, end - 300 * length, end)
      expect(candles.length).toBe(300)
      expect(new Set(candles.map((candle) => candle.close.toFixed())).size).toBeGreaterThan(100)
    }
  })

  it('opens where its past ends', async () => {
    const { events, prices, time } = await run(5, 0)
    const minute = Math.floor(time.nowMs() / 60_000) * 60_000
    const before = prices.candles('BTC-USD', 60_000, minute - 60_000, minute)[0]?.close
    const first = events.find((event) => event.kind === 'trade' && event.productId === 'BTC-USD')
    const gap = first?.kind === 'trade' && before ? first.price.div(before).sub(1).abs().toNumber() : 1
    expect(gap).toBeLessThan(0.002)
    const trades = prices.pastTrades('BTC-USD', time.nowMs(), 100)
    expect(trades.length).toBe(100)
    expect(trades.every((trade, index) => index === 0 || trade.atMs >= (trades[index - 1]?.atMs ?? 0))).toBe(true)
  })
})
