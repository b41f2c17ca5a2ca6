import { posix, win32 } from 'node:path'
import { offeredTools } from '@tidegate/mcp-adapter'
import { definePolicy } from '@tidegate/risk-engine'
import { ConfigError, type Environment, formatDecimal } from '@tidegate/trading-model'
import { defineAgents } from './agent-settings.js'
import { readAlerts } from './alert-settings.js'
import { readApprovals } from './approval-settings.js'
import type { Config, PriceChoice } from './config.js'
import { defaultHome } from './default-home.js'
import { readLimits } from './policy-settings.js'
import { type FileValues, readConfigFile } from './read-config-file.js'
import { resolveKey } from './resolve-key.js'
import {
  checkFlags,
  checkVariables,
  createResolver,
  type Flags,
  type Resolve,
  type Variables,
} from './resolve-settings.js'
import { settings } from './settings.js'
import { isLoopbackHost } from './value-readers.js'

/** What a configuration is made from; nothing else is looked at. */
export interface LoadConfigOptions {
  /** Parsed command line: setting paths or short names, `home` and `config`. */
  readonly flags?: Flags
  readonly env: Variables
  /** Relative `--config` paths resolve against it. */
  readonly cwd: string
  /** `undefined` when the file is absent. */
  readonly readFile: (path: string) => string | undefined
  /** `process.platform`. */
  readonly platform: string
  /** `process.versions.node`, for the warning about an old one. */
  readonly nodeVersion?: string
  /** For commands that work on the key itself: production may lack it. */
  readonly withoutKey?: boolean
}

/**
 * Merges flags, environment, file and defaults into one checked configuration.
 *
 * A file is read only when `--config` or `TIDEGATE_CONFIG` names it. Without one the paper environment starts on defaults.
 *
 * @throws {ConfigError} `ERR_CONFIG_MISSING` or `ERR_CONFIG_INVALID`, naming the place and the cure. No secret is in the message.
 *
 * @example
 * const config = loadConfig({ flags: {}, env: process.env, cwd: process.cwd(), readFile, platform: process.platform })
 * // { environment: 'paper', server: { host: 'localhost', port: 8765, … }, … }
 */
