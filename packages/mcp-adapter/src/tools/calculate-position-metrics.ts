import { Decimal, formatDecimal, readDecimal, ZERO } from '@tidegate/trading-model'
import { withProduct } from '../not-found.js'
import { showDay, showPosition } from '../resources/positions.js'
import { PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { known, showAge } from '../shared/show-values.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const inputSchema: InputSchema = {
  type: 'object',
  properties: { product_id: { type: 'string', description: 'Optional product filter' } },
}

export const calculatePositionMetricsTool: ToolDefinition = {
  name: 'calculate_position_metrics',
  title: 'Position metrics',
  description:
    'Calculate P&L and risk metrics for positions: entry, break-even, unrealised and realised P&L, fees, share of the portfolio, day result against the limits.',
  inputSchema,
  outputSchema: outputSchema({
    positions: 'objects',
    totals: 'object',
    day: 'object',
    limits: 'object',
    env: 'string',
    as_of: 'string',
    age_ms: 'integer',
  }),
  hints: READS,
  permissions: ['read_accounts'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const productId = reader.text('product_id', PRODUCT_ID)
    reader.check()
    if (productId !== undefined) await withProduct(context.market, productId, () => context.market.product(productId))
    const view = await context.desk.positions(productId)
    const { policy } = context.desk
    const shares = view.positions.flatMap((position) => readDecimal(position.portfolioSharePct) ?? [])
    const largest = shares.reduce((most, share) => Decimal.max(most, share), ZERO)
    return {
      positions: view.positions.map(showPosition),
      totals: {
        portfolio_value_usd: view.portfolioValueUsd,
        ...sumOf(
          'unrealized_pnl_usd',
          view.positions.map((position) => position.unrealizedPnlUsd),
        ),
        ...sumOf(
          'realized_pnl_usd',
          view.positions.map((position) => position.realizedPnlUsd),
        ),
        ...sumOf(
          'fees_usd',
          view.positions.map((position) => position.feesUsd),
        ),
        ...sumOf(
          'market_value_usd',
          view.positions.map((position) => position.marketValueUsd),
        ),
        ...sumOf(
          'one_pct_move_usd',
          view.positions.map((position) => position.onePctMoveUsd),
        ),
        largest_share_pct: formatDecimal(largest),
      },
      day: showDay(view.day),
      limits: {
        max_position_size_pct: formatDecimal(policy.maxPositionSizePct),
        max_loss_per_day_usd: formatDecimal(policy.maxLossPerDayUsd),
      },
      env: context.desk.environment,
      ...showAge(context.clock, context.clock.nowMs() - view.ageMs),
    }
  },
}

/** A total, or nothing when a part of it is unknown: a sum with a hole would look like a number. */
function sumOf(name: string, parts: readonly (string | undefined)[]) {
  const values = parts.map((part) => readDecimal(part))
  const complete = values.every((value) => value !== undefined)
  return complete
    ? known(
        name,
        values.reduce<Decimal>((sum, value) => sum.plus(value ?? ZERO), ZERO),
      )
    : {}
}
