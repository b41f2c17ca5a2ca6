// The complete public surface of @tidegate/coinbase-client: named exports only.

export type { FeeQuery } from './accounts/get-transaction-summary.js'
export { createKeySigner } from './auth/create-key-signer.js'
export { type CoinbaseKey, parseCoinbaseKey } from './auth/parse-key.js'
export { type SignTokenOptions, signRestToken, signSocketToken } from './auth/sign-jwt.js'
export {
  type BorrowedSigner,
  createSwappableSigner,
  type SwappableSigner,
} from './auth/swappable-signer.js'
export type { TokenSource } from './auth/token-source.js'
export { type CoinbaseConnection, type ConnectOptions, connectCoinbase } from './connect-coinbase.js'
export type { ConvertRequest, ConvertTrade } from './convert/create-convert-quote.js'
export type { ConvertWallets } from './convert/get-convert-trade.js'
export { type CoinbaseClient, type CoinbaseClientOptions, createCoinbaseClient } from './create-coinbase-client.js'
export { type CoinbaseVenue, createCoinbaseVenue } from './create-coinbase-venue.js'
export type { MarginWindow } from './futures/get-current-margin-window.js'
export type { FuturesBalanceSummary } from './futures/get-futures-balance-summary.js'
export type { FuturesPosition } from './futures/list-futures-positions.js'
export type { FuturesSweep } from './futures/list-futures-sweeps.js'
export { type AxiosTransportOptions, createAxiosTransport } from './http/axios-transport.js'
export type { Backoff } from './http/jitter.js'
export { createRateBudget, type RateBudgetOptions } from './http/rate-budget.js'
export type { VenueClock } from './http/venue-clock.js'
export type { ShapeDifference } from './live-check/compare-shape.js'
export {
  type LiveCheckOptions,
  type LiveCheckReport,
  type LiveCheckResult,
  runLiveCheck,
} from './live-check/run-live-check.js'
export type { PositionClose } from './orders/close-position.js'
export type { AnyOrder, NewOrder } from './orders/create-order.js'
export type { OrderEdit } from './orders/edit-order.js'
export type { FillListQuery } from './orders/iterate-fills.js'
export type { OrderListQuery } from './orders/iterate-orders.js'
export type { EditPreview } from './orders/preview-edit.js'
export type { OrderPreview } from './orders/preview-order.js'
export type { RawOrder, RawTerms } from './orders/raw-order.js'
export type { PaymentMethod } from './payments/list-payment-methods.js'
export type { PortfolioAllocation } from './perpetuals/allocate-portfolio.js'
export type { PerpetualPortfolio } from './perpetuals/get-perpetual-portfolio.js'
export type { PerpetualPosition } from './perpetuals/get-perpetual-position.js'
export type { PerpetualBalances } from './perpetuals/list-perpetual-balances.js'
export type { PerpetualPositions } from './perpetuals/list-perpetual-positions.js'
export type { PortfolioBreakdown } from './portfolios/get-portfolio.js'
export type { Portfolio } from './portfolios/list-portfolios.js'
export type { FundsMove } from './portfolios/move-funds.js'
export type { ProductListQuery } from './products/iterate-products.js'
export { rawOf } from './raw-of.js'
export type { FromWire } from './read-wire.js'
export type { RestVerbs } from './rest-verbs.js'
export { type CoinbaseFeedOptions, createCoinbaseFeed } from './socket/coinbase-feed.js'
export {
  type ConnectionGate,
  type ConnectionGateOptions,
  createConnectionGate,
  type GateSlot,
} from './socket/connection-gate.js'
export { createWsTransport, type WsTransportOptions } from './socket/ws-transport.js'
export type { V2DepositOrder } from './v2/create-v2-deposit.js'
export type { V2WithdrawalOrder } from './v2/create-v2-withdrawal.js'
export type { V2ExchangeRates } from './v2/get-v2-exchange-rates.js'
export type { V2Send } from './v2/send-v2-money.js'
export type {
  V2Account,
  V2Address,
  V2CryptoCurrency,
  V2Currency,
  V2FiatTransfer,
  V2Transaction,
} from './v2/types.js'
