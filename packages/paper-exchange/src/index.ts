// The complete public surface of @tidegate/paper-exchange: named exports only.

export { CAPTURED_FEE_TIERS, type FeeTier, UNVERIFIED_2024_FEE_TIERS } from './accounts/fee-tiers.js'
export type { Wallet } from './accounts/wallets.js'
export { openServedPaper, type ServedPaper, type ServedPaperOptions } from './bin/open-served-paper.js'
export { PAPER_FLAGS, type PaperFlag, type PaperFlags } from './bin/paper-flags.js'
export type { PriceChoice } from './bin/read-choices.js'
export type { ReadyLine } from './bin/start-page.js'
export type { ClockPace, ExchangeClock } from './clock/exchange-clock.js'
export type { ExchangeControl, ResetReport } from './control/control-server.js'
export { createPaperExchange, type PaperExchange } from './create-paper-exchange.js'
export { type FidelityCard, type FillFidelity, fidelityOf } from './engine/fidelity.js'
export type { MatchAnswer, MatchEvent, MatchFill, MatchOrder, RefusalWord } from './engine/matching/match-types.js'
export { MatchingBook } from './engine/matching/matching-book.js'
export type { Discrepancy } from './engine/reconcile.js'
export type { FillRecord, Gap, MoveRecord, OrderEdit, OrderRecord, PortfolioRecord } from './engine/records.js'
export {
  ANSWER_FAULTS,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  PRODUCT_STATES,
  STATE_FAULTS,
  STREAM_FAULTS,
} from './faults/fault.js'
export type { FaultPlan } from './faults/fault-plan.js'
export { checkFaultScript, readFaultScript } from './faults/fault-script.js'
export type { ExchangeKey } from './keys/exchange-key.js'
export type { TokenMode } from './keys/token-verifier.js'
export type { ExchangePrices, PaperExchangeOptions } from './paper-exchange-options.js'
export { describeMarkets, measureSyntheticMarket } from './prices/describe-market.js'
export { createLivePrices, type LiveListeners, type LivePricesOptions } from './prices/live.js'
export type { MarketStatistics } from './prices/market-tally.js'
export type { PastTrade } from './prices/path-history.js'
export { recordTape, type TapeRecording } from './prices/record-tape.js'
export {
  createSyntheticPrices,
  type PriceHistory,
  type SyntheticPrices,
  type SyntheticPricesOptions,
} from './prices/synthetic.js'
export { readTape, type Tape, type TapeHeader } from './prices/tape.js'
export {
  createTapePrices,
  type ResumablePrices,
  type TapePrices,
  type TapePricesOptions,
} from './prices/tape-prices.js'
export { DEFAULT_PRODUCTS, type ListedProduct } from './products.js'
export {
  type StartedPaperExchange,
  type StartPaperExchangeOptions,
  startPaperExchange,
} from './start-paper-exchange.js'
export type { PriceReplay } from './state/pass-gap.js'
export { type PaperRuntime, systemRuntime } from './system-runtime.js'
