import { requirePermissions } from '../permissions.js'
import { readFillFilter, showFills } from '../resources/fills.js'
import { showTransfers } from '../resources/transfers.js'
import { isGiven, readArguments } from '../shared/read-arguments.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const KINDS = ['fills', 'transfers'] as const
const MAX_LIMIT = 100
const fillsOnly = ['product_id', 'order_id', 'start', 'end', 'cursor']

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    kind: { type: 'string', enum: KINDS, default: 'fills' },
    product_id: { type: 'string' },
    order_id: { type: 'string' },
    start: { type: 'string', description: 'ISO 8601' },
    end: { type: 'string' },
    limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT },
    cursor: { type: 'string' },
  },
}

export const getHistoryTool: ToolDefinition = {
  name: 'get_history',
  title: 'Fills and transfers',
  description:
    'fills: executions with commission and maker/taker. transfers: deposits and withdrawals with transaction ids. Newest first, 20 a page.',
  inputSchema,
  outputSchema: outputSchema(
    { count: 'integer', env: 'string', as_of: 'string', age_ms: 'integer' },
    { fills: 'objects', transfers: 'objects', next_cursor: 'string' },
  ),
  hints: READS,
  permissions: ['read_accounts'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const kind = reader.choice('kind', KINDS) ?? 'fills'
    const pageSize = reader.count('limit', 1, MAX_LIMIT) ?? 20
    if (kind === 'transfers') {
      for (const name of fillsOnly.filter((name) => isGiven(args, name))) {
        reader.refuse({ field: name, problem: 'belongs to fills', fix: `leave out ${name}, or ask for kind fills` })
      }
      reader.check()
      return showTransfers(context, pageSize)
    }
    requirePermissions(context.principal, ['read_fills'], 'get_history of kind fills', context.adminTrades)
    return showFills(context, readFillFilter(reader, 'product_id', pageSize))
  },
}
