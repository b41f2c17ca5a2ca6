import { Decimal, type Fill, formatDecimal, readDecimal, SIDES } from '@tidegate/trading-model'
import { z } from 'zod'
import type { FillsTable } from '../sql/database.js'
import { intColumn, readRow } from './read-row.js'

const decimalColumn = z
  .string()
  .refine((text) => readDecimal(text) !== undefined, 'is no decimal')
  .transform((text) => new Decimal(text))

const fillRow = z.object({
  order_id: z.string(),
  trade_id: z.string(),
  product_id: z.string(),
  side: z.enum(SIDES),
  price: decimalColumn,
  base_size: decimalColumn,
  fee: decimalColumn,
  fee_currency: z.string(),
  liquidity: z.enum(['MAKER', 'TAKER', 'UNKNOWN']),
  traded_at_ms: intColumn,
  sequence_at_ms: intColumn,
})

/** The fill as its row; decimals as plain text. */
export function toFillRow(fill: Fill, nowMs: number): FillsTable {
  return {
    order_id: fill.orderId,
    trade_id: fill.tradeId,
    product_id: fill.productId,
    side: fill.side,
    price: formatDecimal(fill.price),
    base_size: formatDecimal(fill.baseSize),
    fee: formatDecimal(fill.fee),
    fee_currency: fill.feeCurrency,
    liquidity: fill.liquidity,
    traded_at_ms: BigInt(fill.tradedAtMs),
    sequence_at_ms: BigInt(fill.sequenceAtMs),
    recorded_at_ms: BigInt(nowMs),
  }
}

/** @throws StoreError `ERR_STORE_CORRUPT` when the row is nothing we wrote. */
export function fromFillRow(stored: unknown): Fill {
  const row = readRow(fillRow, stored, 'fills')
  return {
    orderId: row.order_id,
    tradeId: row.trade_id,
    productId: row.product_id,
    side: row.side,
    price: row.price,
    baseSize: row.base_size,
    fee: row.fee,
    feeCurrency: row.fee_currency,
    liquidity: row.liquidity,
    tradedAtMs: row.traded_at_ms,
    sequenceAtMs: row.sequence_at_ms,
  }
}
