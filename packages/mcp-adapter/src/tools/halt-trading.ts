import { PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import { showTime } from '../shared/show-values.js'
import { untrustedText } from '../shared/untrusted-text.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, type ToolDefinition } from './tool.js'

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    product_id: { type: 'string', description: 'Only this product; without it the whole account' },
    reason: { type: 'string', description: 'Why, for the person who decides on resuming' },
  },
}

export const haltTradingTool: ToolDefinition = {
  name: 'halt_trading',
  title: 'Halt trading',
  description:
    'Stop all new orders at once; cancels still work. Only a person can resume. Open orders stay: cancel them with cancel_all_orders.',
  inputSchema,
  outputSchema: outputSchema({
    success: 'boolean',
    scope: 'string',
    mode: 'string',
    at: 'string',
    env: 'string',
    next: 'string',
  }),
  hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  permissions: ['cancel_order'],
  isUrgent: true,
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const productId = reader.text('product_id', PRODUCT_ID)
    const reason = reader.text('reason')
    reader.check()
    const row = await context.desk.setMode({
      principal: context.principal,
      scope: productId === undefined ? 'account' : `product:${productId}`,
      mode: 'HALTED',
      reason: untrustedText(reason ?? `halted by ${context.principal.name} through MCP`, 300),
    })
    return {
      success: true,
      scope: row.scope,
      mode: row.mode,
      by: row.by,
      reason: untrustedText(row.reason, 300),
      at: showTime(row.atMs),
      env: context.desk.environment,
      next: 'New orders are refused from now on. Open orders are untouched: cancel_all_orders removes them. A person resumes with `tidegate resume`.',
    }
  },
}
