import { Decimal, type LimitTerms, type OrderTerms, type Side } from '@tidegate/trading-model'
import type { Prng } from '../core/prng.js'
import type { MarketDriver } from '../venue/market-driver.js'

const tick = new Decimal('0.01')

/** An order as an agent might want it: near the market or far, small or close to the limits, sometimes senseless. */
export function drawTerms(prng: Prng, market: MarketDriver, nowMs: number): OrderTerms {
  const productId = prng.pick(['BTC-USD', 'BTC-USD', 'BTC-USDC', 'ETH-USD'])
  const side: Side = prng.chance(0.68) ? 'BUY' : 'SELL'
  const mid = market.mid(productId === 'ETH-USD' ? 'ETH-USD' : 'BTC-USD')
  const usd = prng.pick([20, 80, 250, 700, 1_100, 1_800, 2_600])
  const decimals = productId === 'ETH-USD' ? 4 : 5
  const baseSize = new Decimal(usd).div(mid).toDecimalPlaces(decimals)
  const base = { kind: 'base', baseSize } as const
  const common = { productId, side }
  const kind = prng.below(10)
  if (kind < 3) {
    const size = side === 'BUY' && prng.chance(0.7) ? ({ kind: 'quote', quoteSize: new Decimal(usd) } as const) : base
    return { ...common, orderType: 'MARKET', timeInForce: 'IOC', size }
  }
  const away = prng.pick([-0.03, -0.01, -0.002, -0.0005, 0.0005, 0.002])
  const limitPrice = mid.mul(1 + (side === 'BUY' ? away : -away)).toNearest(tick)
  if (kind < 9) return limitTerms(prng, { ...common, size: base }, limitPrice, nowMs)
  const stopPrice = mid.mul(side === 'BUY' ? 1.004 : 0.996).toNearest(tick)
  return {
    ...common,
    orderType: 'STOP_LIMIT',
    timeInForce: 'GTC',
    size: base,
    stopPrice,
    limitPrice: stopPrice.mul(side === 'BUY' ? 1.002 : 0.998).toNearest(tick),
    stopDirection: side === 'BUY' ? 'UP' : 'DOWN',
  }
}

function limitTerms(
  prng: Prng,
  common: Pick<LimitTerms, 'productId' | 'side' | 'size'>,
  limitPrice: Decimal,
  nowMs: number,
): LimitTerms {
  const timeInForce = prng.pick(['GTC', 'GTC', 'GTC', 'GTD', 'IOC', 'FOK'] as const)
  return {
    ...common,
    orderType: 'LIMIT',
    timeInForce,
    limitPrice,
    postOnly: timeInForce === 'GTC' && prng.chance(0.15),
    ...(timeInForce === 'GTD' ? { endTimeMs: Math.ceil(nowMs / 1_000) * 1_000 + 1_000 * prng.between(65, 180) } : {}),
  }
}
