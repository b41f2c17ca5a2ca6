import { describe, expect, it } from 'vitest'
import { candlesView, sayCandle, waitingCandles } from './candles-model.js'
import { marksOf, readFills, sayFills } from './fills-model.js'
import { placeLabels } from './place-labels.js'

const answer = {
  product_id: 'BTC-USD',
  granularity: '15m',
  start_unix_s: [900, 1800, 2700],
  open: ['0.1', '100.00000000000000000001', '3'],
  high: ['0.3', '101', '4'],
  low: ['0.1', '99', '2'],
  close: ['0.2', '100', '3.50'],
  volume: ['7', '8.123456789012345678', '0'],
  as_of: '2026-11-24T12:00:00.000Z',
  age_ms: 40,
  source: 'stream',
  stale: false,
}

const fill = (traded_at: string, side: string, size = '0.1', price = '100.5', change: object = {}): object => ({
  product_id: 'BTC-USD',
  traded_at,
  side,
  size,
  price,
  commission: '0.01',
  fee_currency: 'USD',
  order_id: 'o1',
  ...change,
})

describe('what the page of candles shows', () => {
  it('is every number as it came, more digits than a float holds among them', () => {
    const view = candlesView(answer)
    expect(view).toMatchObject({ state: 'ready', title: 'BTC-USD, 15m candles', stepS: 900, places: 20, ageMs: 40 })
    expect(view.rows[1]).toMatchObject({ open: '100.00000000000000000001', volume: '8.123456789012345678', isUp: true })
    expect(view.rows.map((row) => row.isUp)).toEqual([true, true, true])
    const [row] = view.rows
    expect(row && sayCandle(row)).toBe('1970-01-01 00:15:00 UTC: open 0.1, high 0.3, low 0.1, close 0.2, volume 7')
  })

  it('leaves out rows with anything but decimals or out of order, and counts them', () => {
    for (const bad of ['1e5', 'NaN', '', '-', '0x10', '1.', '.5', ' 1', '<b>1</b>', 5, null, {}]) {
      const view = candlesView({ ...answer, low: ['0.1', bad, '2'] })
      expect([bad, view.rows.length, view.notes[0]]).toEqual([bad, 2, '1 row could not be read and is left out.'])
    }
    expect(candlesView({ ...answer, start_unix_s: [1800, 900, 1800] }).rows.map((row) => row.startS)).toEqual([1800])
    expect(candlesView({ ...answer, start_unix_s: ['900', 1.5, -1] }).state).toBe('unreadable')
  })

  it('tells empty, refused, unreadable and waiting apart', () => {
    const states = [
      candlesView({ ...answer, start_unix_s: [] }),
      candlesView({
        success: false,
        error: { code: 'PRODUCT_NOT_FOUND', message: 'No product', fix: 'list_products' },
      }),
      candlesView({}),
      waitingCandles({ product_id: 'BTC-USD' }),
    ]
    expect(states.map((view) => view.state)).toEqual(['empty', 'refused', 'unreadable', 'waiting'])
    expect(states[1]?.notes).toEqual(['No product (PRODUCT_NOT_FOUND)', 'list_products'])
  })

  it('says that data is stale and that there was more', () => {
    const { notes, isStale } = candlesView({
      ...answer,
      stale: true,
      truncated: true,
      continue_end: '2026-11-24T00:00:00Z',
    })
    expect(isStale).toBe(true)
    expect(notes).toEqual([
      'The server calls these candles stale: do not trade on them.',
      'More was asked for than fits: only the newest 3 are here, from 2026-11-24 00:00:00 UTC on.',
    ])
  })
})

describe('one’s own fills', () => {
  const { rows } = candlesView(answer)
  const at = (s: number): string => new Date(s * 1000).toISOString()

  it('are those of the product that can be read', () => {
    const read = readFills(
      {
        fills: [
          fill(at(1000), 'BUY'),
          fill(at(1000), 'BUY', '0.1', '1', { product_id: 'ETH-USD' }),
          fill('yesterday', 'BUY'),
          fill(at(1), 'HOLD'),
          fill(at(1), 'SELL', 'many'),
          null,
        ],
      },
      'BTC-USD',
    )
    expect(read).toHaveLength(1)
    expect(read[0]).toMatchObject({ side: 'BUY', size: '0.1', price: '100.5', fee: '0.01 USD' })
  })

  it('stand at the candle they fell into, both ends counted once, sums exact', () => {
    const fills = readFills(
      {
        fills: [
          fill(at(899), 'BUY'),
          fill(at(900), 'BUY', '0.1'),
          fill(at(1799), 'BUY', '0.2'),
          fill(at(1800), 'SELL', '1', '101.10'),
          fill(at(3600), 'SELL'),
        ],
      },
      'BTC-USD',
    )
    expect(marksOf(fills, rows, 900)).toEqual([
      { startS: 900, side: 'BUY', label: 'B 0.3 in 2' },
      { startS: 1800, side: 'SELL', label: 'S 1 @ 101.10' },
    ])
    const [first] = rows
    expect(first && sayFills(fills, first, 900)).toBe('bought 0.1 at 100.5, bought 0.2 at 100.5')
  })

  it('have no mark where no candle is: a gap in the history is no candle', () => {
    const gap = candlesView({ ...answer, start_unix_s: [900, 1800, 9000] }).rows
    expect(marksOf(readFills({ fills: [fill(at(5000), 'BUY')] }, 'BTC-USD'), gap, 900)).toEqual([])
  })
})

describe('labels in the picture', () => {
  const room = { width: 300, height: 200 }

  it('stay inside and never lie on one another', () => {
    const wishes = [0, 5, 150, 155, 299].map((x) => ({ x, y: 100, width: 90, side: 'SELL' as const }))
    const placed = placeLabels(wishes, room)
    for (const place of placed) {
      if (!place) continue
      expect(place.left).toBeGreaterThanOrEqual(0)
      expect(place.left + 90).toBeLessThanOrEqual(300)
      for (const other of placed) {
        if (!other || other === place) continue
        expect(Math.abs(other.left - place.left) >= 90 || Math.abs(other.top - place.top) >= 16).toBe(true)
      }
    }
    expect(placed.filter(Boolean)).toHaveLength(5)
  })

  it('are left out where there is no room', () => {
    expect(placeLabels([{ x: 10, y: 10, width: 400, side: 'BUY' }], room)).toEqual([undefined])
    expect(placeLabels([{ x: 10, y: 195, width: 50, side: 'BUY' }], room)).toEqual([undefined])
  })
})
