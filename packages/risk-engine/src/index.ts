// The complete public surface of @tidegate/risk-engine: named exports only.

export { acquiredAsset } from './claims.js'
export { comparePolicies, type PolicyChange, tightestPolicy } from './compare-policies.js'
export { bookIdsOf } from './context.js'
export type { OrderEstimate, RiskDecision, RuleFinding } from './decision.js'
export { type EditedOrder, evaluateEdit } from './evaluate-edit.js'
export { evaluateOrder } from './evaluate-order.js'
export { applyFills } from './lots/apply-fills.js'
export type { AssetLots, Lot, LotBook, RealizedFill, UsdAt } from './lots/lot-book.js'
export { type LotPosition, positionsFromLots } from './lots/positions-from-lots.js'
export { type DayInput, type DayReport, dayResult } from './metrics/day-result.js'
export { type EquityInput, equityPeaks } from './metrics/equity-peaks.js'
export { type MetricsInput, positionMetrics } from './metrics/position-metrics.js'
export type { PortfolioMetrics, PositionMetrics } from './metrics-types.js'
export { parseOrderRequest } from './order-request.js'
export {
  judgeOverlay,
  mergeOverlays,
  type OverlayScope,
  type OverlayVerdict,
  overlayPolicy,
} from './overlay-policy.js'
export type { Policy } from './policy.js'
export { type AgentLimits, parseAgentPolicy, policyForAgent } from './policy-for-agent.js'
export {
  definePolicy,
  deserializePolicy,
  type PolicyOptions,
  type PolicySettings,
  parsePolicy,
  serializePolicy,
} from './policy-text.js'
export { productIdPattern } from './product-id.js'
export type { RequestSetting } from './read-kinds.js'
export {
  type ReplayChange,
  type ReplayInput,
  type ReplayReport,
  replayPolicy,
  type Verdict,
  verdictOf,
} from './replay-policy.js'
export { ORDER_FIELDS } from './request-fields.js'
export { reservationsFor } from './reservations-for.js'
export type {
  Aged,
  DayPeak,
  DayResult,
  MarketSnapshot,
  PriceMark,
  RecentFacts,
  RecentOrder,
  RiskSnapshot,
} from './snapshot.js'
export { type LevelText, type SnapshotFacts, snapshotFrom } from './snapshot-from.js'
export { deserializeSnapshot, serializeSnapshot } from './snapshot-text.js'
export { withoutIntent } from './without-intent.js'
