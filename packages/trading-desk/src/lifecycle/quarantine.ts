import type { Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'
import { orderFields } from '../order-log.js'
import { recordOutcome } from '../pipeline/record-outcome.js'
import type { SameBook } from '../same-book.js'

/**
 * The venue shows something else than was committed. Nothing is guessed: the intent keeps its whole exposure, the product halts,
 * and a person decides.
 */
export async function quarantine(
  context: DeskContext,
  books: SameBook,
  intent: Intent,
  difference: string,
): Promise<Intent | undefined> {
  context.log.error('order_quarantined', { ...orderFields(intent), difference })
  context.metrics.count('orders_quarantined_total', { product: intent.terms.productId })
  const { productId } = intent.terms
  const reason = `order of intent ${intent.intentId}: ${difference}`
  await context.trip(`product:${productId}`, 'HALTED', reason)
  if (books.bookOf(productId) !== productId) await context.trip(`product:${books.bookOf(productId)}`, 'HALTED', reason)
  return recordOutcome(context, intent.intentId, { type: 'quarantined', reason: difference })
}
