import type { Policy } from '@tidegate/risk-engine'
import type {
  AccountReader,
  CancelSpool,
  Clock,
  Environment,
  Ids,
  Journal,
  Log,
  MarketFeed,
  MarketReader,
  Metrics,
  Timers,
  Venue,
} from '@tidegate/trading-model'
import type { DeskSettings } from './settings.js'

/** What a desk is made of. Everything that touches the world comes in here. */
export interface TradingDeskDeps {
  readonly environment: Environment
  /** Portfolio the key is bound to. */
  readonly accountId: string
  /**
   * Asked at start, and again until it succeeds, before any order is taken: whatever could not be checked while the venue was away.
   *
   * @throws What is in the way; orders then fail with ERR_NOT_READY, reads and cancels work.
   */
  readonly checkAccount?: () => Promise<void>
  /** The account's limits: for everybody who has none of their own. */
  readonly policy: Policy
  /** Limits of the agents that have their own, by name; never looser than the account's (see `policyForAgent`). */
  readonly agentPolicies?: ReadonlyMap<string, Policy>
  readonly dryRun: boolean
  /** Restores the specification's TRADER ⊂ ADMIN. */
  readonly adminTrades?: boolean
  readonly journal: Journal
  /** Where cancels are written down while the journal fails. Without it they still go out, but only the log knows of them. */
  readonly cancelSpool?: CancelSpool
  /** Reads the file whose presence halts: the reason in it. Without it only the journal can halt. */
  readonly haltFile?: () => string | undefined
  readonly venue: Venue
  readonly account: AccountReader
  readonly market: MarketReader
  /** Without a stream, orders are followed by polling alone. */
  readonly feed?: MarketFeed
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
  readonly metrics: Metrics
  readonly settings?: Partial<DeskSettings>
}
