import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { Decimal, InputError, StaleDataError } from '@tidegate/trading-model'
import { beforeEach, describe, expect, it } from 'vitest'
import { fakeFill, fakeIntent } from '../../test-support/fake-world.js'
import { type FakeWorld, fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'

let world: FakeWorld
beforeEach(() => {
  world = fakeWorld({ time: new FakeTime(), log: new MemoryLog() })
})

const prompt = async (name: string, args: Record<string, string>): Promise<string> =>
  (await world.surface.getPrompt(TRADER, name, args)).text

/** A placeholder that stayed, or a hole that JavaScript filled, is a defect. */
function isFilled(text: string): void {
  expect(text).not.toMatch(/\{[a-z_]+\}/)
  expect(text).not.toMatch(/\b(undefined|null|NaN|Infinity)\b|\[object/)
}

describe('analyze_position', () => {
  it('fills holdings, market data and recent trades with their ages and asks the four questions', async () => {
    world.desk.fillsKept = [fakeFill(), fakeFill({ productId: 'ETH-USD', tradeId: 'other' })]
    const text = await prompt('analyze_position', { product_id: 'BTC-USD' })
    isFilled(text)
    expect(text).toContain('Analyze my current position in BTC-USD.')
    expect(text).toMatch(
      /Current holdings \(as of 2026-11-24T11:59:59\.960Z, age 40 ms; portfolio 60000 USD\):\n\{"asset":"BTC"/,
    )
    expect(text).toMatch(/Market data:\n\{"product_id":"BTC-USD","price":"100000"/)
    expect(text).toMatch(/Recent trades[^\n]*:\n\{"trade_id":"trade-1"/)
    expect(text).not.toContain('other')
    for (const point of [
      '1. Unrealized P&L',
      '2. Entry price vs current price',
      '3. Risk assessment',
      '4. Suggested actions (hold/exit/scale)',
    ]) {
      expect(text).toContain(point)
    }
  })

  it('says so when there is no position and there are no trades', async () => {
    const text = await prompt('analyze_position', { product_id: 'TONE-USD' })
    expect(text).toContain('No position in TONE-USD.')
    expect(text).toContain('No trades in TONE-USD are recorded.')
  })
})

describe('risk_check', () => {
  const trade = { product_id: 'BTC-USD', side: 'BUY', size: '0.001', order_type: 'LIMIT', price: '99000' }

  it('fills every placeholder and carries the engine’s own verdict', async () => {
    const text = await prompt('risk_check', trade)
    isFilled(text)
    for (const line of [
      '- Product: BTC-USD',
      '- Side: BUY',
      '- Size: 0.001',
      '- Type: LIMIT',
      '- Price: 99000',
      '- Max position size: 15000 USD (25% of the portfolio); at most 5 base units an order',
      '- Max order value: 1000 USD',
      '- Max portfolio allocation: 25%',
      'Approve or reject with reasoning.',
    ]) {
      expect(text).toContain(line)
    }
    expect(text).toContain('"asset":"BTC"')
    const verdict = await world.tool('check_trade_risk', trade)
    expect(text).toContain(JSON.stringify(verdict))
    expect(verdict['approved']).toBe(true)
  })

  it('carries a denial with its reasons, and the price of a market order', async () => {
    const text = await prompt('risk_check', { product_id: 'BTC-USD', side: 'BUY', size: '3' })
    isFilled(text)
    expect(text).toContain('- Type: MARKET')
    expect(text).toMatch(/- Price: market \(worst average now 100001\)/)
    expect(text).toContain('"verdict":"denied"')
    expect(text).toContain('RISK_MAX_ORDER_VALUE')
  })

  it('names a bad argument', async () => {
    await expect(prompt('risk_check', { ...trade, size: '1e3' })).rejects.toBeInstanceOf(InputError)
    await expect(prompt('risk_check', { ...trade, when: 'now' })).rejects.toThrow(/when is not known here/)
  })
})

describe('market_summary', () => {
  it('fills the five points of every product and names what there is no source for', async () => {
    const text = await prompt('market_summary', { product_ids: 'BTC-USD, ETH-USD' })
    isFilled(text)
    expect(text).toContain('Provide a market summary for BTC-USD, ETH-USD.')
    for (const point of [
      '1. Current price and 24h change',
      '2. Volume and liquidity assessment',
      '3. Recent price action (support/resistance)',
      '4. Notable events or news',
      '5. Sentiment indicators',
    ]) {
      expect(text).toContain(point)
    }
    for (const id of ['BTC-USD', 'ETH-USD']) {
      const section = text.split(`\n${id}\n`)[1] ?? ''
      expect(section).toMatch(/^1\. Price and 24h change: \{"product_id"/)
      expect(section).toMatch(/2\. Liquidity .*"bid_value_within_half_pct":"\d/)
      expect(section).toMatch(/3\. Price action .*"support":"98000","resistance":"101000"/)
      expect(section).toMatch(/4\. Events and news: not available\n5\. Sentiment: not available/)
    }
  })

  it('measures liquidity within half a percent of mid, exactly', async () => {
    world.market.price = new Decimal('100')
    const text = await prompt('market_summary', { product_ids: 'BTC-USD' })
    // Levels are one apart: none of them is within 0.5 of mid, so there is no liquidity there and no share of it.
    expect(text).toContain('"bid_value_within_half_pct":"0","ask_value_within_half_pct":"0"')
    expect(text).not.toContain('bid_share_pct')
  })

  it('names the part that cannot be read and gives the others', async () => {
    world.market.fails = new StaleDataError('The stream is broken', 9000, 5000)
    const text = await prompt('market_summary', { product_ids: 'BTC-USD' })
    expect(text).toMatch(/1\. Price and 24h change: not available \(ERR_DATA_STALE: The stream is broken\)/)
  })

  it('wants known products, separated by commas', async () => {
    await expect(prompt('market_summary', { product_ids: 'btc' })).rejects.toThrow(/separated by commas/)
    await expect(prompt('market_summary', { product_ids: 'NOPE-USD' })).rejects.toThrow(/no product NOPE-USD/)
    await expect(prompt('market_summary', {})).rejects.toThrow(/product_ids is missing/)
  })
})

describe('daily_review', () => {
  const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`)

  it('fills orders, fills, fees, result, denials and limits of the running day', async () => {
    world.desk.intents = [
      fakeIntent({ intentId: 'a', state: 'FILLED', createdAtMs: at('09:00:00') }),
      fakeIntent({ intentId: 'b', state: 'DENIED', outcomeCode: 'RISK_MAX_ORDER_VALUE', createdAtMs: at('10:00:00') }),
      fakeIntent({ intentId: 'c', state: 'REJECTED', outcomeCode: 'INSUFFICIENT_FUND', createdAtMs: at('10:30:00') }),
      fakeIntent({ intentId: 'd', state: 'OPEN', createdAtMs: at('11:59:30') }),
      fakeIntent({ intentId: 'yesterday', state: 'FILLED', createdAtMs: at('00:00:00') - 1 }),
    ]
    world.desk.fillsKept = [
      fakeFill({ tradeId: '1', fee: new Decimal('0.1') }),
      fakeFill({
        tradeId: '2',
        fee: new Decimal('0.2'),
        side: 'SELL',
        price: new Decimal('100001'),
        liquidity: 'MAKER',
      }),
      fakeFill({ tradeId: 'old', tradedAtMs: at('00:00:00') - 1 }),
    ]
    const text = await prompt('daily_review', {})
    isFilled(text)
    expect(text).toContain('Review my trading day 2026-11-24 (UTC, still running).')
    expect(text).toContain('Orders (4):\n{"by_status":{"OPEN":1,"REJECTED":1,"DENIED":1,"FILLED":1}')
    expect(text).toContain(
      '{"BTC-USD":{"fills":2,"bought_value":"100","sold_value":"100.001"},"by_liquidity":{"MAKER":1,"TAKER":1}}',
    )
    expect(text).toContain('Fees of the day by currency:\n{"USD":"0.3"}')
    expect(text).toContain('"realized_usd":"10","unrealized_usd":"-3","fees_usd":"2","result_usd":"5","complete":true')
    expect(text).toContain('nothing was sent):\n1: {"RISK_MAX_ORDER_VALUE":1}')
    expect(text).toContain('Rejected by the venue: 1: {"INSUFFICIENT_FUNDS":1}')
    expect(text).toContain('"max_loss_per_day_usd":"1000"')
    expect(text).toContain(
      '{"loss_today_usd":"0 of 1000","largest_position_pct":"83.3 of 25","orders_last_minute":"1 of 10","open_orders":"1 of 50","open_value_usd":"91.08 of 20000"}',
    )
    expect(text).not.toContain('yesterday')
    expect(text).toMatch(/Not available here: [^.]*news and sentiment/)
    for (const point of ['1. What was done', '2. Result after fees', '6. What to do differently'])
      expect(text).toContain(point)
  })

  it('says what is not there: no orders, no fills, no result of a day that is over', async () => {
    const text = await prompt('daily_review', { date: '2026-11-20' })
    isFilled(text)
    expect(text).toContain('Review my trading day 2026-11-20 (UTC).')
    expect(text).toContain('No orders were recorded on this day.')
    expect(text).toContain('Nothing was traded on this day.')
    expect(text).toMatch(/Realised result of the day:\nnot available/)
    expect(text).not.toContain('orders_last_minute')
  })

  it('marks a result that is not complete', async () => {
    const positions = world.desk.positions.bind(world.desk)
    world.desk.positions = async () => {
      const view = await positions()
      return { ...view, day: { ...view.day, complete: false } }
    }
    expect(await prompt('daily_review', {})).toContain('Incomplete: a fill or a price is missing')
  })

  it.each(['2026-11-25', '24.11.2026', '2026-02-31', 'today'])('refuses %s with the cure', async (date) => {
    await expect(prompt('daily_review', { date })).rejects.toThrow(InputError)
    await expect(prompt('daily_review', { date })).rejects.toMatchObject({ issues: [{ field: 'date' }] })
  })

  it('suggests the last seven days', async () => {
    const days = await world.surface.complete(TRADER, { kind: 'prompt', name: 'daily_review' }, 'date', '2026-11-2')
    expect(days).toEqual(['2026-11-24', '2026-11-23', '2026-11-22', '2026-11-21', '2026-11-20'])
  })
})

describe('arguments of prompts', () => {
  it.each([
    ['analyze_position', 'product_id', 'btc', ['BTC-USD']],
    ['risk_check', 'product_id', 'ETH', ['ETH-USD']],
    ['risk_check', 'side', '', ['BUY', 'SELL']],
    ['risk_check', 'order_type', 'ma', ['MARKET']],
    ['risk_check', 'price', '1', []],
    ['market_summary', 'product_ids', 'BTC-USD,e', ['BTC-USD,ETH-USD']],
  ])('%s %s beginning with %j is completed', async (name, argument, value, expected) => {
    expect(await world.surface.complete(TRADER, { kind: 'prompt', name }, argument, value)).toEqual(expected)
  })
})
