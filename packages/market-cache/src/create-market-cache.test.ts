import { FakeTime, MemoryLog, MemoryMetrics } from '@tidegate/testkit'
import type { Candle, MarketSource, MarketTrade, OrderBook, Product, Ticker } from '@tidegate/trading-model'
import { Decimal, NotFoundError, VenueNotSentError } from '@tidegate/trading-model'
import { beforeEach, describe, expect, it } from 'vitest'
import { createMarketCache, type MarketCache } from './create-market-cache.js'

const d = (text: string): Decimal => new Decimal(text)

const product = (productId: string, alias?: string): Product => ({
  productId,
  baseCurrency: productId.split('-')[0] ?? '',
  quoteCurrency: productId.split('-')[1] ?? '',
  displayName: productId.replace('-', '/'),
  baseIncrement: d('0.00000001'),
  quoteIncrement: d('0.01'),
  priceIncrement: d('0.01'),
  baseMinSize: d('0.00000001'),
  baseMaxSize: d('3400'),
  quoteMinSize: d('1'),
  quoteMaxSize: d('150000000'),
  status: 'online',
  isDisabled: false,
  tradingDisabled: false,
  cancelOnly: false,
  limitOnly: false,
  postOnly: false,
  auctionMode: false,
  viewOnly: false,
  ...(alias === undefined ? {} : { alias }),
  aliasTo: [],
  price: d('100'),
  volume24h: d('12'),
})

const ticker = (productId: string, price: string): Ticker => ({
  productId,
  price: d(price),
  bestBid: d(price).minus('0.01'),
  bestAsk: d(price).plus('0.01'),
})

const rows = (...pairs: [string, string][]): { price: Decimal; size: Decimal }[] =>
  pairs.map(([price, size]) => ({ price: d(price), size: d(size) }))

/** A venue whose answers and failures the test sets, and which counts what it was asked. */
class ScriptedSource implements MarketSource {
  readonly calls: string[] = []
  catalogue: Product[] = [product('BTC-USD'), product('BTC-USDC', 'BTC-USD'), product('ETH-USD')]
  lastPrice = '100'
  bookNow: { bids: OrderBook['bids']; asks: OrderBook['asks'] } = { bids: rows(['99', '1']), asks: rows(['101', '1']) }
  failing = false
  latencyMs = 0
  constructor(private readonly time: FakeTime) {}
  private async answer<T>(call: string, value: () => T): Promise<T> {
    this.calls.push(call)
    if (this.latencyMs > 0) await this.time.sleep(this.latencyMs)
    if (this.failing) throw new VenueNotSentError('refused', { endpoint: call })
    return value()
  }
  products = (): Promise<readonly Product[]> => this.answer('products', () => this.catalogue)
  product = (id: string): Promise<Product | undefined> =>
    this.answer(`product ${id}`, () => this.catalogue.find((item) => item.productId === id))
  book = (id: string, depth: number): Promise<{ book: OrderBook; asOfMs: number }> => {
    const asOfMs = this.time.nowMs()
    return this.answer(`book ${id} ${depth}`, () => ({ book: { productId: id, ...this.bookNow }, asOfMs }))
  }
  trades = (id: string): Promise<{ trades: readonly MarketTrade[]; bestBid?: Decimal; bestAsk?: Decimal }> =>
    this.answer(`trades ${id}`, () => ({
      trades: [
        {
          tradeId: '1',
          productId: id,
          price: d(this.lastPrice),
          size: d('1'),
          makerSide: 'BUY' as const,
          tradedAtMs: this.time.nowMs(),
        },
      ],
      bestBid: d('99'),
      bestAsk: d('101'),
    }))
  candles = (id: string, _: string, startMs: number): Promise<readonly Candle[]> =>
    this.answer(`candles ${id} ${startMs}`, () => [
      { startMs, open: d('1'), high: d('2'), low: d('1'), close: d('2'), volume: d('3') },
    ])
  count(prefix: string): number {
    return this.calls.filter((call) => call.startsWith(prefix)).length
  }
}

let time: FakeTime
let source: ScriptedSource
let log: MemoryLog
let metrics: MemoryMetrics
let cache: MarketCache
const ttl = { productsMs: 3_600_000, tickerMs: 5_000, orderbookMs: 1_000 }

