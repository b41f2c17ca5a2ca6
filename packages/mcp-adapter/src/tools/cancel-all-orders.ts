import { PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { venueWord } from '../shared/untrusted-text.js'
import { showCancel } from './cancel-order.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, type ToolDefinition } from './tool.js'

const inputSchema: InputSchema = {
  type: 'object',
  properties: { product_id: { type: 'string', description: 'Optional product filter' } },
}

export const cancelAllOrdersTool: ToolDefinition = {
  name: 'cancel_all_orders',
  title: 'Cancel all orders',
  description:
    'Cancel all open orders of the account, or of one product. Repeating it is safe. success means that none is left.',
  inputSchema,
  outputSchema: outputSchema(
    {
      success: 'boolean',
      all_gone: 'boolean',
      cancelled: 'integer',
      results: 'objects',
      remaining: 'strings',
      env: 'string',
      next: 'string',
    },
    { error: 'object' },
  ),
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  permissions: ['cancel_order'],
  isUrgent: true,
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const productId = reader.text('product_id', PRODUCT_ID)
    reader.check()
    const all = await context.desk.cancelAll(context.principal, productId)
    const remaining = all.remaining.map((id) => venueWord(id, 128))
    return {
      success: all.allGone,
      all_gone: all.allGone,
      cancelled: all.results.filter((result) => result.outcome === 'cancelled' || result.outcome === 'requested')
        .length,
      results: all.results.map(showCancel),
      remaining,
      ...(all.allGone
        ? {}
        : {
            error: {
              code: 'ERR_VENUE_OUTCOME_UNKNOWN',
              message: `${remaining.length} orders are not confirmed as gone`,
              fix: 'call it again; cancels are safe to repeat',
            },
          }),
      env: context.desk.environment,
      next: all.allGone
        ? 'Two listings in a row showed nothing live.'
        : 'Call it again; cancels are safe to repeat. If orders stay, halt_trading stops new ones.',
    }
  },
}
