import type { PolicySettings } from '@tidegate/risk-engine'
import type { Principal } from '@tidegate/trading-model'

/** Limits that should hold from now on, by the keys of the configuration. */
export interface TightenWish {
  /** Whose; absent: the account's. */
  readonly agent?: string | undefined
  readonly settings: PolicySettings
  readonly reason: string
}

/** One limit: what is, and what was asked for. Values as a configuration writes them. */
export interface LimitStep {
  readonly agent?: string
  readonly key: string
  readonly from: string
  readonly to: string
}

/** All of it or none: `refused` names every limit that is not tighter. */
export type TightenResult =
  | { readonly kind: 'tightened'; readonly changes: readonly LimitStep[]; readonly version: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly looser: readonly LimitStep[] }
  /** No product would be left to trade. */
  | { readonly kind: 'nothing_left'; readonly changes: readonly LimitStep[] }

/** The only way from a conversation to the limits: it tightens. */
export interface LimitsDoor {
  tighten(principal: Principal, wish: TightenWish): Promise<TightenResult>
}
