import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { limitOrder, marketOrder, testMarket } from '../testing/test-market.js'
import { UNVERIFIED_2024_FEE_TIERS } from './fee-tiers.js'

const day = 86_400_000

describe('fee tiers', () => {
  it('follow the volume of the last thirty days, up and down again', () => {
    const market = testMarket({
      feeTiers: UNVERIFIED_2024_FEE_TIERS,
      deposits: { USD: '1000000', TONE: '1000' },
    })
    market.show([
      ['bid', '9999', '50'],
      ['ask', '10000', '50'],
    ])
    const names: string[] = []
    const note = () => names.push(market.engine.feeTier().name)
    note()
    market.accept(marketOrder('BUY', '2'))
    note()
    market.time.step(20 * day)
    market.accept(marketOrder('BUY', '4'))
    note()
    market.time.step(11 * day)
    note()
    market.time.step(30 * day)
    note()
    expect(names).toEqual(['0-10K', '10K-50K', '50K-100K', '10K-50K', '0-10K'])
  })

  it('leave an order at the rates that it was taken with', () => {
    const market = testMarket({ feeTiers: UNVERIFIED_2024_FEE_TIERS, deposits: { USD: '1000000' } })
    market.show([['ask', '10000', '50']])
    const early = market.accept(limitOrder('BUY', '1', '9000'))
    market.accept(marketOrder('BUY', '2'))
    market.trade('8999', '5', 'SELL')
    expect([early.makerRate.toFixed(), early.totalFees.toFixed()]).toEqual(['0.004', '36'])
  })

  it('need one that starts at zero', () => {
    const [, second] = UNVERIFIED_2024_FEE_TIERS
    const market = testMarket({ feeTiers: second ? [second] : [], deposits: { USD: '1' } })
    expect(() => market.place(limitOrder('BUY', '1', new Decimal(1).toFixed()))).toThrow(RangeError)
  })
})
