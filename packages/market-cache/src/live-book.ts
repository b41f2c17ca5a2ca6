import type { BookLevel, BookWriter, OrderBook } from '@tidegate/trading-model'
import { Decimal } from '@tidegate/trading-model'
import { BookSide } from './book-side.js'

export interface LiveBookOptions {
  readonly productId: string
  /** Digits after the point of a price: `ticks = price × 10^priceDecimals`. */
  readonly priceDecimals: number
  readonly sizeDecimals: number
  /** Our clock, ms since epoch (UTC). */
  readonly nowMs: () => number
  /** Called after every change of readability or content. */
  readonly onChange: () => void
  /** Called when the book stops being readable because of its content (crossed, impossible numbers) or its sender. */
  readonly onInvalid: (reason: string) => void
}

/** One product's book in whole numbers. Between the first `level` of a frame and its `commit` nothing is readable. */
export class LiveBook implements BookWriter {
  readonly priceDecimals: number
  readonly sizeDecimals: number
  private readonly bids = new BookSide()
  private readonly asks = new BookSide()
  private readonly bidRows: RowCache
  private readonly askRows: RowCache
  private snapshot: { bidKeys: number[]; bidSizes: number[]; askKeys: number[]; askSizes: number[] } | undefined
  /** `empty`: waits for a snapshot, ignores updates. `frame`: part of a frame applied. `live`: readable. */
  private state: 'empty' | 'frame' | 'live' = 'empty'
  private flaw: string | undefined
  private committedAtMs = 0
  private receivedMs = 0
  private version = 0
  private built: { version: number; depth: number; book: OrderBook } | undefined

  constructor(private readonly options: LiveBookOptions) {
    this.priceDecimals = options.priceDecimals
    this.sizeDecimals = options.sizeDecimals
    this.bidRows = new RowCache(options.priceDecimals, options.sizeDecimals)
    this.askRows = new RowCache(options.priceDecimals, options.sizeDecimals)
  }

  /** True when a reader may use it. */
  isReadable(): boolean {
    return this.state === 'live'
  }

  /** When the venue said the last change, ms since epoch (UTC). */
  get asOfMs(): number {
    return this.committedAtMs
  }

  /** When the last change reached us, ms since epoch (UTC). */
  get receivedAtMs(): number {
    return this.receivedMs
  }

  beginSnapshot(): void {
    this.state = 'frame'
    this.flaw = undefined
    this.snapshot = { bidKeys: [], bidSizes: [], askKeys: [], askSizes: [] }
  }

  level(side: 'bid' | 'ask', ticks: number, units: number): void {
    if (this.state === 'empty') return
    this.state = 'frame'
    if (!Number.isSafeInteger(ticks) || ticks <= 0 || !Number.isSafeInteger(units) || units < 0) {
      this.flaw ??= `impossible level: ${side} ${ticks} ticks × ${units} units`
      return
    }
    const key = side === 'bid' ? ticks : -ticks
    if (this.snapshot) {
      if (side === 'bid') {
        this.snapshot.bidKeys.push(key)
        this.snapshot.bidSizes.push(units)
      } else {
        this.snapshot.askKeys.push(key)
        this.snapshot.askSizes.push(units)
      }
    } else {
      ;(side === 'bid' ? this.bids : this.asks).set(key, units)
    }
  }

  commit(asOfMs: number): string | undefined {
    if (this.state === 'empty') return 'no snapshot'
    if (this.snapshot) {
      this.bids.load(this.snapshot.bidKeys, this.snapshot.bidSizes)
      this.asks.load(this.snapshot.askKeys, this.snapshot.askSizes)
      this.snapshot = undefined
    }
    const flaw = this.flaw ?? this.crossing()
    if (flaw !== undefined) {
      this.invalidate(flaw)
      return flaw
    }
    this.state = 'live'
    this.version++
    this.committedAtMs = asOfMs
    this.receivedMs = this.options.nowMs()
    this.options.onChange()
    return undefined
  }

  invalidate(reason: string): void {
    const wasEmpty = this.state === 'empty'
    this.state = 'empty'
    this.snapshot = undefined
    this.flaw = undefined
    this.built = undefined
    this.version++
    if (wasEmpty) return
    this.options.onInvalid(reason)
    this.options.onChange()
  }

  /** The best `depth` levels of each side, best first; `undefined` when not readable. Rows that did not change are reused. */
  read(depth: number): OrderBook | undefined {
    if (this.state !== 'live') return undefined
    if (this.built?.version === this.version && this.built.depth === depth) return this.built.book
    const book = {
      productId: this.options.productId,
      bids: this.bidRows.build(this.bids, 1, depth),
      asks: this.askRows.build(this.asks, -1, depth),
    }
    this.built = { version: this.version, depth, book }
    return book
  }

  private crossing(): string | undefined {
    if (this.bids.length === 0 || this.asks.length === 0) return undefined
    const bid = this.bids.keyAt(0)
    const ask = -this.asks.keyAt(0)
    return bid >= ask ? `crossed: bid ${bid} ticks, ask ${ask} ticks` : undefined
  }
}

/** Remembers the rows handed out last, so that an unchanged level costs no new decimals. */
class RowCache {
  private keys: number[] = []
  private sizes: number[] = []
  private rows: BookLevel[] = []
  private readonly priceUnit: Decimal
  private readonly sizeUnit: Decimal

  constructor(priceDecimals: number, sizeDecimals: number) {
    this.priceUnit = new Decimal(10).pow(-priceDecimals)
    this.sizeUnit = new Decimal(10).pow(-sizeDecimals)
  }

  build(side: BookSide, sign: 1 | -1, depth: number): readonly BookLevel[] {
    const length = Math.min(depth, side.length)
    const known = new Map<number, number>()
    for (const [at, key] of this.keys.entries()) known.set(key, at)
    const keys: number[] = []
    const sizes: number[] = []
    const rows: BookLevel[] = []
    for (let at = 0; at < length; at++) {
      const key = side.keyAt(at)
      const size = side.sizeAt(at)
      const before = known.get(key)
      const old = before === undefined ? undefined : this.rows[before]
      const isSame = old !== undefined && before !== undefined && this.sizes[before] === size
      keys.push(key)
      sizes.push(size)
      rows.push(
        isSame
          ? old
          : {
              price: old?.price ?? new Decimal(key * sign).mul(this.priceUnit),
              size: new Decimal(size).mul(this.sizeUnit),
            },
      )
    }
    this.keys = keys
    this.sizes = sizes
    this.rows = rows
    return rows
  }
}
