import { Decimal, ladderRungs, PRICE_DISTRIBUTIONS, SIZE_DISTRIBUTIONS } from '@tidegate/trading-model'
import type { Rung, ScaledTerms } from '../engine/terms.js'
import type { Refusal } from '../engine/validate-order.js'
import { positive, type VariantInput } from './variant.js'

const priceWords: ReadonlySet<string> = new Set(PRICE_DISTRIBUTIONS)
const sizeWords: ReadonlySet<string> = new Set(['UNKNOWN_DISTRIBUTION', ...SIZE_DISTRIBUTIONS])

/** Reads a ladder: its rungs as given in `orders`, or worked out from the two prices and the distributions. */
export function readLadder(input: VariantInput): ScaledTerms | Refusal {
  const { fields, productId, side, size, product } = input
  const { price_distribution: priceDistribution, size_distribution: sizeDistribution } = fields
  if (!product) return refuse('INVALID_PRODUCT_ID', `there is no product ${productId}`)
  const rungs = fields.orders ? givenRungs(input) : spreadRungs(input)
  if ('reason' in rungs) return rungs
  return {
    orderType: 'SCALED',
    timeInForce: 'GTC',
    productId,
    side,
    size,
    rungs,
    ...(priceDistribution === undefined ? {} : { priceDistribution }),
    ...(sizeDistribution === undefined ? {} : { sizeDistribution }),
  }
}

function givenRungs({ fields }: VariantInput): readonly Rung[] | Refusal {
  const rungs: Rung[] = []
  for (const order of fields.orders ?? []) {
    const limitPrice = positive(order.limit_price)
    const baseSize = positive(order.base_size)
    if (!limitPrice || !baseSize) return refuse('SCALED_PARAM_INFEASIBLE', 'a rung lacks base_size or limit_price')
    rungs.push({ limitPrice, baseSize })
  }
  if (fields.num_orders !== undefined && Number(fields.num_orders) !== rungs.length) {
    return refuse('SCALED_PARAM_DISCREPANCY', `num_orders is ${fields.num_orders}, orders has ${rungs.length}`)
  }
  return rungs
}

function spreadRungs({ fields, side, size, product, takerRate }: VariantInput): readonly Rung[] | Refusal {
  const count = Number(fields.num_orders ?? Number.NaN)
  const minPrice = positive(fields.min_price)
  const maxPrice = positive(fields.max_price)
  if (!product || !Number.isSafeInteger(count) || count < 2 || !minPrice || !maxPrice || minPrice.gte(maxPrice)) {
    return refuse('SCALED_PARAM_INFEASIBLE', 'num_orders (from 2), min_price and a larger max_price are needed')
  }
  if (count > 1_000) return refuse('SCALED_MAX_ORDER_VIOLATION', 'too many rungs')
  const priceWord = fields.price_distribution ?? 'FLAT'
  const sizeWord = fields.size_distribution ?? 'EVENLY_SPLIT'
  if (!priceWords.has(priceWord) || !sizeWords.has(sizeWord)) {
    return refuse('SCALED_PARAM_INFEASIBLE', 'a custom distribution needs its orders')
  }
  const rungs = ladderRungs({
    side,
    size,
    count,
    minPrice,
    maxPrice,
    prices: priceWord === 'LINEAR_INCREASING' || priceWord === 'LINEAR_DECREASING' ? priceWord : 'FLAT',
    sizes: sizeWord === 'INCREASING' || sizeWord === 'DECREASING' ? sizeWord : 'EVENLY_SPLIT',
    difference: positive(fields.size_diff),
    ratio: positive(fields.size_ratio),
    priceIncrement: product.priceIncrement,
    baseIncrement: product.baseIncrement,
    takerRate: size.kind === 'quote' ? takerRate : new Decimal(0),
  })
  return rungs ?? refuse('SCALED_PARAM_INFEASIBLE', 'these sizes leave a rung without anything')
}

function refuse(reason: string, message: string): Refusal {
  return { reason, message }
}
