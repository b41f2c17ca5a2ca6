import type { PositionMetrics } from '@tidegate/risk-engine'
import type { PositionsView } from '@tidegate/trading-desk'
import { formatDecimal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { known, showAge } from '../shared/show-values.js'
import { venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'
import { watchAccount } from './watch-account.js'
import { watchPrice } from './watch-price.js'

/** One position; what is not known is left out and named in `unknown`, never shown as 0. */
export function showPosition(position: PositionMetrics): JsonObject {
  const maybe = {
    average_entry_price: position.averageEntryPrice,
    cost_basis_usd: position.costBasisUsd,
    market_price: position.marketPrice,
    market_value_usd: position.marketValueUsd,
    unrealized_pnl_usd: position.unrealizedPnlUsd,
    unrealized_pnl_pct: position.unrealizedPnlPct,
    portfolio_share_pct: position.portfolioSharePct,
    break_even_price: position.breakEvenPrice,
    one_pct_move_usd: position.onePctMoveUsd,
  }
  const shown: Record<string, string> = {}
  const unknown: string[] = []
  for (const [name, value] of Object.entries(maybe)) {
    if (value === undefined) unknown.push(name)
    else shown[name] = value
  }
  return {
    asset: venueWord(position.asset),
    product_id: venueWord(position.productId),
    size: position.size,
    ...shown,
    realized_pnl_usd: position.realizedPnlUsd,
    fees_usd: position.feesUsd,
    cost_basis_complete: position.costBasisComplete,
    ...(unknown.length > 0 ? { unknown } : {}),
  }
}

/** Result of the UTC day, as the daily loss rule counts it. */
export function showDay(day: PositionsView['day']): JsonObject {
  return {
    ...known('realized_usd', day.realizedUsd),
    ...known('unrealized_usd', day.unrealizedUsd),
    ...known('fees_usd', day.feesUsd),
    result_usd: formatDecimal(day.realizedUsd.plus(day.unrealizedUsd).minus(day.feesUsd)),
    complete: day.complete,
  }
}

/** Open positions with size, market value and profit or loss. */
export async function showPositions(context: SurfaceContext, productId?: string): Promise<JsonObject> {
  const view = await context.desk.positions(productId)
  return {
    positions: view.positions.map(showPosition),
    portfolio_value_usd: view.portfolioValueUsd,
    day: showDay(view.day),
    env: context.desk.environment,
    ...showAge(context.clock, context.clock.nowMs() - view.ageMs),
  }
}

export const positionsResource: ResourceDefinition = {
  name: 'positions',
  title: 'Positions',
  description: 'Open positions: size, market value, unrealised and realised P&L, share of the portfolio.',
  path: 'account://positions',
  query: [],
  permissions: ['read_accounts'],
  read: (context) => showPositions(context),
  watch(context, _params, changed) {
    const stops = [watchAccount(context, changed)]
    let stopped = false
    // Prices move positions too: follow the products held now; what is bought later announces itself by its fill.
    context.desk.positions().then(
      (view) => {
        if (stopped) return
        for (const position of view.positions) stops.push(watchPrice(context, position.productId, changed))
      },
      (error: unknown) => context.log.debug('positions_watch_without_prices', { error }),
    )
    return () => {
      stopped = true
      for (const stop of stops) stop()
    }
  },
}
