import { dayResult, type PositionMetrics, positionMetrics } from '@tidegate/risk-engine'
import type { Metrics } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import type { PositionsView } from '../desk.js'
import type { AccountViews } from '../pipeline/account-view.js'
import { type DayMarks, utcDay } from './day-mark.js'
import type { FillLedger } from './fill-ledger.js'
import { holdingsOf } from './holdings.js'
import { valueCurrencies } from './value-currencies.js'

export interface PositionDeps {
  readonly context: DeskContext
  readonly ledger: FillLedger
  readonly dayMarks: DayMarks
  readonly accounts: AccountViews
}

/**
 * Positions from wallets (how much) and fills (what it cost), valued now, with the result of the UTC day. Also sets the business
 * gauges of the specification.
 *
 * @throws {VenueError} When the venue does not tell the balances.
 */
export async function readPositions(deps: PositionDeps, productId?: string): Promise<PositionsView> {
  const { context, ledger, dayMarks, accounts } = deps
  const { account, clock, metrics } = context
  const fills = await ledger.fills()
  const lots = await ledger.lots()
  const [balances, feeRates] = await Promise.all([account.balances(), accounts.feeRates()])
  const holdings = holdingsOf(balances)
  const values = await valueCurrencies(context, [...Object.keys(holdings), ...lots.keys()])
  const mark = await dayMarks.today(values.prices, Object.keys(holdings))
  const nowMs = clock.nowMs()
  const day = dayResult({ fills, mark, nowPrices: values.prices, day: utcDay(context.storeNowMs()), holdings })
  const portfolio = positionMetrics({ lots, balances, usdPrices: values.prices, takerRate: feeRates.takerRate })
  showPositions(metrics, portfolio.positions)
  const wanted = productId?.split('-')[0]
  return {
    positions: portfolio.positions.filter((position) => wanted === undefined || position.asset === wanted),
    portfolioValueUsd: portfolio.portfolioValueUsd,
    day: {
      realizedUsd: day.realizedUsd,
      unrealizedUsd: day.unrealizedUsd,
      feesUsd: day.feesUsd,
      complete: day.complete,
    },
    ageMs: Math.max(0, nowMs - values.oldestAtMs),
  }
}

const shown = new WeakMap<Metrics, Set<string>>()

/** A position that is gone must not go on being shown with its last size. */
function showPositions(metrics: Metrics, positions: readonly PositionMetrics[]): void {
  const before = shown.get(metrics) ?? new Set<string>()
  shown.set(metrics, new Set(positions.map((position) => position.productId)))
  for (const { productId: product, size, realizedPnlUsd, unrealizedPnlUsd } of positions) {
    before.delete(product)
    metrics.gauge('position_sizes_by_product', Number(size), { product })
    metrics.gauge('pnl_realized_usd', Number(realizedPnlUsd), { product })
    metrics.gauge('pnl_unrealized_usd', Number(unrealizedPnlUsd ?? 0), { product })
  }
  for (const product of before) {
    metrics.gauge('position_sizes_by_product', 0, { product })
    metrics.gauge('pnl_unrealized_usd', 0, { product })
  }
}
