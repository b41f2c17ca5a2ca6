import type { Policy } from '@tidegate/risk-engine'
import type { Environment, Permission, Role } from '@tidegate/trading-model'
import type { Secret } from '../secrets/secret.js'
import type { AlertConfig } from './alert-settings.js'
import type { ApprovalConfig } from './approval-settings.js'

/** Where the paper exchange gets its prices. `file`: a tape. */
export type PriceChoice =
  | { readonly kind: 'synthetic' }
  | { readonly kind: 'live' }
  | { readonly kind: 'tape'; readonly file: string }

/** An agent with limits of its own. */
export interface AgentConfig {
  readonly name: string
  readonly role: Role
  /** Narrows the role; absent: all of it. */
  readonly permissions?: readonly Permission[]
  /** The account's, and tighter where the agent's own limits are. */
  readonly policy: Policy
  /** SHA-256 of its tokens, hex; tokens made by `tidegate tokens create` are in the store instead. */
  readonly tokenHashes: readonly string[]
  readonly maxCallsPerMinute: number
}

/** The configuration after files, environment and flags were merged and checked. Units in names. */
export interface Config {
  readonly environment: Environment
  /** Absolute; one folder per environment below it. */
  readonly homeFolder: string
  /** The file that was read, absolute; absent when none was named. */
  readonly configFile?: string
  readonly server: { readonly name: string; readonly version: string; readonly host: string; readonly port: number }
  readonly coinbase: {
    readonly restUrl?: string
    readonly marketWsUrl?: string
    readonly userWsUrl?: string
    readonly apiKey?: string
    /** PEM or base64; held as a redacting object. */
    readonly apiSecret?: { reveal(): string }
  }
  /** The account's limits. */
  readonly policy: Policy
  /** Who may use this server beside the default agent `local`; empty when the file names none. */
  readonly agents: readonly AgentConfig[]
  readonly dryRun: boolean
  readonly rateLimits: { readonly restRequestsPerSecond: number; readonly websocketMaxConnections: number }
  readonly caching: { readonly productsTtlMs: number; readonly tickerTtlMs: number; readonly orderbookTtlMs: number }
  readonly logging: {
    readonly level: 'debug' | 'info' | 'warn' | 'error'
    /** Absolute. */
    readonly file: string
    readonly rotation: 'daily' | 'hourly' | 'none'
  }
  readonly store: {
    /** Absolute: the journal's database, where there is no `url`. */
    readonly file: string
    /** `postgres://…` with its password: the store of several gateways. */
    readonly url?: Secret
  }
  readonly paper: {
    readonly seed: number
    readonly port: number
    readonly initialBalances: Readonly<Record<string, string>>
    /** A tape's file is absolute. */
    readonly prices: PriceChoice
  }
  readonly http: {
    /** Host names beside the loopback ones under which our endpoint may be called. */
    readonly allowedHosts: readonly string[]
    /** Origins of web pages that may call it; empty means none. */
    readonly allowedOrigins: readonly string[]
    readonly maxBodyBytes: number
  }
  readonly mcp: {
    /** Calls to tools, resources and prompts that one principal may make in any 60 s. */
    readonly maxCallsPerMinute: number
    /** The tools that are there, by name; absent: every one. */
    readonly offeredTools?: ReadonlySet<string>
    /** When a limit order that rests to add exposure ends by itself; absent: never. `isRule`: whatever it names. */
    readonly entryEnd?: { readonly afterMs: number; readonly isRule: boolean }
  }
  readonly audit: {
    /** Absolute. */
    readonly headsFile: string
    /** Absolute: the key that signs heads, always in the home. */
    readonly keyFile: string
    readonly headsEveryEntries: number
    readonly headsEveryMs: number
    readonly webhookUrl?: string
  }
  readonly approvals: ApprovalConfig
  readonly alerts: AlertConfig
  readonly metrics: {
    /** Absolute. */
    readonly textfile?: string
    readonly textfileMs: number
  }
  readonly secrets: {
    /** Absolute: the encrypted file of this environment. */
    readonly file: string
    /** It is there, and is opened when the gateway opens. */
    readonly isSealed: boolean
    /** Absolute. */
    readonly passphraseFile?: string
    readonly passphraseFd?: number
    /** Where the venue's key comes from. */
    readonly keySource: 'sealed file' | 'key file' | 'variable' | 'file' | 'flag' | 'none'
    /** Absolute: the key file that Coinbase handed out. */
    readonly keyFile?: string
  }
  /** A stdio server may open a production home itself; otherwise it only attaches. */
  readonly stdioEmbeddedLive: boolean
  /** Restores the specification's TRADER ⊂ ADMIN. */
  readonly adminTrades: boolean
  /** What to warn about at start: accepted but ignored settings, an old Node. */
  readonly warnings: readonly string[]
}
