import { withProduct } from '../not-found.js'
import { showFills } from '../resources/fills.js'
import { showPosition } from '../resources/positions.js'
import { readTicker } from '../resources/ticker.js'
import { PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { showAge } from '../shared/show-values.js'
import { DATA_NOTE, jsonLines, type PromptDefinition } from './prompt.js'

const RECENT_FILLS = 10

export const analyzePositionPrompt: PromptDefinition = {
  name: 'analyze_position',
  title: 'Analyze a position',
  description: 'Current position in one product, with market data and recent trades filled in.',
  arguments: [{ name: 'product_id', description: 'Trading pair, e.g. BTC-USD', required: true }],
  permissions: ['read_accounts', 'read_market_data', 'read_fills'],
  async render(context, args) {
    const reader = readArguments(args, ['product_id'])
    const productId = reader.requiredText('product_id', PRODUCT_ID)
    reader.check()
    await withProduct(context.market, productId, () => context.market.product(productId))
    const [view, ticker, fills] = await Promise.all([
      context.desk.positions(productId),
      readTicker(context, productId),
      showFills(context, {
        productId,
        orderId: undefined,
        startMs: undefined,
        endMs: undefined,
        after: undefined,
        pageSize: RECENT_FILLS,
      }),
    ])
    const age = showAge(context.clock, context.clock.nowMs() - view.ageMs)
    const recent = Array.isArray(fills['fills']) ? fills['fills'] : []
    return `Analyze my current position in ${productId}.

${DATA_NOTE}
Environment: ${context.desk.environment}.

Current holdings (as of ${age.as_of}, age ${age.age_ms} ms; portfolio ${view.portfolioValueUsd} USD):
${jsonLines(view.positions.map(showPosition), `No position in ${productId}.`)}

Market data:
${jsonLines([ticker], 'not available')}

Recent trades (newest first, at most ${RECENT_FILLS}):
${jsonLines(recent, `No trades in ${productId} are recorded.`)}

Provide:
1. Unrealized P&L
2. Entry price vs current price
3. Risk assessment
4. Suggested actions (hold/exit/scale)
`
  },
}
