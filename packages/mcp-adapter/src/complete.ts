import { GRANULARITIES, ORDER_TYPES, SIDES } from '@tidegate/trading-model'
import { isAllowed } from './permissions.js'
import { recentDays } from './prompts/daily-review.js'
import { prompts } from './prompts/list.js'
import { resources } from './resources/list.js'
import { STATUS_WORDS } from './resources/order-history.js'
import { uriTemplate } from './resources/resource.js'
import type { SurfaceContext } from './surface-deps.js'

/** The protocol's cap on suggestions. */
const MAX_VALUES = 100

/**
 * Values that begin with what was typed, for an argument of a prompt or a variable of a resource template.
 *
 * @param ref - Prompt by name, resource by its template (with or without the query part) or its short name.
 * @returns At most 100 values; none for an argument that has no list, or that the role may not see.
 */
export async function completeArgument(
  context: SurfaceContext,
  ref: { readonly kind: 'prompt' | 'resource'; readonly name: string },
  argument: string,
  value: string,
): Promise<readonly string[]> {
  const target =
    ref.kind === 'prompt'
      ? prompts.find((prompt) => prompt.name === ref.name)
      : resources.find((item) => [uriTemplate(item), item.path, item.name].includes(ref.name))
  if (!target || !isAllowed(context.principal, target.permissions, context.adminTrades)) return []
  const known =
    'arguments' in target
      ? target.arguments.some((item) => item.name === argument)
      : target.query.includes(argument) || target.path.includes(`{${argument}}`)
  return known ? suggest(context, argument, value) : []
}

async function suggest(context: SurfaceContext, argument: string, value: string): Promise<readonly string[]> {
  switch (argument) {
    case 'product_id':
    case 'product':
      return productIds(context, value)
    case 'product_ids': {
      // A list under way: complete its last entry and keep what stands before.
      const cut = value.lastIndexOf(',') + 1
      const found = await productIds(context, value.slice(cut).trim())
      return found.map((id) => value.slice(0, cut) + id)
    }
    case 'order_id': {
      const intents = await context.desk.listOrders({ limit: MAX_VALUES })
      return beginning(
        intents.map((intent) => intent.venueOrderId ?? intent.intentId),
        value,
      )
    }
    case 'granularity':
      return beginning(GRANULARITIES, value)
    case 'status':
      return beginning(STATUS_WORDS, value)
    case 'side':
      return beginning(SIDES, value)
    case 'date':
      return beginning(recentDays(context.clock.nowMs()), value)
    case 'order_type':
      return beginning(ORDER_TYPES, value)
    default:
      return []
  }
}

async function productIds(context: SurfaceContext, value: string): Promise<readonly string[]> {
  if (!isAllowed(context.principal, ['read_market_data'], context.adminTrades)) return []
  const products = (await context.market.products()).value
  return beginning(
    products.map((product) => product.productId),
    value,
  )
}

function beginning(words: readonly string[], value: string): readonly string[] {
  const typed = value.toLowerCase()
  return words.filter((word) => word.toLowerCase().startsWith(typed)).slice(0, MAX_VALUES)
}
