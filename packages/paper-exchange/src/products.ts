import { Decimal, type Product } from '@tidegate/trading-model'

/** A product of this exchange, and where its numbers come from. */
export interface ListedProduct extends Product {
  readonly baseName: string
  readonly quoteName: string
  /**
   * True when increments, minimums and maximums were captured from Coinbase. False: they are our guess,
   * good enough to practise on, not to learn Coinbase's limits from.
   */
  readonly verified: boolean
  /** Where the synthetic market starts from, quote per base. Not a claim about any real price. */
  readonly referencePrice: Decimal
}

type Numbers = Readonly<
  Record<
    | 'baseIncrement'
    | 'quoteIncrement'
    | 'priceIncrement'
    | 'baseMinSize'
    | 'baseMaxSize'
    | 'quoteMinSize'
    | 'quoteMaxSize'
    | 'referencePrice',
    string
  >
>

interface Names {
  readonly productId: string
  readonly baseName: string
  readonly quoteName?: string
  readonly alias?: string
  readonly aliasTo?: readonly string[]
}

function list(names: Names, verified: boolean, numbers: Numbers): ListedProduct {
  const [baseCurrency = '', quoteCurrency = ''] = names.productId.split('-')
  const amount = (key: keyof Numbers) => new Decimal(numbers[key])
  return {
    productId: names.productId,
    displayName: names.productId,
    baseCurrency,
    quoteCurrency,
    baseName: names.baseName,
    quoteName: names.quoteName ?? 'US Dollar',
    baseIncrement: amount('baseIncrement'),
    quoteIncrement: amount('quoteIncrement'),
    priceIncrement: amount('priceIncrement'),
    baseMinSize: amount('baseMinSize'),
    baseMaxSize: amount('baseMaxSize'),
    quoteMinSize: amount('quoteMinSize'),
    quoteMaxSize: amount('quoteMaxSize'),
    status: 'online',
    isDisabled: false,
    tradingDisabled: false,
    cancelOnly: false,
    limitOnly: false,
    postOnly: false,
    auctionMode: false,
    viewOnly: false,
    aliasTo: names.aliasTo ?? [],
    ...(names.alias === undefined ? {} : { alias: names.alias }),
    verified,
    referencePrice: amount('referencePrice'),
  }
}

/** Captured from production on 2026-04-07. */
const bitcoin: Numbers = {
  baseIncrement: '0.00000001',
  quoteIncrement: '0.01',
  priceIncrement: '0.01',
  baseMinSize: '0.00000001',
  baseMaxSize: '3400',
  quoteMinSize: '1',
  quoteMaxSize: '150000000',
  referencePrice: '68923.67',
}

/**
 * What is listed when nobody says otherwise. BTC-USDC is an alias: one book, but the USDC wallet pays.
 * The alias takes BTC-USD's numbers; its own were not captured.
 */
export const DEFAULT_PRODUCTS: readonly ListedProduct[] = [
  list({ productId: 'BTC-USD', baseName: 'Bitcoin', aliasTo: ['BTC-USDC'] }, true, bitcoin),
  list({ productId: 'BTC-USDC', baseName: 'Bitcoin', quoteName: 'USDC', alias: 'BTC-USD' }, false, bitcoin),
  list({ productId: 'ETH-USD', baseName: 'Ethereum' }, false, {
    // Increments as every published ETH-USD price and size shows them; minimums and maximums are unverified.
    baseIncrement: '0.00000001',
    quoteIncrement: '0.01',
    priceIncrement: '0.01',
    baseMinSize: '0.00000001',
    baseMaxSize: '42000',
    quoteMinSize: '1',
    quoteMaxSize: '150000000',
    referencePrice: '2113.58',
  }),
  list({ productId: 'TONE-USD', baseName: 'TE-FOOD' }, true, {
    // A real capture whose minimum is no multiple of its increment: round up. It had no price_increment: quote_increment stands in.
    baseIncrement: '1',
    quoteIncrement: '0.00001',
    priceIncrement: '0.00001',
    baseMinSize: '26.7187147229469674',
    baseMaxSize: '267187147.2294696735908216',
    quoteMinSize: '1',
    quoteMaxSize: '10000000',
    referencePrice: '0.01523',
  }),
  list({ productId: 'SOL-USD', baseName: 'Solana' }, false, {
    baseIncrement: '0.00000001',
    quoteIncrement: '0.01',
    priceIncrement: '0.01',
    baseMinSize: '0.00000001',
    baseMaxSize: '180000',
    quoteMinSize: '1',
    quoteMaxSize: '50000000',
    referencePrice: '83.4',
  }),
]
