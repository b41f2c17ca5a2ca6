import type { Clock, Decimal, Ids, Log, Product } from '@tidegate/trading-model'
import type { FeeTier } from '../accounts/fee-tiers.js'
import type { EditRefusal } from './edit-order.js'
import type { ExchangeState } from './exchange-state.js'
import type { Market } from './market.js'
import type { TakePlan } from './plan-take.js'
import type { Effect, OrderRecord } from './records.js'
import type { AttachedTerms, ExchangeTerms } from './terms.js'
import type { Refusal } from './validate-order.js'
import type { EngineEvent } from './work.js'

export interface EngineOptions {
  readonly state: ExchangeState
  readonly products: readonly Product[]
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** By 30-day volume; frozen into each order at acceptance. */
  readonly feeTiers: readonly FeeTier[]
  /** Makes effects durable; returns when they are on disk. A throw stops the exchange. */
  readonly commit: (effects: readonly Effect[], atMs: number) => void
  /** Told after the commit, in order. */
  readonly publish: (event: EngineEvent) => void
  /** Name of what the prices come from, kept with every fill. */
  readonly priceSource?: string
  /** From acceptance to the market. */
  readonly openDelayMs?: number
  /** From an accepted cancel to its effect: a fill may come first. */
  readonly cancelDelayMs?: number
  /** From an accepted edit to its effect: a fill may come first, and the edit may come too late. */
  readonly editDelayMs?: number
}

export type PlaceResult =
  | { readonly kind: 'accepted'; readonly order: OrderRecord; readonly isRepeat: boolean }
  | ({ readonly kind: 'refused' } & Refusal)

/** Where an order belongs and what it gets beside its terms. */
export interface PlaceOptions {
  /** Default: the default portfolio. */
  readonly portfolioId?: string | undefined
  readonly attached?: AttachedTerms | undefined
}

/** What an edit would do now; the plan of its take is there when the order would go to the market again. */
export interface EditPreview {
  readonly refusal: EditRefusal | undefined
  readonly order: OrderRecord | undefined
  readonly market: Market | undefined
  readonly plan: TakePlan | undefined
  readonly terms: ExchangeTerms | undefined
}

/** What an order would do now. `refusal` says why it would not be taken; the numbers stand either way where they can. */
export interface OrderPreview {
  readonly refusal: Refusal | undefined
  readonly product: Product | undefined
  readonly market: Market | undefined
  readonly plan: TakePlan | undefined
  /** What would be held: quote units for a buy, base units for a sell. */
  readonly hold: Decimal | undefined
}
