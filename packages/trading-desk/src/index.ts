// The complete public surface of @tidegate/trading-desk: named exports only.
export type {
  CancelAllResult,
  CancelOneResult,
  DeskEvent,
  PlaceOutcome,
  PlaceRequest,
  PlaceResult,
  PositionsView,
  PreviewResult,
  ReconcileReport,
  TradingDesk,
} from './desk.js'
