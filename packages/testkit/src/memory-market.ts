import {
  type Candle,
  type Clock,
  Decimal,
  type Fresh,
  type MarketReader,
  NotFoundError,
  type OrderBook,
  type Product,
  type Ticker,
  VenueOutcomeUnknownError,
} from '@tidegate/trading-model'

/** A {@link MarketReader} whose prices a test sets by hand. */
export class MemoryMarket implements MarketReader {
  readonly catalogue = new Map<string, Product>()
  private readonly quotes = new Map<string, { bid: Decimal; ask: Decimal; last: Decimal; asOfMs: number }>()
  /** When set, every call fails as a venue that does not answer. */
  down = false
  /** Base units offered at every level of the book. */
  depth = new Decimal(100)
  calls = 0

  constructor(private readonly clock: Clock) {
    this.addProduct('BTC-USD', { aliasTo: ['BTC-USDC'] })
    this.addProduct('BTC-USDC', { alias: 'BTC-USD' })
    this.addProduct('ETH-USD', {})
    this.setPrice('BTC-USD', '59990', '60010')
    this.setPrice('ETH-USD', '2999', '3001')
  }

  addProduct(productId: string, change: Partial<Product>): void {
    const [baseCurrency = '', quoteCurrency = ''] = productId.split('-')
    this.catalogue.set(productId, {
      productId,
      baseCurrency,
      quoteCurrency,
      displayName: productId,
      baseIncrement: new Decimal('0.00000001'),
      quoteIncrement: new Decimal('0.01'),
      priceIncrement: new Decimal('0.01'),
      baseMinSize: new Decimal('0.00000001'),
      baseMaxSize: new Decimal('3400'),
      quoteMinSize: new Decimal('1'),
      quoteMaxSize: new Decimal('150000000'),
      status: 'online',
      isDisabled: false,
      tradingDisabled: false,
      cancelOnly: false,
      limitOnly: false,
      postOnly: false,
      auctionMode: false,
      viewOnly: false,
      aliasTo: [],
      ...change,
    })
  }

  setPrice(productId: string, bid: string, ask: string, last = ask): void {
    this.quotes.set(productId, {
      bid: new Decimal(bid),
      ask: new Decimal(ask),
      last: new Decimal(last),
      asOfMs: this.clock.nowMs(),
    })
  }

  /** Prices keep their value and become as young as now. */
  refresh(): void {
    for (const quote of this.quotes.values()) quote.asOfMs = this.clock.nowMs()
  }

  quote(productId: string): { bid: Decimal; ask: Decimal; last: Decimal; asOfMs: number } {
    const bookId = this.catalogue.get(productId)?.alias ?? productId
    const quote = this.quotes.get(bookId)
    if (!quote) throw new NotFoundError(`No price for ${productId}`)
    return quote
  }

  async products(): Promise<Fresh<readonly Product[]>> {
    this.touch()
    return this.fresh([...this.catalogue.values()], this.clock.nowMs())
  }

  async product(productId: string): Promise<Product> {
    this.touch()
    const product = this.catalogue.get(productId)
    if (!product) throw new NotFoundError(`No product ${productId}`)
    return product
  }

  async ticker(productId: string, maxAgeMs = Number.MAX_SAFE_INTEGER): Promise<Fresh<Ticker>> {
    this.touch()
    const quote = this.quote(productId)
    const value = { productId, price: quote.last, bestBid: quote.bid, bestAsk: quote.ask }
    return this.fresh(value, quote.asOfMs, maxAgeMs)
  }

  async book(productId: string, depth: number, maxAgeMs = Number.MAX_SAFE_INTEGER): Promise<Fresh<OrderBook>> {
    this.touch()
    const quote = this.quote(productId)
    const levels = (top: Decimal, step: string) =>
      Array.from({ length: depth }, (_, index) => ({ price: top.plus(new Decimal(step).mul(index)), size: this.depth }))
    const value = { productId, bids: levels(quote.bid, '-1'), asks: levels(quote.ask, '1') }
    return this.fresh(value, quote.asOfMs, maxAgeMs)
  }

  async candles(): Promise<Fresh<readonly Candle[]>> {
    this.touch()
    return this.fresh([], this.clock.nowMs())
  }

  watch(): () => void {
    return () => {}
  }

  private touch(): void {
    this.calls++
    if (this.down) throw new VenueOutcomeUnknownError('The market does not answer', { endpoint: 'memory market' })
  }

  private fresh<T>(value: T, asOfMs: number, maxAgeMs = Number.MAX_SAFE_INTEGER): Fresh<T> {
    const ageMs = this.clock.nowMs() - asOfMs
    return { value, asOfMs, ageMs, source: 'cache', stale: ageMs > maxAgeMs }
  }
}
