import {
  cancelOrdersRequestSchema,
  createOrderRequestSchema,
  MAX_CANCELS_PER_REQUEST,
  previewOrderRequestSchema,
  type WireCancelOrdersResponseInput,
} from '@tidegate/coinbase-wire'
import type { z } from 'zod'
import type { Refusal } from '../../engine/validate-order.js'
import type { ExchangeKey } from '../../keys/exchange-key.js'
import { readEdit } from '../../wire/read-edit.js'
import { readOrder } from '../../wire/read-order.js'
import { toEditErrors, toEditPreview } from '../../wire/to-edit-answer.js'
import { toErrorResponse } from '../../wire/to-error-response.js'
import { toPreview } from '../../wire/to-preview.js'
import { type ExchangeContext, namesAnother, portfolioOf, type Route, v3 } from '../route.js'
import { badRequest } from '../wire-fault.js'

/** Reads a body by its schema. @throws a 400 naming the field. */
export function readBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const read = schema.safeParse(body)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw badRequest(`${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'cannot be read'}`)
}

/** The configuration as the client wrote it: an answer echoes the request, also for a repeated id. */
function echo(body: unknown): unknown {
  return (body as { order_configuration?: unknown }).order_configuration ?? {}
}

function refusal(refused: Refusal, body: unknown) {
  return {
    success: false,
    failure_reason: 'UNKNOWN_FAILURE_REASON',
    order_id: '',
    error_response: toErrorResponse(refused),
    order_configuration: echo(body),
  }
}

/** @throws a 400: a key trades in the portfolio that it is bound to, whatever the request names. */
function refuseOtherPortfolio(body: unknown, key: ExchangeKey | undefined, context: ExchangeContext): void {
  const { retail_portfolio_id: uuid } = body as { retail_portfolio_id?: unknown }
  if (namesAnother(uuid, key, context)) throw badRequest('account is not available')
}

const createOrder: Route = {
  method: 'POST',
  path: `${v3}/orders`,
  verb: 'create-order',
  access: 'trade',
  handle({ body, key }, context) {
    const { engine, clock } = context
    const request = readBody(createOrderRequestSchema, body)
    refuseOtherPortfolio(body, key, context)
    const portfolioId = portfolioOf(key)
    const known = engine.state.orderByClientId(request.client_order_id, portfolioId)
    const product = engine.product(request.product_id)
    const { takerRate } = engine.feeTier()
    const read = readOrder(request, body, { product, takerRate, nowMs: clock.nowMs() })
    // A used id wins over everything that may be wrong with the new request: the venue answers with the first order.
    if (!known && read.kind === 'refused') return refusal(read, body)
    const wallets = engine.state.walletsOf(portfolioId)
    if (!known && request.side === 'BUY' && product && !wallets.get(product.quoteCurrency)) {
      throw badRequest('account is not available')
    }
    const result = known
      ? ({ kind: 'accepted', order: known } as const)
      : read.kind === 'terms'
        ? engine.place(request.client_order_id, read.terms, { portfolioId, attached: read.attached })
        : read
    if (result.kind === 'refused') return refusal(result, body)
    const { order } = result
    return {
      success: true,
      failure_reason: 'UNKNOWN_FAILURE_REASON',
      order_id: order.orderId,
      success_response: {
        order_id: order.orderId,
        product_id: order.terms.productId,
        side: order.terms.side,
        client_order_id: order.clientOrderId,
        attached_order_id: order.attachedOrderId ?? '',
      },
      order_configuration: echo(body),
    }
  },
}

const previewOrder: Route = {
  method: 'POST',
  path: `${v3}/orders/preview`,
  verb: 'preview-order',
  access: 'trade',
  handle({ body, key }, context) {
    const { engine, ids, fees, clock } = context
    const request = readBody(previewOrderRequestSchema, body)
    refuseOtherPortfolio(body, key, context)
    const { takerRate } = engine.feeTier()
    const product = engine.product(request.product_id)
    const read = readOrder(request, body, { product, takerRate, nowMs: clock.nowMs() })
    if (read.kind === 'refused') return toPreview(read, undefined, undefined, ids.uuid(), fees)
    const preview = engine.preview(read.terms, { portfolioId: portfolioOf(key), attached: read.attached })
    return toPreview(preview.refusal, read.terms, preview, ids.uuid(), fees)
  },
}

const cancelOrders: Route = {
  method: 'POST',
  path: `${v3}/orders/batch_cancel`,
  verb: 'cancel-orders',
  access: 'trade',
  handle({ body, key }, { engine }) {
    const { order_ids: orderIds } = readBody(cancelOrdersRequestSchema, body)
    if (orderIds.length > MAX_CANCELS_PER_REQUEST) {
      throw badRequest(`order_ids: at most ${MAX_CANCELS_PER_REQUEST} ids can be cancelled at once`)
    }
    return {
      results: orderIds.map((orderId) => {
        const reason = engine.cancel(orderId, portfolioOf(key))
        return {
          success: reason === undefined,
          failure_reason: reason ?? 'UNKNOWN_CANCEL_FAILURE_REASON',
          order_id: orderId,
        }
      }),
    } satisfies WireCancelOrdersResponseInput
  },
}

const editOrder: Route = {
  method: 'POST',
  path: `${v3}/orders/edit`,
  verb: 'edit-order',
  access: 'trade',
  handle({ body, key }, { engine }) {
    const read = readEdit(body)
    const refusal = 'reason' in read ? read : engine.editOrder(read.orderId, read.edit, portfolioOf(key))
    return refusal
      ? { success: false, errors: toEditErrors(refusal) }
      : { success: true, success_response: { order_id: 'orderId' in read ? read.orderId : '' }, errors: [] }
  },
}

const editPreview: Route = {
  method: 'POST',
  path: `${v3}/orders/edit_preview`,
  verb: 'preview-edit',
  access: 'trade',
  handle({ body, key }, { engine, fees }) {
    const read = readEdit(body)
    if ('reason' in read) return { errors: toEditErrors(read) }
    return toEditPreview(engine.previewEdit(read.orderId, read.edit, portfolioOf(key)), fees)
  },
}

const closePosition: Route = {
  method: 'POST',
  path: `${v3}/orders/close_position`,
  verb: 'close-position',
  access: 'trade',
  handle: ({ body }) =>
    refusal({ reason: 'CANNOT_CLOSE_ZERO_POSITION', message: 'there are no futures positions here' }, body ?? {}),
}

/** Everything that may change an order. */
export const orderCommandRoutes: readonly Route[] = [
  createOrder,
  previewOrder,
  cancelOrders,
  editOrder,
  editPreview,
  closePosition,
]