beforeEach(() => {
  time = new FakeTime()
  source = new ScriptedSource(time)
  log = new MemoryLog()
  metrics = new MemoryMetrics()
  cache = createMarketCache({ source, clock: time, timers: time, log, metrics, ttl, maxCandleEntries: 3 })
})

const streamBook = async (bid = 9_900, ask = 10_100): Promise<void> => {
  await cache.products()
  const writer = cache.open('BTC-USD')
  writer?.beginSnapshot()
  writer?.level('bid', bid, 100_000_000)
  writer?.level('ask', ask, 100_000_000)
  writer?.commit(time.nowMs())
}

describe('products', () => {
  it('asks the venue once per time to live', async () => {
    expect((await cache.products()).source).toBe('rest')
    await time.advance(ttl.productsMs)
    expect((await cache.products()).source).toBe('cache')
    expect(source.count('products')).toBe(1)
    await time.advance(1)
    const again = await cache.products()
    expect([again.source, again.stale, again.ageMs]).toEqual(['rest', false, 0])
    expect(source.count('products')).toBe(2)
  })

  it('hands out the old list marked stale when the venue cannot be reached, and throws when there is none', async () => {
    source.failing = true
    await expect(cache.products()).rejects.toThrow(VenueNotSentError)
    source.failing = false
    await cache.products()
    source.failing = true
    await time.advance(ttl.productsMs + 1)
    const old = await cache.products()
    expect([old.stale, old.ageMs, old.value.length]).toEqual([true, ttl.productsMs + 1, 3])
    expect(log.entries.map((entry) => entry.event)).toContain('market_refresh_failed')
  })

  it('throws NotFoundError for an unknown product and does not ask the venue again for a while', async () => {
    await expect(cache.product('NO-USD')).rejects.toThrow(NotFoundError)
    await expect(cache.ticker('NO-USD')).rejects.toThrow(NotFoundError)
    expect(source.count('product NO-USD')).toBe(1)
    await time.advance(10_001)
    source.catalogue = [...source.catalogue, product('NO-USD')]
    expect((await cache.product('NO-USD')).productId).toBe('NO-USD')
  })
})

