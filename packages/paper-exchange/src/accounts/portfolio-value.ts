import { type Decimal, ZERO } from '@tidegate/trading-model'
import type { ExchangeEngine } from '../engine/exchange-engine.js'

const usdLike: ReadonlySet<string> = new Set(['USD', 'USDC'])
const monthMs = 30 * 86_400_000

/** USD per unit of a currency at the last trade; `undefined` where no product says. USDC counts as one USD. */
export function usdPrice(engine: ExchangeEngine, currency: string): Decimal | undefined {
  if (usdLike.has(currency)) return ZERO.add(1)
  return engine.market(`${currency}-USD`)?.lastPrice
}

/** What an amount is worth in USD now; zero where there is no price. */
export function usdValue(engine: ExchangeEngine, currency: string, amount: Decimal): Decimal {
  return usdPrice(engine, currency)?.mul(amount) ?? ZERO
}

/**
 * Value and fees of a portfolio's fills of the last 30 days, in USD. Fills in other quote currencies than USD and USDC do not count.
 */
export function monthlyVolume(
  engine: ExchangeEngine,
  portfolioId: string,
  nowMs: number,
): { volumeUsd: Decimal; feesUsd: Decimal } {
  let volumeUsd = ZERO
  let feesUsd = ZERO
  for (const fill of engine.state.fills) {
    const order = engine.state.orders.get(fill.orderId)
    if (order?.portfolioId !== portfolioId || fill.atMs < nowMs - monthMs) continue
    if (!usdLike.has(order.quoteCurrency)) continue
    volumeUsd = volumeUsd.add(fill.quoteValue)
    feesUsd = feesUsd.add(fill.fee)
  }
  return { volumeUsd, feesUsd }
}

/** What everything in a portfolio is worth in USD now. */
export function portfolioValue(engine: ExchangeEngine, portfolioId: string): Decimal {
  const wallets = engine.state.walletsOf(portfolioId).all()
  return wallets.reduce((sum, w) => sum.add(usdValue(engine, w.currency, w.available.add(w.hold))), ZERO)
}
