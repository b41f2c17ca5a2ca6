import { expect } from 'vitest'
import type { Row } from './row.js'
import type { World } from './world.js'

const row = (bullet: string, check: (world: World) => Promise<void>): Row => ({ section: 'Prompts', bullet, check })

const position = (world: World): Promise<string> => world.prompt('analyze_position', { product_id: 'BTC-USD' })
const risk = (world: World): Promise<string> =>
  world.prompt('risk_check', { product_id: 'BTC-USD', side: 'BUY', size: '0.001', order_type: 'LIMIT', price: '1000' })
const summary = (world: World): Promise<string> => world.prompt('market_summary', { product_ids: 'BTC-USD,ETH-USD' })

/** A template placeholder that stayed empty is a defect. */
function isFilled(text: string): void {
  expect(text).not.toMatch(/\{[a-z_]+\}/)
  expect(text).not.toMatch(/\b(undefined|null|NaN)\b/)
}

/** Each placeholder and numbered point of each template. */
export const promptRows: readonly Row[] = [
  ...['Unrealized P&L', 'Entry price vs current price', 'Risk assessment', 'Suggested actions'].map((point) =>
    row(`analyze_position: ${point}`, async (world) => {
      const text = await position(world)
      isFilled(text)
      expect(text.toLowerCase()).toContain(point.toLowerCase())
    }),
  ),
  ...[
    ['product_id', /BTC-USD/],
    ['position_data', /holdings/i],
    ['market_data', /market data/i],
    ['recent_fills', /recent trades/i],
  ].map(([name, pattern]) =>
    row(`analyze_position: {${String(name)}}`, async (world) => {
      expect(await position(world)).toMatch(pattern as RegExp)
    }),
  ),
  ...[
    ['product_id', /Product: BTC-USD/],
    ['side', /Side: BUY/],
    ['size', /Size: 0\.001/],
    ['order_type', /Type: LIMIT/],
    ['price', /Price: 1000/],
    ['portfolio', /portfolio/i],
    ['max_position', /Max position size: \S/],
    ['max_value', /Max order value: \S*1000/],
    ['max_allocation', /Max portfolio allocation: 25\s?%/],
  ].map(([name, pattern]) =>
    row(`risk_check: {${String(name)}}`, async (world) => {
      const text = await risk(world)
      isFilled(text)
      expect(text).toMatch(pattern as RegExp)
    }),
  ),
  row('risk_check: approve or reject with reasoning, beside the verdict of the engine itself', async (world) => {
    expect(await risk(world)).toMatch(/approve or reject/i)
  }),
  ...[
    'current price and 24h change',
    'volume and liquidity',
    'recent price action',
    'notable events or news',
    'sentiment',
  ].map((point) =>
    row(`market_summary: ${point}`, async (world) => {
      const text = await summary(world)
      isFilled(text)
      expect(text.toLowerCase()).toContain(point)
      expect(text).toContain('ETH-USD')
    }),
  ),
  row(
    'daily_review (beside the three): orders, fills, fees, result, limits and denials of the running day',
    async (world) => {
      const text = await world.prompt('daily_review', {})
      isFilled(text)
      for (const part of [
        'Orders (',
        'Fills (',
        'Fees of the day',
        'Realised result of the day',
        'Denials',
        'Limits used now',
      ])
        expect(text).toContain(part)
      expect(text).toMatch(/"realized_usd":"-?[\d.]+"/)
      expect(text).toMatch(/not available/i)
    },
  ),
  row('market_summary: what we do not have is named as not available, never invented', async (world) => {
    expect(await summary(world)).toMatch(/not available/i)
  }),
]
