import { describe, expect, it } from 'vitest'
import { formatTimestamp, parseTimestamp } from './index.js'

describe('timestamps', () => {
  it.each([
    ['2023-11-26T10:19:47.504Z', Date.UTC(2023, 10, 26, 10, 19, 47, 504)],
    ['2023-11-26T10:19:47.423220Z', Date.UTC(2023, 10, 26, 10, 19, 47, 423)],
    ['2026-09-30T02:39:53.78865513Z', Date.UTC(2026, 8, 30, 2, 39, 53, 788)],
    ['2021-05-31T09:59:59Z', Date.UTC(2021, 4, 31, 9, 59, 59)],
    ['2015-03-26T23:44:08-07:00', Date.UTC(2015, 2, 27, 6, 44, 8)],
  ])('reads %s', (text, ms) => {
    expect(parseTimestamp(text)).toBe(ms)
  })

  it.each(['', '0001-01-01T00:00:00Z', '1970-01-01T00:00:00Z', 'yesterday', '2023-13-01T00:00:00Z', null, 5])(
    'takes %j for none',
    (value) => {
      expect(parseTimestamp(value)).toBeUndefined()
    },
  )

  it('writes without trailing zeros', () => {
    expect(formatTimestamp(Date.UTC(2026, 0, 2, 3, 4, 5, 60))).toBe('2026-01-02T03:04:05.06Z')
    expect(formatTimestamp(Date.UTC(2026, 0, 2, 3, 4, 5))).toBe('2026-01-02T03:04:05Z')
  })
})
