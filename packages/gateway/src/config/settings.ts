import { TOOLSET_NAMES, type Toolset } from '@tidegate/mcp-adapter'
import { Decimal, ENVIRONMENTS } from '@tidegate/trading-model'
import { type AgentDraft, readAgents } from './agent-settings.js'
import { alertSettings } from './alert-settings.js'
import { approvalSettings } from './approval-settings.js'
import type { PriceChoice } from './config.js'
import { metricSettings } from './metric-settings.js'
import { orOff, policySettings } from './policy-settings.js'
import type { RawValue } from './raw-value.js'
import { secretSettings } from './secret-settings.js'
import {
  type ReadValue,
  readAmount,
  readAmounts,
  readBoolean,
  readInteger,
  readList,
  readOptionalText,
  readPriceSource,
  readProducts,
  readSeconds,
  readSecret,
  readText,
  readUrl,
  readWord,
} from './value-readers.js'

/** One key of the configuration: where it stands, how it is read, what holds when nobody says anything. */
export interface Setting<T> {
  /** Path in the file, e.g. `safety.max_order_value_usd`; also a flag (`--safety.max_order_value_usd`). */
  readonly path: string
  readonly read: ReadValue<T>
  readonly fallback: T
  /** Short flag beside the path, e.g. `port` for `--port`. */
  readonly flag?: string
  /** Environment variables beside `TIDEGATE_<PATH>`. */
  readonly variables?: readonly string[]
  /** An unset `${VARIABLE}` in the file is never an error here. */
  readonly isIgnored?: boolean
  /** The value is a map whose keys are free. */
  readonly isMap?: boolean
}

type Extra = Pick<Setting<unknown>, 'flag' | 'variables' | 'isIgnored' | 'isMap'>

const setting = <T>(path: string, read: ReadValue<T>, fallback: T, extra: Extra = {}): Setting<T> => ({
  path,
  read,
  fallback,
  ...extra,
})
const optional = <T>(path: string, read: ReadValue<T>, extra: Extra = {}): Setting<T | undefined> =>
  setting<T | undefined>(path, read, undefined, extra)

const DAY_MS = 86_400_000
const http = readUrl('https:', 'http:')
const readToolset = readWord(TOOLSET_NAMES)
const readToolsets: ReadValue<readonly Toolset[]> = (raw, origin) =>
  readList(raw, origin).map((name) => readToolset(name, origin))
const ws = readUrl('wss:', 'ws:')

const readLevel: ReadValue<'debug' | 'info' | 'warn' | 'error'> = (raw, origin) => {
  const words = ['DEBUG', 'INFO', 'WARN', 'WARNING', 'ERROR', 'CRITICAL'] as const
  const word = readWord(words)(typeof raw === 'string' ? raw.toUpperCase() : raw, origin)
  return ({ DEBUG: 'debug', INFO: 'info', WARN: 'warn', WARNING: 'warn', ERROR: 'error', CRITICAL: 'error' } as const)[
    word
  ]
}

const readHost: ReadValue<string> = (raw, origin) => readText(raw as RawValue, origin).replace(/^\[|\]$/g, '')

