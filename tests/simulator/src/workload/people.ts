import type { TradingDesk } from '@tidegate/trading-desk'
import type { Intent, Principal } from '@tidegate/trading-model'
import type { Prng } from '../core/prng.js'
import type { World } from '../core/world.js'
import type { Judge } from '../oracles/judge.js'
import type { MarketDriver } from '../venue/market-driver.js'
import type { SimExchange } from '../venue/sim-exchange.js'

/** The people and agents of the simulation. */
export const ALICE: Principal = { name: 'alice', role: 'trader' }
export const BOB: Principal = { name: 'bob', role: 'trader' }
export const VIEWER: Principal = { name: 'viewer', role: 'viewer' }
export const ANN: Principal = { name: 'ann', role: 'approver' }

export interface AgentDeps {
  readonly world: World
  readonly prng: Prng
  readonly judge: Judge
  readonly market: MarketDriver
  /** Desks that can be called now. */
  readonly desks: () => readonly TradingDesk[]
  readonly exchange: SimExchange
  /** Another bot on the same account places an order. */
  readonly placeOutside: () => void
  /** Lists neither lag nor lie in this run. */
  readonly listsAreTrue: boolean
  /** Somebody says yes to every order that waits, soon. */
  readonly approvesSoon: boolean
  /** Everybody wants something at the same moment. */
  readonly isCrowded: boolean
  /** Mostly somebody cancels everything. */
  readonly cancelsMuch: boolean
  /** Every order that was taken is changed soon. */
  readonly changesSoon: boolean
  /** Told what an agent heard about an intent. */
  readonly onHeard: (intent: Intent, outcome: string) => void
}

/** A call that was not answered is made again after about this long, ms. */
export const reissueAfterMs = 4_000
