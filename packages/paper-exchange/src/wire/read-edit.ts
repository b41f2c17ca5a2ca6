import { z } from 'zod'
import type { EditRefusal } from '../engine/edit-order.js'
import type { OrderEdit } from '../engine/records.js'
import { positive } from './variant.js'

const editSchema = z.looseObject({
  order_id: z.string().min(1),
  price: z.string().optional(),
  size: z.string().optional(),
  stop_price: z.string().nullish(),
  attached_order_configuration: z.unknown().optional(),
  cancel_attached_order: z.boolean().optional(),
})

/** Reads an edit: price and size are both needed, an omitted size is a size of zero. Attached orders cannot be edited here. */
export function readEdit(body: unknown): { readonly orderId: string; readonly edit: OrderEdit } | EditRefusal {
  const read = editSchema.safeParse(body)
  if (!read.success) return { reason: 'ORDER_NOT_FOUND', message: 'order_id is missing' }
  const { order_id: orderId, price, size, stop_price: stop, attached_order_configuration: attached } = read.data
  if ((attached !== undefined && attached !== null) || read.data.cancel_attached_order === true) {
    return {
      reason: 'ORDER_EDIT_INVALID_ATTACHED_ORDER_REQUEST',
      message: 'edit the attached order under its own id',
    }
  }
  const totalSize = positive(size)
  if (!totalSize) return { reason: 'INVALID_EDITED_SIZE', message: 'size is not a positive decimal' }
  const limitPrice = positive(price)
  if (!limitPrice) return { reason: 'INVALID_EDITED_PRICE', message: 'price is not a positive decimal' }
  const hasStop = stop !== undefined && stop !== null && stop !== ''
  const stopPrice = hasStop ? positive(stop) : undefined
  if (hasStop && !stopPrice)
    return { reason: 'INVALID_EDITED_STOP_PRICE', message: 'stop_price is not a positive decimal' }
  return { orderId, edit: { limitPrice, size: totalSize, ...(stopPrice ? { stopPrice } : {}) } }
}