export function loadConfig(options: LoadConfigOptions): Config {
  const { env, platform } = options
  const flags = options.flags ?? {}
  checkFlags(flags)
  checkVariables(env)
  const path = platform === 'win32' ? win32 : posix
  const { file, configFile } = readNamedFile(options, path)
  const fileName = configFile === undefined ? 'the file' : path.basename(configFile)
  const sources = { flags, env, file, fileName }
  // The environment decides whether an unset variable is an error, so it is resolved first, strictly.
  const environment = createResolver({ ...sources, isStrict: true })(settings.environment).value
  const resolve = createResolver({ ...sources, isStrict: environment === 'production' })

  const homeFolder = path.resolve(
    options.cwd,
    String(flags['home'] || env['TIDEGATE_HOME'] || defaultHome(env, platform)),
  )
  const inHome = (name: string): string => path.resolve(homeFolder, name)
  const dryRun = resolve(settings.dryRunMode).value ?? environment !== 'paper'
  const { key, secrets, warnings } = resolveKey(resolve, {
    environment,
    inHome,
    inFolder: (name) => path.resolve(homeFolder, environment, name),
    readFile: options.readFile,
  })
  const host = resolve(settings.serverHost).value
  checkListening(host, resolve(settings.httpBehindTlsProxy).value)
  if (environment === 'production') checkLive(resolve, dryRun, key, secrets.isSealed || options.withoutKey === true)
  checkTls(environment, env)

  const storeUrl = resolve(settings.storeUrl).value
  const textfile = resolve(settings.metricsTextfile).value
  const restUrl = resolve(settings.restUrl).value
  const marketWsUrl = resolve(settings.marketWsUrl).value
  const userWsUrl = resolve(settings.userWsUrl).value
  const webhookUrl = resolve(settings.auditWebhookUrl).value
  const adminTrades = resolve(settings.adminTrades).value
  const maxCallsPerMinute = resolve(settings.mcpMaxCallsPerMinute).value
  const policy = definePolicy({
    maxOrderValueUsd: resolve(settings.maxOrderValueUsd).value,
    maxPositionSizePct: resolve(settings.maxPositionSizePct).value,
    requireConfirmationAboveUsd: resolve(settings.requireConfirmationAboveUsd).value,
    maxOrdersPerMinute: resolve(settings.maxOrdersPerMinute).value,
    maxLossPerDayUsd: resolve(settings.maxLossPerDay).value,
    maxOrderSize: resolve(settings.maxOrderSize).value,
    priceCollarPct: resolve(settings.priceCollarPct).value,
    allowProducts: resolve(settings.allowProducts).value,
    denyProducts: resolve(settings.denyProducts).value,
    maxMarketAgeMs: resolve(settings.maxMarketAgeMs).value,
    maxAccountAgeMs: resolve(settings.maxAccountAgeMs).value,
    ...readLimits(resolve),
  })
  return {
    environment,
    homeFolder,
    ...(configFile === undefined ? {} : { configFile }),
    server: {
      name: resolve(settings.serverName).value,
      version: resolve(settings.serverVersion).value,
      host,
      port: resolve(settings.serverPort).value,
    },
    coinbase: {
      ...(restUrl === undefined ? {} : { restUrl }),
      ...(marketWsUrl === undefined ? {} : { marketWsUrl }),
      ...(userWsUrl === undefined ? {} : { userWsUrl }),
      ...key,
    },
    policy,
    agents: defineAgents(resolve(settings.agents).value, { policy, adminTrades, maxCallsPerMinute }),
    dryRun,
    rateLimits: {
      restRequestsPerSecond: resolve(settings.restRequestsPerSecond).value,
      websocketMaxConnections: resolve(settings.websocketMaxConnections).value,
    },
    caching: {
      productsTtlMs: resolve(settings.productsTtlMs).value,
      tickerTtlMs: resolve(settings.tickerTtlMs).value,
      orderbookTtlMs: resolve(settings.orderbookTtlMs).value,
    },
    logging: {
      level: resolve(settings.logLevel).value,
      file: inHome(resolve(settings.logFile).value),
      rotation: resolve(settings.logRotation).value,
    },
    store: {
      file: path.resolve(homeFolder, environment, resolve(settings.storeFile).value),
      ...(storeUrl === undefined ? {} : { url: storeUrl }),
    },
    paper: {
      seed: resolve(settings.paperSeed).value,
      port: resolve(settings.paperPort).value,
      prices: inFolder(resolve(settings.paperPrices).value, inHome),
      initialBalances: Object.fromEntries(
        Object.entries(resolve(settings.paperBalances).value).map(([currency, amount]) => [
          currency,
          formatDecimal(amount),
        ]),
      ),
    },
    http: {
      allowedHosts: resolve(settings.httpAllowedHosts).value,
      allowedOrigins: resolve(settings.httpAllowedOrigins).value,
      maxBodyBytes: resolve(settings.httpMaxBodyBytes).value,
    },
    mcp: { maxCallsPerMinute, ...readOffer(resolve), ...readEntryEnd(resolve) },
    audit: {
      headsFile: path.resolve(homeFolder, environment, resolve(settings.auditHeadsFile).value),
      keyFile: path.resolve(homeFolder, environment, 'audit-heads.jsonl.key'),
      headsEveryEntries: resolve(settings.auditHeadsEveryEntries).value,
      headsEveryMs: resolve(settings.auditHeadsEveryMs).value,
      ...(webhookUrl === undefined ? {} : { webhookUrl }),
    },
    approvals: readApprovals(environment, resolve),
    alerts: readAlerts(resolve),
    metrics: {
      ...(textfile === undefined ? {} : { textfile: inHome(textfile) }),
      textfileMs: resolve(settings.metricsTextfileMs).value,
    },
    secrets,
    stdioEmbeddedLive: resolve(settings.stdioEmbeddedLive).value,
    adminTrades,
    warnings: [...warnings, ...collectWarnings(resolve, environment, options)],
  }
}

