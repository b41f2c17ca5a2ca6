import type { TradingDesk } from '@tidegate/trading-desk'
import type { AccountReader, Clock, Log, MarketReader, Principal, Timers } from '@tidegate/trading-model'
import type { JsonObject } from './backend.js'
import type { LimitsDoor } from './limits-door.js'
import type { LogReader } from './log-reader.js'
import type { EntryEnd } from './tools/read-order-wish.js'
import type { WaitRoom } from './waits/wait-room.js'

/** What the surface stands on; everything comes in from the composition root. */
export interface SurfaceDeps {
  readonly desk: TradingDesk
  readonly market: MarketReader
  readonly account: AccountReader
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
  /** State of the gateway, shown in `account://profile`. */
  readonly health?: () => JsonObject
  /** Opens the venue's stream for products; absent where there is none, then tickers come from the market reader alone. */
  readonly subscribeTicker?: (
    productIds: readonly string[],
  ) => Promise<{ readonly accepted: readonly string[]; readonly unknown: readonly string[] }>
  /** When orders that rest to add exposure end by themselves; absent: never. */
  readonly entryEnd?: EntryEnd
  /** Calls that a principal may make in any 60 s; absent: as many as it likes. */
  readonly maxCallsPerMinute?: (principalName: string) => number
  /** The page on which an order's approver decides, without anything secret in it; `undefined` where nobody can reach one. */
  readonly approvalUrl?: (intentId: string) => string | undefined
  /** Tightens the limits; absent: `modify_config` says that there is none. */
  readonly limits?: LimitsDoor
  /** What the process wrote to its log; absent: `view_logs` says that there is none. */
  readonly logs?: LogReader
  /** Restores the specification's TRADER ⊂ ADMIN. */
  readonly adminTrades?: boolean
  /** Names of the tools that are there, see {@link offeredTools}; absent: every one. */
  readonly offeredTools?: ReadonlySet<string>
}

/** The dependencies together with who is asking: what every handler gets. */
export interface SurfaceContext extends SurfaceDeps {
  readonly principal: Principal
  /** Where calls that wait are counted and kept. */
  readonly waits: WaitRoom
  /** Leaves facts for the page that shows the answer; the model does not get them. */
  readonly forPage?: (facts: JsonObject) => void
}
