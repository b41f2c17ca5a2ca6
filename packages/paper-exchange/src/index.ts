// The complete public surface of @tidegate/paper-exchange: named exports only.

export type { Wallet } from './accounts/wallets.js'
export { createPaperExchange, type PaperExchange, type PaperExchangeOptions } from './create-paper-exchange.js'
export type { Discrepancy } from './engine/reconcile.js'
export type { FillRecord, Gap, OrderRecord } from './engine/records.js'
export { FAULT_KINDS, type Fault, type FaultKind, type FaultPlan } from './faults/fault-plan.js'
export type { ExchangeKey } from './keys/exchange-key.js'
export type { PastTrade } from './prices/path-history.js'
export {
  createSyntheticPrices,
  type MarketStatistics,
  type PriceHistory,
  type SyntheticPrices,
  type SyntheticPricesOptions,
} from './prices/synthetic.js'
export { DEFAULT_PRODUCTS, type ListedProduct } from './products.js'
export { type PaperRuntime, systemRuntime } from './system-runtime.js'