function readNamedFile(
  options: LoadConfigOptions,
  path: typeof posix,
): { readonly file: FileValues; readonly configFile: string | undefined } {
  const named = options.flags?.['config'] ?? options.env['TIDEGATE_CONFIG']
  if (named === undefined || named === '') return { file: new Map(), configFile: undefined }
  const configFile = path.resolve(options.cwd, String(named))
  const text = options.readFile(configFile)
  if (text === undefined) {
    throw new ConfigError('ERR_CONFIG_MISSING', `there is no configuration file ${configFile}`, {
      hint: 'Correct --config or TIDEGATE_CONFIG, or leave both out for the paper defaults',
    })
  }
  return { file: readConfigFile(text, path.basename(configFile)), configFile }
}

function inFolder(prices: PriceChoice, inHome: (name: string) => string): PriceChoice {
  return prices.kind === 'tape' ? { kind: 'tape', file: inHome(prices.file) } : prices
}

function readOffer(resolve: Resolve): Pick<Config['mcp'], 'offeredTools'> {
  const toolsets = resolve(settings.mcpToolsets).value
  const readOnly = resolve(settings.mcpReadOnly).value
  const offered = offeredTools({ ...(toolsets === undefined ? {} : { toolsets }), readOnly })
  return offered === undefined ? {} : { offeredTools: offered }
}

function readEntryEnd(resolve: Resolve): Pick<Config['mcp'], 'entryEnd'> {
  const hours = resolve(settings.entriesEndAfterHours).value
  const isRule = resolve(settings.entriesMustEnd).value
  if (hours !== 'off') return { entryEnd: { afterMs: hours * 3_600_000, isRule } }
  if (!isRule) return {}
  throw new ConfigError('ERR_CONFIG_INVALID', 'mcp.entries_must_end is true and mcp.entries_end_after_hours is off', {
    hint: 'Write after how many hours entries end, or set mcp.entries_must_end to false',
  })
}

type Key = Pick<Config['coinbase'], 'apiKey' | 'apiSecret'>

function checkLive(resolve: Resolve, dryRun: boolean, key: Key, isSealed: boolean): void {
  if (!isSealed && (key.apiKey === undefined || key.apiSecret === undefined)) {
    throw new ConfigError(
      'ERR_CONFIG_MISSING',
      `production needs a key: coinbase.${key.apiKey === undefined ? 'api_key' : 'api_secret'} is not set`,
      { hint: 'Run `tidegate secrets init`, or set coinbase.key_file, or COINBASE_API_KEY and COINBASE_API_SECRET' },
    )
  }
  if (!dryRun && resolve(settings.maxOrderValueUsd).origin.kind === 'default') {
    throw new ConfigError('ERR_CONFIG_MISSING', 'live orders need a decided safety.max_order_value_usd', {
      hint: 'Write the most that one order may cost in USD, or set safety.dry_run_mode to true',
    })
  }
}

function checkListening(host: string, isBehindTlsProxy: boolean): void {
  if (isLoopbackHost(host) || isBehindTlsProxy) return
  throw new ConfigError('ERR_CONFIG_INVALID', `server.host ${JSON.stringify(host)} would be reachable in plain text`, {
    hint: 'Use localhost, or put a TLS proxy in front and set http.behind_tls_proxy to true',
  })
}

function checkTls(environment: Environment, env: Variables): void {
  if (environment === 'paper' || env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return
  throw new ConfigError('ERR_CONFIG_INVALID', 'NODE_TLS_REJECT_UNAUTHORIZED=0 switches certificate checks off', {
    hint: 'Unset it; the venue must prove who it is',
  })
}

function collectWarnings(resolve: Resolve, environment: Environment, options: LoadConfigOptions): readonly string[] {
  const warnings: string[] = []
  if (resolve(settings.apiPassphrase).value !== undefined) {
    warnings.push('coinbase.api_passphrase is ignored: Advanced Trade keys have none')
  }
  if (environment === 'sandbox') {
    warnings.push('the Coinbase sandbox gives canned answers and no market data; use environment paper to practise')
  }
  if (environment === 'paper' && resolve(settings.apiKey).origin.kind === 'file') {
    warnings.push('coinbase.api_key is not used in paper: the built-in exchange makes its own key')
  }
  const major = Number(options.nodeVersion?.split('.')[0] ?? Number.NaN)
  if (environment === 'production' && major < 22) {
    warnings.push(`Node ${options.nodeVersion} gets no security fixes any more; use an LTS version for live trading`)
  }
  return warnings
}
