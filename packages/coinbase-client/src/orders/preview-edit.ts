import { type DecimalInput, editPreviewResponseSchema, type WireEditPreviewResponse } from '@tidegate/coinbase-wire'
import { VenueRejectedError } from '@tidegate/trading-model'
import { amountText } from '../check-input.js'
import type { HttpClient } from '../http/http-client.js'
import { unreadable } from '../protocol-error.js'
import { type FromWire, readWire } from '../read-wire.js'
import { editReasons } from './parse-edit-answer.js'

/** What the venue expects an edited order to cost, in quote units; sizes as named. */
export type EditPreview = Omit<FromWire<WireEditPreviewResponse>, 'errors'>

/**
 * Asks the venue whether it would take an edit and what the order would cost then.
 *
 * - Wire: `POST /api/v3/brokerage/orders/edit_preview`
 * - Key: `trade`, weight 1 of the private bucket
 *
 * @throws {VenueRejectedError} `ERR_VENUE_REJECTED` when it would refuse; all reasons are in the context.
 * @throws {InputError} `ERR_INPUT_INVALID` unless price and size are decimals above zero.
 */
export async function previewEdit(
  client: HttpClient,
  edit: { readonly orderId: string; readonly price: DecimalInput; readonly size: DecimalInput },
): Promise<EditPreview> {
  const body = {
    order_id: edit.orderId,
    price: amountText(edit.price, 'price'),
    size: amountText(edit.size, 'size'),
  }
  const answer = await client.call('previewEdit', { schema: editPreviewResponseSchema, body: () => body })
  const reasons = editReasons(answer.errors)
  const [reason] = reasons
  if (reason !== undefined) {
    throw new VenueRejectedError(`Coinbase would reject the edit: ${reasons.join(', ')}`, reason, {
      endpoint: 'previewEdit',
      httpStatus: 200,
      context: { reasons },
    })
  }
  if (!answer.order_total && !answer.base_size) throw unreadable('previewEdit', 'there is neither a reason nor a total')
  return readWire(answer)
}
