import { InvariantError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { btcUsd, d, limit, openIntent, snapshotWith } from './scenario.test-support.js'
import { deserializeSnapshot, serializeSnapshot } from './snapshot-text.js'

describe('snapshot text', () => {
  it('keeps 8-digit dust, 30-digit values and computed 80-digit values as they are', () => {
    const values = ['0.00000001', '123456789012345678901234567890.123456789', d(1).div(3).toFixed()]
    for (const value of values) {
      const snapshot = snapshotWith({ usdPrices: { X: d(value) } })
      const text = serializeSnapshot(snapshot)
      expect(text).toContain(`"${value}"`)
      expect(deserializeSnapshot(text)).toEqual(snapshot)
    }
  })

  it('keeps limit rows beyond 2^53, absent fields absent, and optional ones', () => {
    const snapshot = snapshotWith({
      product: { ...btcUsd, price: d('1.5'), volume24h: d('0') },
      market: undefined,
      openIntents: [openIntent(limit('BUY', { size: '1' }, '5'), { key: 'mine', approvalExpiresAtMs: 5 })],
      usage: { rows: [{ scope: 's', window: 'open', used: 2n ** 62n }], releaseEpoch: 3, recent: [] },
    })
    const back = deserializeSnapshot(serializeSnapshot(snapshot))
    expect(back).toEqual(snapshot)
    expect(Object.hasOwn(back.product ?? {}, 'priceChangePct24h')).toBe(false)
  })

  it('contains no JSON number that is money', () => {
    const numbers: string[] = []
    JSON.parse(serializeSnapshot(snapshotWith()), (key: string, value: unknown) => {
      if (typeof value === 'number') numbers.push(key)
      return value
    })
    expect([...new Set(numbers)].sort()).toEqual(['age_ms', 'count', 'now_ms', 'release_epoch', 'v'])
  })

  it.each([
    ['another version', (text: string) => text.replace('"v":1', '"v":2')],
    ['a damaged decimal', (text: string) => text.replace('"99999"', '"9e4"')],
    ['a number where text belongs', (text: string) => text.replace('"99999"', '99999')],
    ['a field too many', (text: string) => text.replace('"v":1', '"v":1,"x":0')],
  ])('refuses %s', (_, damage) => {
    const text = serializeSnapshot(snapshotWith())
    expect(damage(text)).not.toBe(text)
    expect(() => deserializeSnapshot(damage(text))).toThrow(InvariantError)
  })
})
