import { describe, expect, it } from 'vitest'
import { d, fill } from '../scenario.test-support.js'
import { applyFills } from './apply-fills.js'
import { positionsFromLots } from './positions-from-lots.js'

const positionOf = (fills: Parameters<typeof applyFills>[0], asset = 'BTC') =>
  positionsFromLots(applyFills(fills)).find((position) => position.asset === asset)

describe('applyFills', () => {
  it('sells the oldest lot first and splits a lot that is only partly sold', () => {
    const fills = [fill('BUY', '1', '100'), fill('BUY', '1', '200'), fill('SELL', '1.5', '300')]
    const btc = applyFills(fills).get('BTC')
    expect(btc?.realizedGrossUsd).toEqual(d('250'))
    expect(btc?.lots.map(({ size, priceUsd }) => [size, priceUsd])).toEqual([[d('0.5'), d('200')]])
    expect(btc?.isComplete).toBe(true)
  })

  it('puts the fees of both legs into the result, in proportion to what was sold', () => {
    const fills = [fill('BUY', '2', '100', { fee: d('4') }), fill('SELL', '0.5', '150', { fee: d('1.5') })]
    const [entry] = applyFills(fills).get('BTC')?.realized ?? []
    expect(entry).toMatchObject({ grossUsd: d('25'), feesUsd: d('2.5'), netUsd: d('22.5') })
    expect(positionOf(fills)).toMatchObject({
      size: d('1.5'),
      costUsd: d('153'),
      averageCostUsd: d('102'),
      averageEntryPriceUsd: d('100'),
      feesUsd: d('5.5'),
      isComplete: true,
    })
  })

  it('keeps BTC-USD and BTC-USDC in one position', () => {
    const fills = [fill('BUY', '1', '100'), fill('SELL', '1', '110', { productId: 'BTC-USDC', feeCurrency: 'USDC' })]
    expect(positionOf(fills)).toMatchObject({ size: d('0'), realizedNetUsd: d('10') })
  })

  it('makes up no cost for what no fill explains', () => {
    const fills = [fill('BUY', '1', '100'), fill('SELL', '3', '150', { fee: d('3') })]
    const btc = applyFills(fills).get('BTC')
    expect(btc).toMatchObject({
      realizedGrossUsd: d('50'),
      realizedNetUsd: d('49'),
      unmatchedSize: d('2'),
      unmatchedProceedsUsd: d('300'),
      unmatchedFeesUsd: d('2'),
      isComplete: false,
    })
  })

  it('does not cover an unexplained sale with a later buy', () => {
    const btc = applyFills([fill('SELL', '1', '150'), fill('BUY', '1', '100')]).get('BTC')
    expect(btc).toMatchObject({ size: d('1'), realizedGrossUsd: d('0'), unmatchedSize: d('1') })
  })

  it('moves both assets of a crypto pair', () => {
    const fills = [fill('BUY', '1', '100000'), fill('BUY', '10', '0.04', { productId: 'ETH-BTC', feeCurrency: 'BTC' })]
    const book = applyFills(fills, (currency) => (currency === 'BTC' ? d('110000') : undefined))
    expect(book.get('BTC')).toMatchObject({ size: d('0.6'), realizedGrossUsd: d('4000'), isComplete: true })
    expect(book.get('ETH')?.lots[0]).toMatchObject({ size: d('10'), priceUsd: d('4400') })
  })

  it('marks what it cannot value in USD, instead of valuing it at nothing', () => {
    const fills = [fill('BUY', '1', '90000', { productId: 'BTC-EUR', feeCurrency: 'EUR' })]
    expect(positionOf(fills)).toMatchObject({ size: d('1'), costUsd: undefined, isComplete: false })
    expect(positionsFromLots(applyFills(fills, () => d('1.1')))[0]).toMatchObject({
      costUsd: d('99000'),
      isComplete: true,
    })
    const strangeFee = fill('BUY', '1', '100', { fee: d('1'), feeCurrency: 'POINTS' })
    expect(positionOf([strangeFee])).toMatchObject({ isComplete: false })
  })

  it('converts a fee charged in the base asset at the price of the fill', () => {
    expect(positionOf([fill('BUY', '1', '100', { fee: d('0.01'), feeCurrency: 'BTC' })])).toMatchObject({
      feesUsd: d('1'),
    })
  })

  it('tells fills of one millisecond apart by sequence, then by trade id', () => {
    const at = { tradedAtMs: 1000, sequenceAtMs: 1000 }
    const sell = fill('SELL', '1', '200', { ...at, sequenceAtMs: 1002, tradeId: 'a' })
    const first = fill('BUY', '1', '100', { ...at, tradeId: 'b' })
    const second = fill('BUY', '1', '150', { ...at, sequenceAtMs: 1001, tradeId: 'c' })
    expect(applyFills([sell, second, first]).get('BTC')?.realizedGrossUsd).toEqual(d('100'))
  })

  it('orders fills of one millisecond and one sequence by trade id, not by order id', () => {
    const at = { tradedAtMs: 1000, sequenceAtMs: 1000 }
    const second = fill('BUY', '1', '150', { ...at, tradeId: 'b', orderId: '1' })
    const first = fill('BUY', '1', '100', { ...at, tradeId: 'a', orderId: '2' })
    const lots = applyFills([second, first]).get('BTC')?.lots
    expect(lots?.map(({ priceUsd }) => priceUsd)).toEqual([d('100'), d('150')])
  })
})
