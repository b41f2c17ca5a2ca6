import { InputError, type OrderTerms } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import type { SurfaceContext } from '../surface-deps.js'
import { orderProperties } from './order-arguments.js'
import { outputSchema } from './output-schema.js'
import { readOrderWish } from './read-order-wish.js'
import { denialError, denialNext, showDenial, showEstimate, showFindings } from './show-decision.js'
import { type InputSchema, READS, type ToolDefinition } from './tool.js'

const { order_type, ...others } = orderProperties
const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    ...Object.fromEntries(Object.entries(others).map(([name, schema]) => [name, withoutDescription(schema)])),
    product_id: { type: 'string' },
    price: { type: 'string', description: 'Limit price; without it and without order_type the order is MARKET' },
    order_type,
  },
  required: ['product_id', 'side'],
}

export const checkTradeRiskTool: ToolDefinition = {
  name: 'check_trade_risk',
  title: 'Check trade risk',
  description:
    'Validate a trade against balances and risk limits without placing it: the same verdict, reasons and numbers as place_order would give now. Arguments as in place_order.',
  inputSchema,
  outputSchema: outputSchema(
    { approved: 'boolean', verdict: 'string', denials: 'objects', findings: 'objects', env: 'string', next: 'string' },
    {
      error: 'object',
      needs_approval: 'boolean',
      estimate: 'object',
      policy_version: 'string',
      market_age_ms: 'integer',
      dry_run: 'boolean',
    },
  ),
  hints: READS,
  permissions: ['read_accounts', 'read_market_data'],
  run: async (context, args) => checkRisk(context, await termsOf(context, args)),
}

/** The verdict that placing the order would get now; nothing is recorded. */
export async function checkRisk(context: SurfaceContext, terms: OrderTerms): Promise<JsonObject> {
  const { decision, policyVersion, marketAgeMs } = await context.desk.preview(context.principal, terms)
  const denials = decision.kind === 'denied' ? decision.denials : []
  const needsApproval = decision.kind === 'approved' && decision.order.needsApproval
  return {
    approved: decision.kind === 'approved',
    verdict: decision.kind === 'denied' ? 'denied' : needsApproval ? 'needs_approval' : 'approved',
    needs_approval: needsApproval,
    order_type: terms.orderType,
    denials: denials.map(showDenial),
    ...(denials.length > 0 ? { error: denialError(denials) } : {}),
    findings: showFindings(decision),
    ...(decision.estimate ? { estimate: showEstimate(decision.estimate) } : {}),
    policy_version: policyVersion,
    ...(marketAgeMs === undefined ? {} : { market_age_ms: Math.round(marketAgeMs) }),
    env: context.desk.environment,
    ...(context.desk.dryRun ? { dry_run: true } : {}),
    next:
      denials.length > 0
        ? denialNext(denials)
        : needsApproval
          ? 'place_order would record it and wait for a person to approve it.'
          : 'place_order would send it now. The verdict holds only for this moment.',
  }
}

/**
 * Reads the four arguments of the specification and, optionally, the rest of `place_order`'s.
 *
 * @throws InputError with every finding.
 */
export async function termsOf(context: SurfaceContext, args: JsonObject): Promise<OrderTerms> {
  const { price, ...rest } = args
  const given = price !== undefined && price !== null
  const limit = rest['limit_price'] ?? undefined
  if (given && limit !== undefined && limit !== price) {
    throw new InputError([
      { field: 'price', problem: 'contradicts limit_price', fix: 'send one of the two: they mean the same here' },
    ])
  }
  const merged: JsonObject = given ? { ...rest, limit_price: price } : rest
  const type = merged['order_type'] ?? (given || limit !== undefined ? 'LIMIT' : 'MARKET')
  try {
    return (await readOrderWish(context, { ...merged, order_type: type }, [])).terms
  } catch (error) {
    if (!given || !(error instanceof InputError)) throw error
    throw new InputError(
      error.issues.map((issue) =>
        issue.field === 'limit_price'
          ? { field: 'price', problem: issue.problem, fix: issue.fix.replaceAll('limit_price', 'price') }
          : issue,
      ),
    )
  }
}

/** The descriptions stand in `place_order`; repeating them would cost every conversation. */
function withoutDescription(schema: object): InputSchema['properties'][string] {
  const { description: _said, default: _default, ...rest } = schema as InputSchema['properties'][string]
  return rest
}
