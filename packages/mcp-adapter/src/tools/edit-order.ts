import { BaseError, type Decimal, InputError, parsePositiveDecimal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { type ArgumentReader, ORDER_ID, readArguments } from '../shared/read-arguments.js'
import { outputSchema } from './output-schema.js'
import { showFindings } from './show-decision.js'
import { showEdit } from './show-edit.js'
import { surelyNothingSent } from './surely-nothing-sent.js'
import { argumentNames, type InputSchema, type ToolDefinition } from './tool.js'

/** How long the answer waits until the change shows at the venue, ms. */
const WAIT_MS = 5_000

const amounts = ['limit_price', 'size', 'stop_price'] as const

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    order_id: { type: 'string', description: 'Order to change (order_id, intent_id or client_order_id)' },
    limit_price: { type: 'string', description: 'New price, decimal string such as "59000.50"; left out: as it is' },
    size: { type: 'string', description: 'New total in base currency, filled part included; left out: as it is' },
    stop_price: { type: 'string', description: 'STOP_LIMIT only' },
    client_order_id: { type: 'string', description: 'Your id for this change: a repeat never changes twice' },
  },
  required: ['order_id'],
}

export const editOrderTool: ToolDefinition = {
  name: 'edit_order',
  title: 'Edit order',
  description:
    'Change price or size of an open order under the same limits. how: edit (in place) or replace (cancel, then a new order; where the venue cannot edit). Only a smaller size at the same price keeps the place in the queue. One change at a time. outcome as place_order; on unknown never repeat.',
  inputSchema,
  outputSchema: outputSchema(
    {
      success: 'boolean',
      outcome: 'string',
      how: 'string',
      keeps_place: 'boolean',
      denials: 'objects',
      env: 'string',
      next: 'string',
    },
    {
      state: 'string',
      status: 'string',
      intent_id: 'string',
      order_id: 'string',
      target_intent_id: 'string',
      target_state: 'string',
      limit_price: 'string',
      size: 'string',
      stop_price: 'string',
      filled_size: 'string',
      duplicate_of: 'string',
      dry_run: 'boolean',
      error: 'object',
      estimate: 'object',
      needs_approval: 'boolean',
      approval_expires_at: 'string',
      untrusted_venue_text: 'object',
    },
  ),
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  permissions: ['place_order'],
  async run(context, args) {
    const reader = readArguments(args, argumentNames(inputSchema))
    const id = reader.requiredText('order_id', ORDER_ID)
    const key = reader.text('client_order_id', ORDER_ID)
    const [limitPrice, size, stopPrice] = amounts.map((name) => readAmount(reader, name))
    if (amounts.every((name) => (args[name] ?? undefined) === undefined)) {
      reader.refuse({ field: 'limit_price', problem: 'nothing to change', fix: 'send limit_price, size or stop_price' })
    }
    reader.check()
    const result = await context.desk.edit({
      principal: context.principal,
      id,
      ...(limitPrice ? { limitPrice } : {}),
      ...(size ? { size } : {}),
      ...(stopPrice ? { stopPrice } : {}),
      ...(key === undefined ? {} : { key }),
      waitMs: WAIT_MS,
    })
    if (result.decision) context.forPage?.({ findings: showFindings(result.decision) })
    return showEdit(result, context.desk.environment)
  },
  onFault(error, inTransit): JsonObject {
    const code = BaseError.isInstance(error) ? error.code : 'ERR_INVARIANT'
    if (surelyNothingSent.has(code) && !(inTransit && code === 'ERR_NOT_READY')) return {}
    return {
      outcome: 'unknown',
      retry: 'reconcile',
      next: 'The change may or may not have been made. Do not repeat it before get_orders shows the order’s price and size.',
    }
  },
}

function readAmount(reader: ArgumentReader, name: (typeof amounts)[number]): Decimal | undefined {
  const text = reader.text(name)
  if (text === undefined) return undefined
  try {
    return parsePositiveDecimal(text, name)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    for (const issue of error.issues) reader.refuse(issue)
    return undefined
  }
}