describe('tickers', () => {
  it('come from the stream while young enough, from one request when older than asked', async () => {
    await cache.products()
    cache.onTicker(ticker('ETH-USD', '50'), time.nowMs())
    await time.advance(2_000)
    const streamed = await cache.ticker('ETH-USD', 2_000)
    expect([streamed.source, streamed.ageMs, streamed.stale, streamed.value.price.toFixed()]).toEqual([
      'stream',
      2_000,
      false,
      '50',
    ])
    source.lastPrice = '60'
    const fetched = await cache.ticker('ETH-USD', 1_999)
    expect([fetched.source, fetched.ageMs, fetched.stale, fetched.value.price.toFixed()]).toEqual([
      'rest',
      0,
      false,
      '60',
    ])
    expect(fetched.value.volume24h?.toFixed()).toBe('12')
    expect((await cache.ticker('ETH-USD', 1_000)).source).toBe('cache')
    expect(source.count('trades')).toBe(1)
  })

  it('use the configured time to live when no age is asked', async () => {
    await cache.products()
    cache.onTicker(ticker('ETH-USD', '50'), time.nowMs())
    await time.advance(ttl.tickerMs)
    expect((await cache.ticker('ETH-USD')).source).toBe('stream')
    await time.advance(1)
    expect((await cache.ticker('ETH-USD')).source).toBe('rest')
  })

  it('share one request between readers who ask at the same time', async () => {
    await cache.products()
    source.latencyMs = 50
    const readers = Array.from({ length: 20 }, () => cache.ticker('ETH-USD', 10))
    await time.advance(50)
    const values = await Promise.all(readers)
    expect(source.count('trades ETH-USD')).toBe(1)
    expect(new Set(values.map((value) => value.value.price.toFixed()))).toEqual(new Set(['100']))
  })

  it('say stale when the answer took longer than the age that was asked', async () => {
    await cache.products()
    source.latencyMs = 300
    const reading = cache.ticker('ETH-USD', 100)
    await time.advance(300)
    const fresh = await reading
    expect([fresh.source, fresh.ageMs, fresh.stale]).toEqual(['rest', 300, true])
  })

  it('say stale when the venue cannot be reached, with the age of what is left', async () => {
    await cache.products()
    cache.onTicker(ticker('ETH-USD', '50'), time.nowMs())
    source.failing = true
    await time.advance(9_000)
    const old = await cache.ticker('ETH-USD', 2_000)
    expect([old.source, old.ageMs, old.stale]).toEqual(['stream', 9_000, true])
  })

  it('are not trusted after a gap until the stream speaks again, however young they are', async () => {
    await cache.products()
    cache.onTicker(ticker('ETH-USD', '50'), time.nowMs())
    cache.invalidateAll('gap')
    expect((await cache.ticker('ETH-USD')).source).toBe('rest')
    source.failing = true
    await time.advance(6_000)
    expect((await cache.ticker('ETH-USD')).stale).toBe(true)
    cache.onTicker(ticker('ETH-USD', '51'), time.nowMs())
    const mended = await cache.ticker('ETH-USD')
    expect([mended.source, mended.stale, mended.value.price.toFixed()]).toEqual(['stream', false, '51'])
  })

  it('never look younger than the time since they arrived, though the venue’s clock runs ahead', async () => {
    await cache.products()
    cache.onTicker(ticker('ETH-USD', '50'), time.nowMs() + 60_000)
    await time.advance(3_000)
    expect((await cache.ticker('ETH-USD', 3_000)).ageMs).toBe(3_000)
    expect((await cache.ticker('ETH-USD', 2_999)).source).toBe('rest')
  })

  it('move with a newer trade and ignore an older one', async () => {
    await cache.products()
    const trade = (price: string, tradedAtMs: number): MarketTrade => ({
      tradeId: 't',
      productId: 'ETH-USD',
      price: d(price),
      size: d('1'),
      makerSide: 'BUY',
      tradedAtMs,
    })
    cache.onTicker(ticker('ETH-USD', '50'), time.nowMs())
    cache.onTrade(trade('55', time.nowMs() + 10))
    cache.onTrade(trade('44', time.nowMs() - 10))
    expect((await cache.ticker('ETH-USD')).value.price.toFixed()).toBe('55')
  })

  it('take their quotes from a younger book', async () => {
    await streamBook()
    cache.onTicker(ticker('BTC-USD', '100'), time.nowMs())
    const value = (await cache.ticker('BTC-USD')).value
    expect([value.bestBid?.toFixed(), value.bestAsk?.toFixed(), value.bestBidSize?.toFixed()]).toEqual([
      '99',
      '101',
      '1',
    ])
  })
})

