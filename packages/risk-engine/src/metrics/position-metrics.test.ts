import { describe, expect, it } from 'vitest'
import { applyFills } from '../lots/apply-fills.js'
import { d, fill, wallet } from '../scenario.test-support.js'
import { type MetricsInput, positionMetrics } from './position-metrics.js'

const usdPrices = { USD: d('1'), USDC: d('1'), BTC: d('60000'), ETH: d('2000') }
const bought = [fill('BUY', '0.4', '50000', { fee: d('120') }), fill('BUY', '0.1', '40000', { fee: d('24') })]

function metrics(over: Partial<MetricsInput> = {}) {
  return positionMetrics({
    lots: applyFills(bought),
    balances: [wallet('USD', '10000'), wallet('BTC', '0.3', '0.2')],
    usdPrices,
    takerRate: d('0.006'),
    ...over,
  })
}

describe('positionMetrics', () => {
  it('computes every figure of a position', () => {
    expect(metrics().positions).toEqual([
      {
        asset: 'BTC',
        productId: 'BTC-USD',
        size: '0.5',
        averageEntryPrice: '48000',
        costBasisUsd: '24144',
        marketPrice: '60000',
        marketValueUsd: '30000',
        unrealizedPnlUsd: '5856',
        unrealizedPnlPct: '24.2545',
        realizedPnlUsd: '0',
        feesUsd: '144',
        portfolioSharePct: '75',
        breakEvenPrice: '48579.4768612',
        onePctMoveUsd: '300',
        costBasisComplete: true,
      },
    ])
  })

  it('names a break-even price at which a sale, fee taken off, returns the cost', () => {
    const [position] = metrics().positions
    const proceeds = d(position?.breakEvenPrice ?? '0')
      .mul('0.5')
      .mul(d('1').minus('0.006'))
    expect(proceeds.toDecimalPlaces(4).toFixed()).toBe('24144')
  })

  it('sums the portfolio', () => {
    expect(metrics()).toMatchObject({
      portfolioValueUsd: '40000',
      cashUsd: '10000',
      investedUsd: '30000',
      unrealizedPnlUsd: '5856',
      realizedPnlUsd: '0',
      feesUsd: '144',
      unpriced: [],
      costBasisComplete: true,
    })
  })

  it('speaks only of the part the fills explain when the wallet holds more', () => {
    const [position] = metrics({ balances: [wallet('BTC', '1.5')] }).positions
    expect(position).toMatchObject({
      size: '1.5',
      marketValueUsd: '90000',
      costBasisUsd: '24144',
      unrealizedPnlUsd: '5856',
      costBasisComplete: false,
    })
  })

  it('takes the oldest lots as gone when the wallet holds less', () => {
    const [position] = metrics({ balances: [wallet('BTC', '0.1')] }).positions
    expect(position).toMatchObject({ size: '0.1', averageEntryPrice: '40000', costBasisComplete: false })
  })

  it('leaves unknown figures undefined instead of 0', () => {
    const { positions, unpriced } = metrics({
      lots: applyFills([]),
      balances: [wallet('XYZ', '5'), wallet('USD', '1')],
      productIds: { XYZ: 'XYZ-USDC' },
    })
    expect(unpriced).toEqual(['XYZ'])
    expect(positions).toEqual([
      {
        asset: 'XYZ',
        productId: 'XYZ-USDC',
        size: '5',
        averageEntryPrice: undefined,
        costBasisUsd: undefined,
        marketPrice: undefined,
        marketValueUsd: undefined,
        unrealizedPnlUsd: undefined,
        unrealizedPnlPct: undefined,
        realizedPnlUsd: '0',
        feesUsd: '0',
        portfolioSharePct: undefined,
        breakEvenPrice: undefined,
        onePctMoveUsd: undefined,
        costBasisComplete: false,
      },
    ])
  })

  it('keeps the realised result of a position that is closed', () => {
    const lots = applyFills([...bought, fill('SELL', '0.5', '60000', { fee: d('180') })])
    const [position] = metrics({ lots, balances: [wallet('USD', '40000')] }).positions
    expect(position).toMatchObject({ size: '0', realizedPnlUsd: '5676', feesUsd: '324', marketValueUsd: '0' })
  })

  it('shows one position of a product, by base asset, with the totals of all', () => {
    const balances = [wallet('BTC', '0.5'), wallet('ETH', '1'), wallet('USD', '1')]
    expect(metrics({ balances }).positions.map(({ asset }) => asset)).toEqual(['BTC', 'ETH'])
    const one = metrics({ balances, productId: 'ETH-USDC' })
    expect(one.positions.map(({ asset }) => asset)).toEqual(['ETH'])
    expect(one.portfolioValueUsd).toBe('32001')
  })
})
