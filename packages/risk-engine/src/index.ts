// The complete public surface of @tidegate/risk-engine: named exports only.
export type { OrderEstimate, RiskDecision, RuleFinding } from './decision.js'
export type { PositionMetrics } from './metrics-types.js'
export type { Policy } from './policy.js'
export type { Aged, DayResult, MarketSnapshot, RiskSnapshot } from './snapshot.js'