describe('books', () => {
  it('cannot be opened before the product’s increments are known, and can a moment later', async () => {
    expect(cache.open('BTC-USD')).toBeUndefined()
    await time.advance(1)
    const writer = cache.open('BTC-USD')
    expect([writer?.priceDecimals, writer?.sizeDecimals]).toEqual([2, 8])
  })

  it('come from the stream, and by request after a gap until the next snapshot', async () => {
    await streamBook()
    expect((await cache.book('BTC-USD', 50)).source).toBe('stream')
    cache.invalidateAll('gap')
    expect((await cache.book('BTC-USD', 50)).source).toBe('rest')
    cache.open('BTC-USD')?.level('bid', 9_950, 1)
    cache.open('BTC-USD')?.commit(time.nowMs())
    expect((await cache.book('BTC-USD', 50)).source).toBe('cache')
    await streamBook()
    expect((await cache.book('BTC-USD', 50)).source).toBe('stream')
  })

  it('are not read from the stream while crossed', async () => {
    await streamBook(10_200, 10_100)
    const fresh = await cache.book('BTC-USD', 50)
    expect([fresh.source, fresh.stale]).toEqual(['rest', false])
    expect(metrics.samples.map((sample) => sample.name)).toContain('market_book_invalidations_total')
  })

  it('that the venue itself sends crossed go out marked stale', async () => {
    source.bookNow = { bids: rows(['102', '1']), asks: rows(['101', '1']) }
    expect((await cache.book('BTC-USD', 50)).stale).toBe(true)
    expect((await cache.book('BTC-USD', 50)).stale).toBe(true)
  })

  it('older than their time to live are fetched, once for all who ask', async () => {
    await streamBook()
    await time.advance(ttl.orderbookMs + 1)
    source.latencyMs = 20
    const readers = Array.from({ length: 10 }, () => cache.book('BTC-USD', 50))
    await time.advance(20)
    expect((await Promise.all(readers)).every((fresh) => fresh.source === 'rest' && !fresh.stale)).toBe(true)
    expect(source.count('book')).toBe(1)
  })

  it('say stale when there is nothing better than an old one', async () => {
    await streamBook()
    await time.advance(30_000)
    source.failing = true
    const fresh = await cache.book('BTC-USD', 50, 2_000)
    expect([fresh.source, fresh.stale, fresh.ageMs]).toEqual(['stream', true, 30_000])
  })

  it('prefer a stream that spoke while the request was under way', async () => {
    await cache.products()
    source.latencyMs = 40
    const reading = cache.book('BTC-USD', 50)
    await time.advance(20)
    await streamBook(9_950)
    await time.advance(20)
    const fresh = await reading
    expect([fresh.source, fresh.ageMs, fresh.value.bids[0]?.price.toFixed()]).toEqual(['stream', 20, '99.5'])
  })

  it('asked at a smaller depth are cut from a deeper one', async () => {
    source.bookNow = { bids: rows(['99', '1'], ['98', '1']), asks: rows(['101', '1'], ['102', '1']) }
    expect((await cache.book('BTC-USD', 50)).value.bids).toHaveLength(2)
    expect((await cache.book('BTC-USD', 1)).value.bids).toHaveLength(1)
    expect(source.count('book')).toBe(1)
    await cache.book('BTC-USD', 100)
    expect(source.count('book')).toBe(2)
  })
})

describe('aliases', () => {
  it('read the book and ticker of what they name, under their own id, with their own product record', async () => {
    await streamBook()
    cache.onTicker(ticker('BTC-USD', '100'), time.nowMs())
    const book = await cache.book('BTC-USDC', 50)
    expect([book.source, book.value.productId, book.value.bids[0]?.price.toFixed()]).toEqual([
      'stream',
      'BTC-USDC',
      '99',
    ])
    const fresh = await cache.ticker('BTC-USDC')
    expect([fresh.source, fresh.value.productId, fresh.value.price.toFixed()]).toEqual(['stream', 'BTC-USDC', '100'])
    expect((await cache.product('BTC-USDC')).quoteCurrency).toBe('USDC')
    expect(source.calls.filter((call) => call.includes('book') || call.includes('trades'))).toEqual([])
  })

  it('share one request with what they name', async () => {
    await cache.products()
    source.latencyMs = 10
    const both = Promise.all([cache.book('BTC-USDC', 50), cache.book('BTC-USD', 50)])
    await time.advance(10)
    expect((await both).map((fresh) => fresh.value.productId)).toEqual(['BTC-USDC', 'BTC-USD'])
    expect(source.calls.filter((call) => call.startsWith('book'))).toEqual(['book BTC-USD 50'])
  })

  it('write to the same book whichever id the stream used', async () => {
    await cache.products()
    expect(cache.open('BTC-USDC')).toBe(cache.open('BTC-USD'))
    cache.onTicker(ticker('BTC-USDC', '77'), time.nowMs())
    expect((await cache.ticker('BTC-USD')).value.price.toFixed()).toBe('77')
    expect(await cache.bookProductId('BTC-USDC')).toBe('BTC-USD')
  })
})

