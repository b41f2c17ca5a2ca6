import { BaseError, InputError, type InputIssue } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { ORDER_ID } from '../shared/read-arguments.js'
import { untrustedText } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import { orderProperties } from './order-arguments.js'
import { outputSchema } from './output-schema.js'
import { type OrderWish, readOrderWish } from './read-order-wish.js'
import { showFindings } from './show-decision.js'
import { showPlacement } from './show-placement.js'
import { surelyNothingSent } from './surely-nothing-sent.js'
import type { InputSchema, ToolDefinition } from './tool.js'

/** How long the answer waits for a market order to finish; hosts give up after a minute, ours never keeps them so long. */
const WAIT_MS = 5_000

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    ...orderProperties,
    client_order_id: {
      type: 'string',
      description: 'Your id for this order: a repeat with the same id never trades twice',
    },
  },
  required: ['product_id', 'side', 'order_type'],
}

export const placeOrderTool: ToolDefinition = {
  name: 'place_order',
  title: 'Place order',
  description:
    'Place a new order on Coinbase within limits set by the owner. Amounts are decimal strings. success is true only when the venue accepted it; outcome is accepted, denied, rejected, awaiting_approval, not_sent, unknown or dry_run. On unknown never place it again.',
  inputSchema,
  outputSchema: outputSchema(
    { success: 'boolean', outcome: 'string', denials: 'objects', env: 'string', next: 'string' },
    {
      state: 'string',
      status: 'string',
      intent_id: 'string',
      order_id: 'string',
      client_order_id: 'string',
      end_time: 'string',
      duplicate_of: 'string',
      dry_run: 'boolean',
      error: 'object',
      filled_size: 'string',
      filled_value: 'string',
      average_filled_price: 'string',
      total_fees: 'string',
      estimate: 'object',
      needs_approval: 'boolean',
      approval_expires_at: 'string',
      approval_url: 'string',
      terms_hash: 'string',
      untrusted_venue_text: 'object',
    },
  ),
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  permissions: ['place_order'],
  async run(context, args) {
    const key = args['client_order_id'] ?? undefined
    const { terms, givenTimes } = await readWithKey(context, args, key)
    const result = await context.desk.place({
      principal: context.principal,
      terms,
      ...(givenTimes.length > 0 ? { givenTimes } : {}),
      ...(typeof key === 'string' ? { key } : {}),
      waitMs: WAIT_MS,
    })
    if (result.decision) context.forPage?.({ findings: showFindings(result.decision) })
    return showPlacement(result, context.desk.environment, {
      approvalUrl: context.approvalUrl,
      isEndGiven: givenTimes.includes('end'),
    })
  },
  onFault(error, inTransit): JsonObject {
    const code = BaseError.isInstance(error) ? error.code : 'ERR_INVARIANT'
    if (surelyNothingSent.has(code) && !(inTransit && code === 'ERR_NOT_READY')) return {}
    return {
      outcome: 'unknown',
      retry: 'reconcile',
      next: 'The order may or may not exist. Do not place it again before get_orders (scope active, then history) shows that it does not.',
    }
  },
}

/** Reports a bad `client_order_id` together with whatever else is wrong. */
async function readWithKey(
  context: SurfaceContext,
  args: JsonObject,
  key: JsonObject[string] | undefined,
): Promise<OrderWish> {
  const issues: InputIssue[] = []
  if (key !== undefined && !(typeof key === 'string' && ORDER_ID.test.test(key))) {
    issues.push({
      field: 'client_order_id',
      problem:
        typeof key === 'string' ? `${JSON.stringify(untrustedText(key, 40))} cannot be an id` : 'is not a string',
      fix: 'send up to 128 ASCII letters, digits and ._:- beginning with a letter or digit, or leave it out',
    })
  }
  try {
    const wish = await readOrderWish(context, args, ['client_order_id'])
    if (issues.length === 0) return wish
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError([...error.issues, ...issues])
  }
  throw new InputError(issues)
}
