// The complete public surface of @tidegate/trading-model: named exports only.

export type { Balance, FeeRates, KeyPermissions, Transfer } from './account/account.js'
export { BaseError, type BaseErrorOptions } from './errors/base-error.js'
export {
  type CodeEntry,
  type DenialCode,
  denialCodes,
  describeCode,
  type ErrorCode,
  errorCodes,
  type PublicCode,
} from './errors/codes.js'
export {
  CallRateError,
  ConfigError,
  HomeOwnedError,
  IdempotencyConflictError,
  InvariantError,
  NotFoundError,
  NotReadyError,
  PermissionError,
  StaleDataError,
  StoreError,
  type StoreErrorCode,
} from './errors/errors.js'
export { InputError, type InputIssue } from './errors/input-error.js'
export { redact, redactText } from './errors/redact.js'
export {
  type Outcome,
  VenueAuthError,
  VenueError,
  type VenueErrorOptions,
  VenueNotSentError,
  VenueOutcomeUnknownError,
  VenueProtocolError,
  VenueRateLimitError,
  VenueRejectedError,
  VenueUnavailableError,
} from './errors/venue-errors.js'
export {
  type BookLevel,
  type Candle,
  type Fresh,
  GRANULARITIES,
  GRANULARITY_MS,
  type Granularity,
  type MarketTrade,
  type OrderBook,
  type Product,
  type Ticker,
} from './market/market.js'
export { Decimal, formatDecimal, ONE, parseDecimal, parsePositiveDecimal, readDecimal, ZERO } from './money/decimal.js'
export {
  fromUnits,
  isOnIncrement,
  MICRO_USD,
  roundDownToIncrement,
  roundUpToIncrement,
  toUnitsDown,
  toUnitsUp,
} from './money/increment.js'
export type { ApprovedOrder, Reservation } from './order/approved-order.js'
export { acceptsChange, heldByChange, holdsBesideTarget, letsChangeGo } from './order/change-rules.js'
export type { Denial } from './order/denial.js'
export { EXTERNAL_PRINCIPAL, type Intent } from './order/intent.js'
export {
  type LadderPlan,
  ladderRungs,
  PRICE_DISTRIBUTIONS,
  type PriceDistribution,
  SIZE_DISTRIBUTIONS,
  type SizeDistribution,
} from './order/ladder-rungs.js'
export {
  EVENT_KINDS,
  EVENT_SOURCES,
  type IntentEvent,
  type IntentEventType,
  type Reduction,
  reduceIntent,
} from './order/lifecycle.js'
export {
  type AttachedExits,
  BRACKET_STOP_DISTANCE,
  type BracketTerms,
  type LimitTerms,
  type MarketTerms,
  ORDER_TYPES,
  type OrderSize,
  type OrderTerms,
  type OrderType,
  type Rung,
  type ScaledTerms,
  SIDES,
  type Side,
  type StopLimitTerms,
  TIMES_IN_FORCE,
  type TimeInForce,
  type TwapTerms,
} from './order/order.js'
export {
  CANCEL_STATES,
  type CancelState,
  INTENT_KINDS,
  INTENT_STATES,
  type IntentKind,
  type IntentState,
  isTerminal,
  OPEN_CHANGE_STATES,
  TERMINAL_INTENT_STATES,
  VENUE_ORDER_STATUSES,
  type VenueOrderStatus,
} from './order/order-status.js'
export {
  FACTOR_LOCK_MS,
  FACTOR_TRIES,
  type FactorRow,
  type FactorVerdict,
  judgeFactor,
  type SecondFactor,
} from './order/second-factor.js'
export { deserializeTerms, serializeTerms } from './order/terms-text.js'
export type { Fill, VenueOrder } from './order/venue-order.js'
export { worstPriceOf } from './order/worst-price.js'
export type { CancelSpool, SpooledCancel } from './ports/cancel-spool.js'
export {
  type ApprovalRefusal,
  type ApprovalRow,
  type AuditEntry,
  type AuditVerdict,
  type BackupReport,
  type BeginSubmitResult,
  type DayMark,
  type DeniedIntent,
  type HeldReservation,
  type IntentChange,
  type IntentOrigin,
  type IntentQuery,
  type Journal,
  type LimitRow,
  type LimitUsage,
  MODES,
  type Mode,
  type ModeRow,
  type NewIntent,
  type NewVerdict,
  type OrderRate,
  type RecordedDecision,
  type RecordResult,
  type SubmitTimes,
  type TokenRow,
  type VerdictResult,
} from './ports/journal.js'
export {
  LIMIT_CHANGE_KINDS,
  type LimitChange,
  type LimitChangeKind,
  type LimitChangeResult,
  type LimitRefusal,
  type NewLimitChange,
} from './ports/limit-change.js'
export type {
  BookSink,
  BookWriter,
  FeedListeners,
  FeedStatus,
  MarketFeed,
  MarketReader,
  MarketSource,
  PriceEvent,
  PriceSource,
} from './ports/market.js'
export {
  hasPermission,
  PERMISSIONS,
  type Permission,
  type Principal,
  ROLE_PERMISSIONS,
  ROLES,
  type Role,
} from './ports/principal.js'
export type {
  AppendFile,
  Clock,
  Disk,
  Ids,
  Labels,
  Log,
  LogFields,
  Metrics,
  Random,
  Timer,
  Timers,
} from './ports/runtime.js'
export { type EditTicketFields, SubmitTicket, type TicketFields } from './ports/submit-ticket.js'
export {
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
  type RateBudget,
  type Signer,
  type SocketConnection,
  type SocketHandlers,
  type SocketTransport,
  TransportError,
} from './ports/transport.js'
export {
  type AccountReader,
  type CancelResult,
  type EditAck,
  ENVIRONMENTS,
  type Environment,
  type FillQuery,
  type OrderQuery,
  type Venue,
  type VenueAck,
} from './ports/venue.js'
export { suggest } from './text/suggest.js'
