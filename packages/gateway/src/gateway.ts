import type { JsonObject, SurfaceBackend } from '@tidegate/mcp-adapter'
import type { TradingDesk } from '@tidegate/trading-desk'
import type { Environment, Log, MarketReader, Metrics } from '@tidegate/trading-model'
import type { TokenStore } from './access/gatekeeper.js'
import type { ApprovalDoor } from './approvals/approval-door.js'
import type { Config } from './config/config.js'

export interface Health {
  /** True when new orders are accepted. */
  readonly ready: boolean
  readonly reason: string
  readonly environment: Environment
  readonly dryRun: boolean
  readonly mode: string
  /** Why the file `HALT` in the environment's folder halts; absent when it is not there. */
  readonly haltFile?: string
  readonly feed: string
  readonly uptimeMs: number
}

/**
 * The operator's door: what the CLI and later the dashboard may do beyond the agents' tools.
 * Verbs: `status`, `halt`, `resume`, `reduce_only`, `approvals_list`, `approvals_approve`, `approvals_deny`,
 * `audit_verify`, `audit_show`, `audit_rotate_key`, `reconcile`. Input and output are JSON so that the door also works over HTTP.
 */
export interface ControlApi {
  call(verb: string, args: JsonObject): Promise<JsonObject>
}

/** Everything, opened and wired. */
export interface Gateway {
  readonly config: Config
  readonly desk: TradingDesk
  readonly market: MarketReader
  readonly mcp: SurfaceBackend
  readonly control: ControlApi
  /** Decides about orders that wait. */
  readonly approvals: ApprovalDoor
  /** Tokens of agents, as the store knows them now. */
  readonly tokens: TokenStore
  readonly metrics: Metrics & { text(): Promise<string> }
  readonly log: Log
  /** The built-in paper exchange, when this gateway runs one. */
  readonly paper?: { readonly restUrl: string; readonly wsUrl: string; readonly keyFile: string }
  health(): Promise<Health>
  close(): Promise<void>
}

/** A loopback (or configured) HTTP endpoint over a gateway: `/mcp`, `/backend`, `/control`, `/healthz`, `/metrics`. */
export interface Endpoint {
  readonly url: string
  readonly mcpUrl: string
  /** For agents: opens `/mcp` and `/backend` as principal `local`. */
  readonly agentToken: string
  /** For the operator: opens `/control`, too. */
  readonly operatorToken: string
  close(): Promise<void>
}

/**
 * A home that is open: here, or in another process that this one attached to. When the owner of an attached home dies,
 * `mcp` and `control` open the home themselves (paper) or report the loss (live); callers keep their handle.
 */
export interface Home {
  readonly mcp: SurfaceBackend
  readonly control: ControlApi
  /** How this process holds the home at the moment. */
  role(): 'owner' | 'attached' | 'opening'
  /** The endpoint in force, ours or the owner's. */
  endpoint(): Promise<Endpoint>
  /** Ours, when we are the owner. */
  gateway(): Gateway | undefined
  close(): Promise<void>
}
