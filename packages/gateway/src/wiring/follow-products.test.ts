import type { MarketCache } from '@tidegate/market-cache'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { type MarketFeed, NotFoundError, type Product } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { followProducts } from './follow-products.js'

const set = (options: { maxProducts?: number; accepts?: (id: string) => boolean; fails?: () => boolean } = {}) => {
  const asked: string[] = []
  const time = new FakeTime()
  const market = {
    product: async (id: string) => {
      if (id.startsWith('NO')) throw new NotFoundError('none')
      return { productId: id } as Product
    },
    bookProductId: async (id: string) => {
      if (id.startsWith('NO')) throw new NotFoundError('none')
      return id.replace('USDC', 'USD')
    },
    ticker: async (id: string) => ({ value: { productId: id } }),
    book: async (id: string) => ({ value: { productId: id } }),
    watch: () => () => {},
  } as unknown as MarketCache
  const feed = {
    subscribe: async (ids: readonly string[]) => {
      asked.push(...ids)
      if (options.fails?.()) throw new Error('down')
      const accepted = ids.filter((id) => options.accepts?.(id) ?? true)
      return { accepted, unknown: ids.filter((id) => !accepted.includes(id)) }
    },
  } as unknown as MarketFeed
  const following = followProducts({
    market,
    feed,
    clock: time,
    log: new MemoryLog(),
    maxProducts: options.maxProducts ?? 50,
  })
  return { following, asked, time }
}

describe('followProducts', () => {
  it('subscribes a product at its first read, once, and an alias through its book', async () => {
    const { following, asked, time } = set()
    await following.ticker('BTC-USD')
    await following.book('BTC-USDC', 50)
    following.watch('BTC-USD', () => {})
    await time.advance(0)
    expect(asked).toEqual(['BTC-USD'])
  })

  it('answers a read without waiting for the stream', async () => {
    const { following } = set({ fails: () => true })
    expect((await following.ticker('BTC-USD')).value.productId).toBe('BTC-USD')
  })

  it('says which products the venue takes and which it does not', async () => {
    const { following } = set({ accepts: (id) => id !== 'ETH-USD' })
    expect(await following.subscribe(['BTC-USDC', 'ETH-USD', 'NO-USD'])).toEqual({
      accepted: ['BTC-USDC'],
      unknown: ['ETH-USD', 'NO-USD'],
    })
  })

  it('asks again after a failure, but not at once', async () => {
    let isDown = true
    const { following, asked, time } = set({ fails: () => isDown })
    expect((await following.subscribe(['BTC-USD'])).unknown).toEqual(['BTC-USD'])
    isDown = false
    expect((await following.subscribe(['BTC-USD'])).unknown).toEqual(['BTC-USD'])
    await time.advance(30_000)
    expect((await following.subscribe(['BTC-USD'])).accepted).toEqual(['BTC-USD'])
    expect(asked).toEqual(['BTC-USD', 'BTC-USD'])
  })

  it('follows no more than its limit', async () => {
    const { following, asked } = set({ maxProducts: 2 })
    const { accepted, unknown } = await following.subscribe(['A-USD', 'B-USD', 'C-USD'])
    expect([accepted.length, unknown.length, asked.length]).toEqual([2, 1, 2])
  })
})
