// The complete public surface of @tidegate/trading-desk: named exports only.
export { type ApprovalAnswer, type ApprovalVerdict, MIN_HASH_DIGITS } from './approvals/approval-desk.js'
export { createTradingDesk } from './create-trading-desk.js'
export type { TradingDeskDeps } from './deps.js'
export type {
  CancelAllResult,
  CancelOneResult,
  DeskEvent,
  EditRequest,
  EditResult,
  HaltReport,
  PlaceOutcome,
  PlaceRequest,
  PlaceResult,
  Policies,
  PositionsView,
  PreviewResult,
  QuarantineRequest,
  QuarantineView,
  ReconcileReport,
  TradingDesk,
} from './desk.js'
export { type DeskSettings, defaultSettings, type ProofSettings } from './settings.js'
