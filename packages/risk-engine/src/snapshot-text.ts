import { type BookLevel, InvariantError, type Product } from '@tidegate/trading-model'
import type { RecentFacts, RecentOrder, RiskSnapshot } from './snapshot.js'
import { decimalOf, decimalsOf, type Fields, intentFromText, intentToText, textOf } from './snapshot-fields.js'

/**
 * A snapshot as JSON text: decimals and bigints as decimal strings, order terms in their one text. What is written here can be
 * decided on again years later; see {@link deserializeSnapshot}.
 */
export function serializeSnapshot(snapshot: RiskSnapshot): string {
  const { product, market, balances, usage, day } = snapshot
  return JSON.stringify({
    v: 1,
    now_ms: snapshot.nowMs,
    principal: snapshot.principal,
    mode: snapshot.mode,
    ...(snapshot.modeReason === undefined ? {} : { mode_reason: snapshot.modeReason }),
    book_product_id: snapshot.bookProductId,
    ...(product ? { product: productToText(product) } : {}),
    ...(market
      ? {
          market: {
            age_ms: market.ageMs,
            usable: market.usable,
            best_bid: textOf(market.value.bestBid),
            best_ask: textOf(market.value.bestAsk),
            last_trade: textOf(market.value.lastTrade),
            bids: market.value.bids.map((level) => [textOf(level.price), textOf(level.size)]),
            asks: market.value.asks.map((level) => [textOf(level.price), textOf(level.size)]),
          },
        }
      : {}),
    balances: {
      age_ms: balances.ageMs,
      usable: balances.usable,
      wallets: balances.value.map((wallet) => ({
        account_id: wallet.accountId,
        currency: wallet.currency,
        available: textOf(wallet.available),
        hold: textOf(wallet.hold),
      })),
    },
    fee_rates: {
      tier: snapshot.feeRates.tier,
      taker: textOf(snapshot.feeRates.takerRate),
      maker: textOf(snapshot.feeRates.makerRate),
      volume_usd: textOf(snapshot.feeRates.volumeUsd),
    },
    usd_prices: Object.entries(snapshot.usdPrices).map(([currency, price]) => [currency, textOf(price)]),
    open_intents: snapshot.openIntents.map(intentToText),
    usage: {
      ...(usage.nowMs === undefined ? {} : { now_ms: usage.nowMs }),
      release_epoch: usage.releaseEpoch,
      rows: usage.rows.map((row) => ({ ...row, used: row.used.toString() })),
      recent: usage.recent,
    },
    day: {
      realized_usd: textOf(day.realizedUsd),
      unrealized_usd: textOf(day.unrealizedUsd),
      fees_usd: textOf(day.feesUsd),
      complete: day.complete,
    },
    ...(snapshot.recent === 'unrecorded' ? {} : { recent: snapshot.recent ? recentToText(snapshot.recent) : null }),
  })
}

/**
 * Reads back what {@link serializeSnapshot} wrote; the result decides the same.
 *
 * @throws {InvariantError} `ERR_INVARIANT`: the text is from another version, or damaged.
 */
export function deserializeSnapshot(text: string): RiskSnapshot {
  const raw = JSON.parse(text) as Fields
  if (raw['v'] !== 1) throw new InvariantError(`Snapshot text of version ${String(raw['v'])}, this engine reads 1`)
  const snapshot = readSnapshot(raw)
  if (serializeSnapshot(snapshot) !== text) throw new InvariantError('Stored snapshot does not read back as written')
  return snapshot
}