/** Every key there is. The first seven sections are the specification's file, the rest is ours. */
export const settings = {
  serverName: setting('server.name', readText, 'coinbase-trading'),
  serverVersion: setting('server.version', readText, '1.0.0'),
  serverHost: setting('server.host', readHost, 'localhost', { flag: 'host' }),
  serverPort: setting('server.port', readInteger(0, 65_535), 8_765, { flag: 'port' }),

  apiKey: optional('coinbase.api_key', readOptionalText, { variables: ['COINBASE_API_KEY'] }),
  apiSecret: optional('coinbase.api_secret', readSecret, { variables: ['COINBASE_API_SECRET'] }),
  apiPassphrase: optional('coinbase.api_passphrase', readSecret, {
    variables: ['COINBASE_API_PASSPHRASE'],
    isIgnored: true,
  }),
  keyFile: optional('coinbase.key_file', readOptionalText, { flag: 'key-file' }),
  environment: setting('coinbase.environment', readWord(ENVIRONMENTS), 'paper', {
    flag: 'environment',
    variables: ['TIDEGATE_ENVIRONMENT', 'ENVIRONMENT'],
  }),
  restUrl: optional('coinbase.rest_url', http),
  marketWsUrl: optional('coinbase.market_ws_url', ws),
  userWsUrl: optional('coinbase.user_ws_url', ws),

  maxOrderValueUsd: setting('safety.max_order_value_usd', readAmount('an amount in USD'), new Decimal(1_000)),
  maxPositionSizePct: setting(
    'safety.max_position_size_pct',
    readAmount('a percentage', { high: '100' }),
    new Decimal(25),
  ),
  requireConfirmationAboveUsd: setting(
    'safety.require_confirmation_above_usd',
    readAmount('an amount in USD', { allowZero: true }),
    new Decimal(500),
  ),
  /** Without a word: paper trades, everything else only checks. */
  dryRunMode: optional('safety.dry_run_mode', readBoolean, { flag: 'dry-run' }),

  restRequestsPerSecond: setting('rate_limits.rest_requests_per_second', readInteger(1, 30), 30),
  websocketMaxConnections: setting('rate_limits.websocket_max_connections', readInteger(1, 8), 4),

  productsTtlMs: setting('caching.products_ttl_seconds', readSeconds(1, DAY_MS), 3_600_000),
  tickerTtlMs: setting('caching.ticker_ttl_seconds', readSeconds(1, DAY_MS), 5_000),
  orderbookTtlMs: setting('caching.orderbook_ttl_seconds', readSeconds(1, DAY_MS), 1_000),

  logLevel: setting('logging.level', readLevel, 'info', { flag: 'log-level' }),
  logFile: setting('logging.file', readText, 'logs/mcp_server.log'),
  logRotation: setting('logging.rotation', readWord(['daily', 'hourly', 'none']), 'daily'),

  maxOrdersPerMinute: setting('policy.max_orders_per_minute', readInteger(1, 1_000), 10),
  maxLossPerDay: setting('policy.max_loss_per_day', readAmount('an amount in USD'), new Decimal(1_000)),
  maxOrderSize: setting('policy.max_order_size', readAmounts('product id', false), {}, { isMap: true }),
  priceCollarPct: setting('policy.price_collar_pct', readAmount('a percentage', { high: '99.99' }), new Decimal(10)),
  allowProducts: setting('policy.allow_products', readProducts, []),
  denyProducts: setting('policy.deny_products', readProducts, []),
  maxMarketAgeMs: setting('policy.max_market_age_ms', readInteger(100, 60_000), 5_000),
  maxAccountAgeMs: setting('policy.max_account_age_ms', readInteger(100, 300_000), 10_000),
  ...policySettings,

  storeFile: setting('store.file', readText, 'journal.sqlite'),
  /** A `postgres://` address: the store is there instead of in a file. */
  storeUrl: optional('store.url', readSecret),

  paperSeed: setting('paper.seed', readInteger(0, 2 ** 32 - 1), 42, { flag: 'seed' }),
  paperPort: setting('paper.port', readInteger(0, 65_535), 0, { flag: 'paper-port' }),
  /** `synthetic`, `live`, or `tape:` and a file. */
  paperPrices: setting<PriceChoice>('paper.prices', readPriceSource, { kind: 'synthetic' }, { flag: 'prices' }),
  paperBalances: setting(
    'paper.initial_balances',
    readAmounts('currency', true),
    { USD: new Decimal(100_000), USDC: new Decimal(10_000) },
    { isMap: true },
  ),

  httpAllowedHosts: setting('http.allowed_hosts', readList, []),
  httpAllowedOrigins: setting('http.allowed_origins', readList, []),
  /** Somebody else terminates TLS in front of us; the only way to listen off loopback. */
  httpBehindTlsProxy: setting('http.behind_tls_proxy', readBoolean, false),
  httpMaxBodyBytes: setting('http.max_body_bytes', readInteger(1_024, 16_777_216), 262_144),

  /** Where signed heads of the audit log go, beside the database: best another volume. */
  auditHeadsFile: setting('audit.heads_file', readText, 'audit-heads.jsonl'),
  auditHeadsEveryEntries: setting('audit.heads_every_entries', readInteger(1, 10_000), 100),
  auditHeadsEveryMs: setting('audit.heads_every_seconds', readSeconds(1_000, DAY_MS), 60_000),
  /** Signed heads are posted there, too; TLS off loopback. */
  auditWebhookUrl: optional('audit.webhook_url', http),

  ...approvalSettings,

  agents: setting<readonly AgentDraft[]>('agents', readAgents, [], { isMap: true }),
  mcpToolsets: optional('mcp.toolsets', readToolsets),
  mcpReadOnly: setting('mcp.read_only', readBoolean, false),
  mcpMaxCallsPerMinute: setting('mcp.max_calls_per_minute', readInteger(1, 1_000_000), 600),
  entriesEndAfterHours: setting('mcp.entries_end_after_hours', orOff(readInteger(1, 8_760)), 24 as number | 'off'),
  entriesMustEnd: setting('mcp.entries_must_end', readBoolean, false),

  ...alertSettings,
  ...metricSettings,
  ...secretSettings,

  stdioEmbeddedLive: setting('stdio.embedded_live', readBoolean, false),
  adminTrades: setting('roles.admin_trades', readBoolean, false),
} as const

/** All keys as a list. */
export const allSettings: readonly Setting<unknown>[] = Object.values(settings) as readonly Setting<unknown>[]

/** Environment variables that are ours but are no settings. */
export const otherVariables: readonly string[] = [
  'TIDEGATE_HOME',
  'TIDEGATE_CONFIG',
  'TIDEGATE_AGENT',
  'TIDEGATE_AGENT_TOKEN',
]

/** Flags that are no settings. */
export const otherFlags: readonly string[] = ['home', 'config']

/** The variable of a path: `safety.dry_run_mode` is `TIDEGATE_SAFETY_DRY_RUN_MODE`. */
export function variableOf(path: string): string {
  return `TIDEGATE_${path.toUpperCase().replaceAll('.', '_')}`
}
