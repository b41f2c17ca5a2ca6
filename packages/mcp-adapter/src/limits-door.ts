import type { PolicySettings } from '@tidegate/risk-engine'
import type { Principal } from '@tidegate/trading-model'
import type { JsonObject } from './backend.js'

/** Limits that should hold from now on, by the keys of the configuration. */
export interface TightenWish {
  /** Whose; absent: the account's. */
  readonly agent?: string | undefined
  readonly settings: PolicySettings
  readonly reason: string
}

/** All of it or none: `refused` names every limit that is not tighter. Entries are `{key, from, to, agent?}`. */
export type TightenResult =
  | { readonly kind: 'tightened'; readonly changes: readonly JsonObject[]; readonly version: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly looser: readonly JsonObject[] }
  /** No product would be left to trade. */
  | { readonly kind: 'nothing_left'; readonly changes: readonly JsonObject[] }

/** The only way from a conversation to the limits: it tightens. */
export interface LimitsDoor {
  tighten(principal: Principal, wish: TightenWish): Promise<TightenResult>
}
