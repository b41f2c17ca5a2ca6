import { describe, expect, it } from 'vitest'
import { describeMarkets, measureSyntheticMarket } from './describe-market.js'

describe('the statistics of the synthetic market', () => {
  const measure = (seed: number) => measureSyntheticMarket({ seed, startMs: Date.UTC(2026, 10, 24), seconds: 60 })
  const three = measure(3)

  it('are the same for the same seed and start', () => {
    expect(JSON.stringify(measure(3))).toBe(JSON.stringify(three))
    expect(JSON.stringify(measure(4))).not.toBe(JSON.stringify(three))
  })

  it('describe a market that could be one: a spread, depth behind the touch, trades far smaller than the depth', () => {
    for (const market of three) {
      expect(market.trades, market.productId).toBeGreaterThan(10)
      expect(market.medianSpreadBps).toBeGreaterThan(0)
      expect(market.medianSpreadBps).toBeLessThan(30)
      expect(market.minLevelsPerSide).toBeGreaterThanOrEqual(50)
      expect(market.medianNearDepth.gte(market.medianTouchDepth)).toBe(true)
      expect(market.medianTouchDepth.gt(market.medianTradeSize.mul(market.lastPrice ?? 0))).toBe(true)
      expect(market.largeTradeSize.gte(market.medianTradeSize)).toBe(true)
    }
  })

  it('come as a table', () => {
    const lines = describeMarkets(three)
    expect(lines[0]).toMatch(/^product +trades +bought +median +p90 +spread bps/)
    expect(lines).toHaveLength(5)
  })
})
