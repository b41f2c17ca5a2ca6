import { type Decimal, formatDecimal, readDecimal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { showPosition } from '../resources/positions.js'
import { readArguments } from '../shared/read-arguments.js'
import { showAge } from '../shared/show-values.js'
import type { SurfaceContext } from '../surface-deps.js'
import { checkRisk, termsOf } from '../tools/check-trade-risk.js'
import { DATA_NOTE, jsonLines, type PromptDefinition } from './prompt.js'

const names = ['product_id', 'side', 'size', 'order_type', 'price']

export const riskCheckPrompt: PromptDefinition = {
  name: 'risk_check',
  title: 'Check the risk of a trade',
  description: 'A proposed trade against portfolio and limits, with the verdict that place_order would give now.',
  arguments: [
    { name: 'product_id', description: 'Trading pair, e.g. BTC-USD', required: true },
    { name: 'side', description: 'BUY or SELL', required: true },
    { name: 'size', description: 'Base amount, e.g. 0.001', required: true },
    { name: 'order_type', description: 'MARKET or LIMIT; default LIMIT with a price, MARKET without', required: false },
    { name: 'price', description: 'Limit price', required: false },
  ],
  permissions: ['read_accounts', 'read_market_data'],
  async render(context, args) {
    const reader = readArguments(args, names)
    for (const name of names) reader.text(name)
    reader.check()
    const terms = await termsOf(context, args)
    const [verdict, view] = await Promise.all([checkRisk(context, terms), context.desk.positions()])
    const age = showAge(context.clock, context.clock.nowMs() - view.ageMs)
    const limits = limitWords(context, terms.productId, readDecimal(view.portfolioValueUsd))
    return `Evaluate the risk of this proposed trade:

${DATA_NOTE}
Environment: ${context.desk.environment}.

Order details:
- Product: ${terms.productId}
- Side: ${terms.side}
- Size: ${terms.size.kind === 'base' ? formatDecimal(terms.size.baseSize) : `${formatDecimal(terms.size.quoteSize)} (quote)`}
- Type: ${terms.orderType}
- Price: ${terms.orderType === 'MARKET' ? marketPrice(verdict) : formatDecimal(terms.limitPrice)}

Current portfolio (${view.portfolioValueUsd} USD, as of ${age.as_of}, age ${age.age_ms} ms):
${jsonLines(view.positions.map(showPosition), 'No positions.')}

Risk parameters:
- Max position size: ${limits.maxPosition}
- Max order value: ${limits.maxValue} USD
- Max portfolio allocation: ${limits.maxAllocation}%

Verdict of the risk engine for exactly this order, now:
${JSON.stringify(verdict)}

Approve or reject with reasoning. A denial by the risk engine stands whatever the reasoning; an approval by it only says that the limits allow the trade.
`
  },
}

/** `{max_position}`, `{max_value}` and `{max_allocation}` of the template. */
function limitWords(context: SurfaceContext, productId: string, portfolioUsd: Decimal | undefined) {
  const { policy } = context.desk
  const size = policy.maxOrderSize[productId]
  const share = formatDecimal(policy.maxPositionSizePct)
  const worth = portfolioUsd
    ? `${formatDecimal(portfolioUsd.mul(policy.maxPositionSizePct).div(100).toDecimalPlaces(2))} USD (${share}% of the portfolio)`
    : `${share}% of the portfolio`
  return {
    maxPosition: size ? `${worth}; at most ${formatDecimal(size)} base units an order` : worth,
    maxValue: formatDecimal(policy.maxOrderValueUsd),
    maxAllocation: share,
  }
}

function marketPrice(verdict: JsonObject): string {
  const estimate = verdict['estimate'] as JsonObject | undefined
  const worst = estimate?.['worst_price']
  return typeof worst === 'string' ? `market (worst average now ${worst})` : 'market (no price available now)'
}
