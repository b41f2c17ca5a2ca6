import { acquiredAsset, parseOrderRequest } from '@tidegate/risk-engine'
import { InputError, NotFoundError, type OrderTerms, type Product } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { showTime } from '../shared/show-values.js'
import type { SurfaceContext } from '../surface-deps.js'

/** Until when orders that rest to add exposure stay, where nobody says otherwise. */
export interface EntryEnd {
  readonly afterMs: number
  /** True: also who names GTC or a later end is refused. */
  readonly isRule: boolean
}

/** An order as it was asked for, and which of its times nobody named. */
export interface OrderWish {
  readonly terms: OrderTerms
  readonly givenTimes: readonly ('start' | 'end')[]
}

/**
 * Makes terms of an agent's words. What they leave to the clock is given here: a TWAP begins shortly, and a limit order that would rest to
 * add exposure ends by itself, because nothing cancels it when its agent is gone. Exits, stops and brackets never get an end they did not
 * ask for, and a GTC that was asked for stays one unless the owner made the end a rule.
 *
 * @throws InputError with every finding.
 */
export async function readOrderWish(
  context: Pick<SurfaceContext, 'clock' | 'market' | 'entryEnd'>,
  args: JsonObject,
  otherFields: readonly string[],
): Promise<OrderWish> {
  const nowMs = context.clock.nowMs()
  const product = args['order_type'] === 'SCALED' ? await findProduct(context, args['product_id']) : undefined
  const terms = parseOrderRequest(args, otherFields, { nowMs, product })
  const { entryEnd } = context
  if (terms.orderType === 'TWAP' && (args['start_time'] ?? undefined) === undefined) {
    return { terms, givenTimes: ['start'] }
  }
  if (!entryEnd || terms.orderType !== 'LIMIT' || !addsExposure(terms)) return { terms, givenTimes: [] }
  const latestMs = nowMs + entryEnd.afterMs
  if (terms.timeInForce === 'GTC' && (args['time_in_force'] ?? undefined) === undefined) {
    return { terms: { ...terms, timeInForce: 'GTD', endTimeMs: latestMs }, givenTimes: ['end'] }
  }
  if (entryEnd.isRule) refuseLater(terms, latestMs)
  return { terms, givenTimes: [] }
}

function addsExposure(terms: OrderTerms): boolean {
  const [baseCurrency = '', quoteCurrency = ''] = terms.productId.split('-')
  return acquiredAsset({ baseCurrency, quoteCurrency }, terms) !== undefined
}

function refuseLater(terms: Extract<OrderTerms, { orderType: 'LIMIT' }>, latestMs: number): void {
  if (terms.timeInForce === 'GTC') {
    throw new InputError([
      {
        field: 'time_in_force',
        problem: 'GTC is not allowed for orders that add exposure: the owner wants them to end by themselves',
        fix: 'leave time_in_force out, or use GTD with an end_time',
      },
    ])
  }
  if (terms.timeInForce !== 'GTD' || (terms.endTimeMs ?? 0) <= latestMs) return
  throw new InputError([
    {
      field: 'end_time',
      problem: 'is later than the owner lets orders that add exposure rest',
      fix: `use ${showTime(latestMs)} or earlier, or leave time_in_force and end_time out`,
    },
  ])
}

async function findProduct({ market }: Pick<SurfaceContext, 'market'>, id: unknown): Promise<Product | undefined> {
  if (typeof id !== 'string') return undefined
  try {
    return await market.product(id)
  } catch (error) {
    if (NotFoundError.isInstance(error)) return undefined
    throw error
  }
}