function readSnapshot(raw: Fields): RiskSnapshot {
  const market = raw['market'] as Fields | undefined
  const balances = raw['balances'] as Fields
  const fees = raw['fee_rates'] as Fields
  const usage = raw['usage'] as Fields
  const day = raw['day'] as Fields
  return {
    nowMs: raw['now_ms'] as number,
    principal: raw['principal'] as string,
    mode: raw['mode'] as RiskSnapshot['mode'],
    ...(raw['mode_reason'] === undefined ? {} : { modeReason: raw['mode_reason'] as string }),
    bookProductId: raw['book_product_id'] as string,
    product: raw['product'] ? productFromText(raw['product'] as Fields) : undefined,
    market: market && {
      ageMs: market['age_ms'] as number,
      usable: market['usable'] as boolean,
      value: {
        bestBid: decimalOf(market['best_bid']),
        bestAsk: decimalOf(market['best_ask']),
        lastTrade: decimalOf(market['last_trade']),
        bids: levelsOf(market['bids']),
        asks: levelsOf(market['asks']),
      },
    },
    balances: {
      ageMs: balances['age_ms'] as number,
      usable: balances['usable'] as boolean,
      value: (balances['wallets'] as Fields[]).map((wallet) => ({
        accountId: wallet['account_id'] as string,
        currency: wallet['currency'] as string,
        available: decimalOf(wallet['available']),
        hold: decimalOf(wallet['hold']),
      })),
    },
    feeRates: {
      tier: fees['tier'] as string,
      takerRate: decimalOf(fees['taker']),
      makerRate: decimalOf(fees['maker']),
      volumeUsd: decimalOf(fees['volume_usd']),
    },
    usdPrices: Object.fromEntries(
      (raw['usd_prices'] as [string, unknown][]).map(([currency, price]) => [currency, decimalOf(price)]),
    ),
    openIntents: (raw['open_intents'] as Fields[]).map(intentFromText),
    usage: {
      ...(typeof usage['now_ms'] === 'number' ? { nowMs: usage['now_ms'] } : {}),
      releaseEpoch: usage['release_epoch'] as number,
      rows: (usage['rows'] as { scope: string; window: string; used: string }[]).map((row) => ({
        ...row,
        used: BigInt(row.used),
      })),
      recent: usage['recent'] as RiskSnapshot['usage']['recent'],
    },
    day: {
      realizedUsd: decimalOf(day['realized_usd']),
      unrealizedUsd: decimalOf(day['unrealized_usd']),
      feesUsd: decimalOf(day['fees_usd']),
      complete: day['complete'] as boolean,
    },
    ...(raw['recent'] === null ? {} : { recent: recentFromText(raw['recent'] as Fields | undefined) }),
  }
}

function recentToText({ equity, marks, sameOrders, entries }: RecentFacts): Fields {
  return {
    ...(equity
      ? {
          equity: {
            now_usd: textOf(equity.nowUsd),
            peaks: equity.peaks.map(({ day, usd }) => [day, textOf(usd)]),
          },
        }
      : {}),
    marks: marks.map(({ ageMs, low, high }) => ({ age_ms: ageMs, low: textOf(low), high: textOf(high) })),
    ...(sameOrders ? { same_orders: sameOrders.map(orderToText) } : {}),
    ...(entries ? { entries: entries.map(orderToText) } : {}),
  }
}

/** A text without these facts was written before they were recorded. */
function recentFromText(raw: Fields | undefined): RecentFacts | 'unrecorded' {
  if (!raw) return 'unrecorded'
  const equity = raw['equity'] as Fields | undefined
  const orders = (value: unknown): readonly RecentOrder[] | undefined =>
    (value as Fields[] | undefined)?.map((order) => ({
      intentId: order['intent_id'] as string,
      ageMs: order['age_ms'] as number,
    }))
  return {
    equity: equity && {
      nowUsd: decimalOf(equity['now_usd']),
      peaks: (equity['peaks'] as [string, unknown][]).map(([day, usd]) => ({ day, usd: decimalOf(usd) })),
    },
    marks: (raw['marks'] as Fields[]).map((mark) => ({
      ageMs: mark['age_ms'] as number,
      low: decimalOf(mark['low']),
      high: decimalOf(mark['high']),
    })),
    sameOrders: orders(raw['same_orders']),
    entries: orders(raw['entries']),
  }
}

function orderToText({ intentId, ageMs }: RecentOrder): Fields {
  return { intent_id: intentId, age_ms: ageMs }
}

function levelsOf(value: unknown): readonly BookLevel[] {
  return (value as [unknown, unknown][]).map(([price, size]) => ({ price: decimalOf(price), size: decimalOf(size) }))
}

const productDecimals = [
  'baseIncrement',
  'quoteIncrement',
  'priceIncrement',
  'baseMinSize',
  'baseMaxSize',
  'quoteMinSize',
  'quoteMaxSize',
  'price',
  'volume24h',
  'priceChangePct24h',
] as const satisfies readonly (keyof Product)[]

function productToText(product: Product): Fields {
  return { ...product, ...decimalsOf(product, productDecimals, textOf) }
}

function productFromText(raw: Fields): Product {
  return { ...raw, ...decimalsOf(raw, productDecimals, decimalOf) } as unknown as Product
}
