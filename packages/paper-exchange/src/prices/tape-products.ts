import { type Decimal, formatDecimal, readDecimal } from '@tidegate/trading-model'
import { z } from 'zod'
import type { ListedProduct } from '../products.js'

const decimalText = z.string().transform((text, context): Decimal => {
  const read = readDecimal(text)
  if (read) return read
  context.addIssue({ code: 'custom', message: 'is not a decimal' })
  return z.NEVER
})

const flag = z.boolean().default(false)

/** A product as a tape's head carries it: everything that a replay needs to list it again, exact to the digit. */
export const tapeProductSchema = z.object({
  productId: z.string().min(1),
  displayName: z.string(),
  baseCurrency: z.string(),
  quoteCurrency: z.string(),
  baseName: z.string(),
  quoteName: z.string(),
  baseIncrement: decimalText,
  quoteIncrement: decimalText,
  priceIncrement: decimalText,
  baseMinSize: decimalText,
  baseMaxSize: decimalText,
  quoteMinSize: decimalText,
  quoteMaxSize: decimalText,
  alias: z.string().optional(),
  aliasTo: z.array(z.string()).default([]),
  verified: z.boolean(),
  referencePrice: decimalText,
  status: z.string().default('online'),
  isDisabled: flag,
  tradingDisabled: flag,
  cancelOnly: flag,
  limitOnly: flag,
  postOnly: flag,
  auctionMode: flag,
  viewOnly: flag,
})

/** A product of a tape's head, read. */
export function fromTapeProduct(read: z.output<typeof tapeProductSchema>): ListedProduct {
  const { alias, ...product } = read
  return alias === undefined ? product : { ...product, alias }
}

/** A product as a tape's head carries it. Its state of the moment stays out: a tape is played on an open market. */
export function toTapeProduct(product: ListedProduct): z.input<typeof tapeProductSchema> {
  return {
    productId: product.productId,
    displayName: product.displayName,
    baseCurrency: product.baseCurrency,
    quoteCurrency: product.quoteCurrency,
    baseName: product.baseName,
    quoteName: product.quoteName,
    baseIncrement: formatDecimal(product.baseIncrement),
    quoteIncrement: formatDecimal(product.quoteIncrement),
    priceIncrement: formatDecimal(product.priceIncrement),
    baseMinSize: formatDecimal(product.baseMinSize),
    baseMaxSize: formatDecimal(product.baseMaxSize),
    quoteMinSize: formatDecimal(product.quoteMinSize),
    quoteMaxSize: formatDecimal(product.quoteMaxSize),
    ...(product.alias === undefined ? {} : { alias: product.alias }),
    aliasTo: [...product.aliasTo],
    verified: product.verified,
    referencePrice: formatDecimal(product.referencePrice),
  }
}
