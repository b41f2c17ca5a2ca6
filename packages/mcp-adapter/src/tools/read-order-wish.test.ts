import { FakeTime } from '@tidegate/testkit'
import { InputError, NotFoundError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { type EntryEnd, readOrderWish } from './read-order-wish.js'

const day = 86_400_000
const buy = { product_id: 'BTC-USD', side: 'BUY', order_type: 'LIMIT', size: '1', limit_price: '9' }

function read(args: Readonly<Record<string, string>>, entryEnd: EntryEnd | 'off' = { afterMs: day, isRule: false }) {
  const clock = new FakeTime()
  const market = { product: () => Promise.reject(new NotFoundError('none')) } as never
  return {
    nowMs: clock.nowMs(),
    wish: readOrderWish({ clock, market, ...(entryEnd === 'off' ? {} : { entryEnd }) }, args, []),
  }
}

describe('what an agent leaves to the clock', () => {
  it('is the end of a limit order that would rest to add exposure', async () => {
    const { nowMs, wish } = read(buy)
    expect(await wish).toMatchObject({ terms: { timeInForce: 'GTD', endTimeMs: nowMs + day }, givenTimes: ['end'] })
    const swap = read({ ...buy, side: 'SELL', product_id: 'ETH-BTC' })
    expect(await swap.wish).toMatchObject({ givenTimes: ['end'] })
  })

  it.each([
    ['a GTC that was asked for', { ...buy, time_in_force: 'GTC' }],
    ['a sell for money', { ...buy, side: 'SELL' }],
    ['a stop', { ...buy, order_type: 'STOP_LIMIT', stop_price: '8' }],
    ['what does not rest', { ...buy, time_in_force: 'IOC' }],
  ])('is nothing of %s', async (_name, args) => {
    expect((await read(args).wish).givenTimes).toEqual([])
  })

  it('is nothing at all where the owner switched it off', async () => {
    expect(await read(buy, 'off').wish).toMatchObject({ terms: { timeInForce: 'GTC' }, givenTimes: [] })
  })

  it('is the beginning of a TWAP, which is no part of what a repeat is recognised by', async () => {
    const nowMs = new FakeTime().nowMs()
    const end_time = new Date(nowMs + 600_000).toISOString()
    const twap = { ...buy, order_type: 'TWAP', num_orders: '5', end_time }
    expect(await read(twap).wish).toMatchObject({ terms: { startTimeMs: nowMs + 5_000 }, givenTimes: ['start'] })
  })
})

describe('an end that the owner made a rule', () => {
  const rule = { afterMs: day, isRule: true }

  it('refuses GTC and a later end of an entry, and leaves exits alone', async () => {
    const { nowMs, wish } = read({ ...buy, time_in_force: 'GTC' }, rule)
    await expect(wish).rejects.toThrow(InputError)
    const at = (ms: number) => ({ ...buy, time_in_force: 'GTD', end_time: new Date(ms).toISOString() })
    await expect(read(at(nowMs + day + 1), rule).wish).rejects.toThrow(/end_time/)
    expect((await read(at(nowMs + day), rule).wish).terms).toMatchObject({ endTimeMs: nowMs + day })
    expect((await read({ ...buy, side: 'SELL', time_in_force: 'GTC' }, rule).wish).terms.timeInForce).toBe('GTC')
  })
})