describe('candles', () => {
  it('of a range that is over are fetched once, of a range that grows again after the ticker’s time', async () => {
    const nowMs = time.nowMs()
    const over = [nowMs - 7_200_000, nowMs - 3_600_000] as const
    const growing = [nowMs - 3_600_000, nowMs + 60_000] as const
    await cache.candles('BTC-USD', '1h', ...over)
    await cache.candles('BTC-USD', '1h', ...growing)
    await time.advance(ttl.tickerMs + 1)
    expect((await cache.candles('BTC-USD', '1h', ...over)).source).toBe('cache')
    expect((await cache.candles('BTC-USD', '1h', ...growing)).source).toBe('rest')
    expect(source.count('candles')).toBe(3)
  })

  it('fetched while the range still grew are fetched once more when it is over', async () => {
    const nowMs = time.nowMs()
    const range = [nowMs - 60_000, nowMs] as const
    await cache.candles('BTC-USD', '1m', ...range)
    await time.advance(60_001)
    expect((await cache.candles('BTC-USD', '1m', ...range)).source).toBe('rest')
    await time.advance(600_000)
    expect((await cache.candles('BTC-USD', '1m', ...range)).source).toBe('cache')
  })

  it('keep the most recently used ranges only', async () => {
    const start = time.nowMs() - 100 * 3_600_000
    const read = (at: number): Promise<unknown> =>
      cache.candles('BTC-USD', '1h', start + at * 3_600_000, start + (at + 1) * 3_600_000)
    for (const at of [0, 1, 2]) await read(at)
    await read(0)
    await read(3)
    const before = source.count('candles')
    await read(0)
    expect(source.count('candles')).toBe(before)
    await read(1)
    expect(source.count('candles')).toBe(before + 1)
  })
})

describe('watch', () => {
  it('calls at once, then at most once per interval, and always with the last value', async () => {
    await cache.products()
    const seen: string[] = []
    const stop = cache.watch('ETH-USD', (fresh) => seen.push(fresh.value.price.toFixed()))
    for (let at = 0; at < 500; at++) {
      cache.onTicker(ticker('ETH-USD', String(1_000 + at)), time.nowMs())
      await time.advance(1)
    }
    await time.advance(200)
    expect(seen[0]).toBe('1000')
    expect(seen.at(-1)).toBe('1499')
    expect(seen.length).toBe(6)
    stop()
    cache.onTicker(ticker('ETH-USD', '1'), time.nowMs())
    await time.advance(200)
    expect(seen.at(-1)).toBe('1499')
  })

  it('follows the book of an alias and names the value as it was asked for', async () => {
    await cache.products()
    const seen: string[] = []
    cache.watch('BTC-USDC', (fresh) => seen.push(`${fresh.value.productId} ${fresh.value.bestBid?.toFixed()}`))
    cache.onTicker(ticker('BTC-USD', '100'), time.nowMs())
    await streamBook()
    await time.advance(100)
    expect(seen).toEqual(['BTC-USDC 99.99', 'BTC-USDC 99'])
  })

  it('begins for a product that is not known yet as soon as it is', async () => {
    const seen: string[] = []
    cache.watch('ETH-USD', (fresh) => seen.push(fresh.value.price.toFixed()))
    await time.advance(1)
    cache.onTicker(ticker('ETH-USD', '5'), time.nowMs())
    expect(seen).toEqual(['5'])
  })

  it('leaves no timer behind after close', async () => {
    await cache.products()
    const seen: string[] = []
    cache.watch('ETH-USD', (fresh) => seen.push(fresh.value.price.toFixed()))
    cache.onTicker(ticker('ETH-USD', '5'), time.nowMs())
    cache.onTicker(ticker('ETH-USD', '6'), time.nowMs())
    cache.close()
    await time.advance(1_000)
    expect(seen).toEqual(['5'])
  })
})

describe('a clock that was put back', () => {
  it.each([
    ['book', () => cache.book('BTC-USD', 5, 5_000)],
    ['ticker', () => cache.ticker('BTC-USD', 5_000)],
  ] as const)('makes no kept %s young again: it is asked for anew, and stale when that fails', async (_what, read) => {
    await read()
    await time.advance(60_000)
    time.step(-70_000)
    source.failing = true
    expect((await read()).stale).toBe(true)
    source.failing = false
    expect(await read()).toMatchObject({ source: 'rest', stale: false, ageMs: 0 })
  })

  it('makes no book of the stream young again', async () => {
    await streamBook()
    time.step(-28_000)
    expect((await cache.book('BTC-USD', 5, 5_000)).source).toBe('rest')
  })
})
