import type { WireOrderConfigurationFields } from '@tidegate/coinbase-wire'
import { type Decimal, type OrderSize, type Product, readDecimal, type Side } from '@tidegate/trading-model'

/** What the variants that the trading model does not know are read with. */
export interface VariantInput {
  readonly fields: WireOrderConfigurationFields
  readonly productId: string
  readonly side: Side
  readonly size: OrderSize
  readonly product: Product | undefined
  readonly takerRate: Decimal
  readonly nowMs: number
}

/** A decimal above zero, or nothing. */
export function positive(value: unknown): Decimal | undefined {
  const amount = typeof value === 'string' ? readDecimal(value) : undefined
  return amount?.gt(0) ? amount : undefined
}
