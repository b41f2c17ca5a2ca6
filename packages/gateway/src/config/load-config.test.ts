import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { ConfigError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import type { Config } from './config.js'
import { loadConfig } from './load-config.js'
import type { Flags, Variables } from './resolve-settings.js'
import { allSettings, settings, variableOf } from './settings.js'

const specificationFile = readFileSync(new URL('../../../../config/mcp_server.yaml', import.meta.url), 'utf8')

const load = (
  input: { file?: string; env?: Variables; flags?: Flags; platform?: string; nodeVersion?: string } = {},
): Config =>
  loadConfig({
    flags: { ...(input.file === undefined ? {} : { config: 'c.yaml' }), ...input.flags },
    env: { HOME: '/home/ada', ...input.env },
    cwd: '/srv',
    readFile: (path) => (path === '/srv/c.yaml' ? input.file : undefined),
    platform: input.platform ?? 'linux',
    ...(input.nodeVersion === undefined ? {} : { nodeVersion: input.nodeVersion }),
  })

const refusal = (run: () => unknown): ConfigError => {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('was not refused')
}

/** The specification's file with one key changed, in an environment where the key has an effect. */
const changed = (path: string, value: unknown): string => {
  const tree = parse(specificationFile) as Record<string, Record<string, unknown>>
  const [section = '', key = ''] = path.split('.')
  tree[section] = { ...tree[section], [key]: value }
  return stringify(tree)
}

const liveEnv = { COINBASE_API_KEY: 'organizations/o/apiKeys/k', COINBASE_API_SECRET: 'CANARY-secret-0001' }

describe('the specification’s file as it stands', () => {
  it('starts in sandbox with its values, without any variable set', () => {
    const config = load({ file: specificationFile })
    expect(config).toMatchObject({
      environment: 'sandbox',
      dryRun: true,
      homeFolder: '/home/ada/.local/share/tidegate',
      configFile: '/srv/c.yaml',
      server: { name: 'coinbase-trading', version: '1.0.0', host: 'localhost', port: 8765 },
      rateLimits: { restRequestsPerSecond: 10, websocketMaxConnections: 4 },
      caching: { productsTtlMs: 3_600_000, tickerTtlMs: 5_000, orderbookTtlMs: 1_000 },
      logging: {
        level: 'info',
        file: '/home/ada/.local/share/tidegate/logs/mcp_server.log',
        rotation: 'daily',
      },
    })
    expect(config.coinbase).toEqual({})
    expect(config.policy.maxOrderValueUsd.toFixed()).toBe('1000')
    expect(config.policy.maxPositionSizePct.toFixed()).toBe('25')
    expect(config.policy.requireConfirmationAboveUsd.toFixed()).toBe('500')
    expect(config.warnings.join()).toContain('sandbox')
  })

  const rows: readonly (readonly [string, unknown, (config: Config) => unknown, unknown])[] = [
    ['server.name', 'other', (c) => c.server.name, 'other'],
    ['server.version', '2.5.0', (c) => c.server.version, '2.5.0'],
    ['server.host', '127.0.0.1', (c) => c.server.host, '127.0.0.1'],
    ['server.port', 9_999, (c) => c.server.port, 9_999],
    ['coinbase.api_key', 'organizations/o/apiKeys/k', (c) => c.coinbase.apiKey, 'organizations/o/apiKeys/k'],
    ['coinbase.api_secret', 'a-long-secret', (c) => c.coinbase.apiSecret?.reveal(), 'a-long-secret'],
    ['coinbase.api_passphrase', 'pass', (c) => c.warnings.some((w) => w.includes('api_passphrase is ignored')), true],
    ['coinbase.environment', 'paper', (c) => c.environment, 'paper'],
    ['safety.max_order_value_usd', 250.5, (c) => c.policy.maxOrderValueUsd.toFixed(), '250.5'],
    ['safety.max_position_size_pct', 10, (c) => c.policy.maxPositionSizePct.toFixed(), '10'],
    ['safety.require_confirmation_above_usd', 0, (c) => c.policy.requireConfirmationAboveUsd.toFixed(), '0'],
    ['safety.dry_run_mode', false, (c) => c.dryRun, false],
    ['rate_limits.rest_requests_per_second', 5, (c) => c.rateLimits.restRequestsPerSecond, 5],
    ['rate_limits.websocket_max_connections', 2, (c) => c.rateLimits.websocketMaxConnections, 2],
    ['caching.products_ttl_seconds', 60, (c) => c.caching.productsTtlMs, 60_000],
    ['caching.ticker_ttl_seconds', 2.5, (c) => c.caching.tickerTtlMs, 2_500],
    ['caching.orderbook_ttl_seconds', 3, (c) => c.caching.orderbookTtlMs, 3_000],
    ['logging.level', 'WARNING', (c) => c.logging.level, 'warn'],
    ['logging.file', '/var/log/t.log', (c) => c.logging.file, '/var/log/t.log'],
    ['logging.rotation', 'hourly', (c) => c.logging.rotation, 'hourly'],
  ]

  it.each(rows)('honours %s', (path, value, pick, expected) => {
    expect(pick(load({ file: specificationFile }))).not.toEqual(expected)
    expect(pick(load({ file: changed(path, value) }))).toEqual(expected)
  })

  it('is the specification’s to the byte', () => {
    // A formatter once took the second space before the comments.
    const digest = createHash('sha256').update(specificationFile).digest('hex')
    expect(digest).toBe('cd6b7e82c08594013832035ecaa200601d24029c6aa252766ecf9123b5f8e724')
  })

  it('has no key without a row above', () => {
    const tree = parse(specificationFile) as Record<string, Record<string, unknown>>
    const keys = Object.entries(tree).flatMap(([section, values]) =>
      Object.keys(values).map((key) => `${section}.${key}`),
    )
    expect(rows.map(([path]) => path).sort()).toEqual(keys.sort())
  })
})

describe('our own keys', () => {
  const rows: readonly (readonly [string, string, (config: Config) => unknown, unknown])[] = [
    ['coinbase.rest_url', 'https://x.test/', (c) => c.coinbase.restUrl, 'https://x.test'],
    ['coinbase.market_ws_url', 'wss://x.test', (c) => c.coinbase.marketWsUrl, 'wss://x.test'],
    ['coinbase.user_ws_url', 'ws://127.0.0.1:9', (c) => c.coinbase.userWsUrl, 'ws://127.0.0.1:9'],
    ['policy.max_orders_per_minute', '3', (c) => c.policy.maxOrdersPerMinute, 3],
    ['policy.max_loss_per_day', '77.7', (c) => c.policy.maxLossPerDayUsd.toFixed(), '77.7'],
    ['policy.max_order_size', '{ BTC-USD: 0.10 }', (c) => c.policy.maxOrderSize['BTC-USD']?.toFixed(), '0.1'],
    ['policy.price_collar_pct', '2', (c) => c.policy.priceCollarPct.toFixed(), '2'],
    ['policy.allow_products', '[BTC-USD]', (c) => c.policy.allowProducts, ['BTC-USD']],
    ['policy.deny_products', '[ETH-USD]', (c) => c.policy.denyProducts, ['ETH-USD']],
    ['policy.max_market_age_ms', '900', (c) => c.policy.maxMarketAgeMs, 900],
    ['policy.max_account_age_ms', '901', (c) => c.policy.maxAccountAgeMs, 901],
    ['policy.max_orders_per_minute_per_agent', '4', (c) => c.policy.maxOrdersPerMinutePerAgent, 4],
    ['policy.max_orders_per_minute_per_product', '5', (c) => c.policy.maxOrdersPerMinutePerProduct, 5],
    ['policy.max_value_per_day', '5000.5', (c) => c.policy.maxValuePerDayUsd?.toFixed(), '5000.5'],
    ['policy.max_value_per_day_per_agent', '400', (c) => c.policy.maxValuePerDayPerAgentUsd?.toFixed(), '400'],
    ['policy.max_value_per_day_per_product', '300', (c) => c.policy.maxValuePerDayPerProductUsd?.toFixed(), '300'],
    ['policy.max_open_orders', 'off', (c) => c.policy.maxOpenOrders, undefined],
    ['policy.max_open_value', '200', (c) => c.policy.maxOpenValueUsd?.toFixed(), '200'],
    ['policy.max_open_orders_per_agent', '8', (c) => c.policy.maxOpenOrdersPerAgent, 8],
    ['policy.max_open_value_per_agent', '90', (c) => c.policy.maxOpenValuePerAgentUsd?.toFixed(), '90'],
    ['policy.max_drawdown_pct', '12.5', (c) => c.policy.maxDrawdownPct?.toFixed(), '12.5'],
    ['policy.drawdown_window_days', '3', (c) => c.policy.drawdownWindowDays, 3],
    ['policy.duplicate_order_window_ms', '1500', (c) => c.policy.duplicateOrderWindowMs, 1_500],
    ['policy.max_reentries', '7', (c) => c.policy.maxReentries, 7],
    ['policy.reentry_window_ms', '60000', (c) => c.policy.reentryWindowMs, 60_000],
    ['policy.max_price_jump_pct', 'off', (c) => c.policy.maxPriceJumpPct, undefined],
    ['policy.price_jump_window_ms', '30000', (c) => c.policy.priceJumpWindowMs, 30_000],
    ['policy.refuse_self_match', 'false', (c) => c.policy.refuseSelfMatch, false],
    ['policy.approve_reductions', 'false', (c) => c.policy.approveReductions, false],
    ['store.file', 'other.sqlite', (c) => c.store.file, '/home/ada/.local/share/tidegate/paper/other.sqlite'],
    ['store.url', 'postgres://a:b@127.0.0.1/c', (c) => c.store.url?.reveal(), 'postgres://a:b@127.0.0.1/c'],
    ['paper.seed', '7', (c) => c.paper.seed, 7],
    ['paper.port', '5555', (c) => c.paper.port, 5_555],
    ['paper.initial_balances', '{ USD: 12.50 }', (c) => c.paper.initialBalances, { USD: '12.5' }],
    ['http.allowed_hosts', '[tide.test]', (c) => c.http.allowedHosts, ['tide.test']],
    ['http.allowed_origins', '[https://tide.test]', (c) => c.http.allowedOrigins, ['https://tide.test']],
    ['http.max_body_bytes', '2048', (c) => c.http.maxBodyBytes, 2_048],
    ['audit.heads_file', '/vault/heads.jsonl', (c) => c.audit.headsFile, '/vault/heads.jsonl'],
    ['audit.heads_every_entries', '7', (c) => c.audit.headsEveryEntries, 7],
    ['audit.heads_every_seconds', '5', (c) => c.audit.headsEveryMs, 5_000],
    ['audit.webhook_url', 'https://vault.test/heads', (c) => c.audit.webhookUrl, 'https://vault.test/heads'],
    ['approvals.expire_after_seconds', '30', (c) => c.approvals.expireAfterMs, 30_000],
    ['approvals.require_totp', 'true', (c) => c.approvals.requireTotp, true],
    ['approvals.page_url', 'https://tide.test/', (c) => c.approvals.pageUrl, 'https://tide.test'],
    ['alerts.webhook_url', 'https://hooks.test/x', (c) => c.alerts.webhookUrl?.reveal(), 'https://hooks.test/x'],
    ['alerts.window_seconds', '60', (c) => c.alerts.windowMs, 60_000],
    ['alerts.unknown_over', '2', (c) => c.alerts.unknownOver, 2],
    ['alerts.mute', '[external_order, venue]', (c) => c.alerts.mute, ['external_order', 'venue']],
    ['metrics.textfile', '/srv/tide.prom', (c) => c.metrics.textfile, '/srv/tide.prom'],
    ['metrics.textfile_seconds', '2.5', (c) => c.metrics.textfileMs, 2_500],
    ['secrets.file', '/vault/keys.sealed', (c) => c.secrets.file, '/vault/keys.sealed'],
    ['secrets.passphrase_file', '/run/pass', (c) => c.secrets.passphraseFile, '/run/pass'],
    ['secrets.passphrase_fd', '3', (c) => c.secrets.passphraseFd, 3],
    ['mcp.max_calls_per_minute', '30', (c) => c.mcp.maxCallsPerMinute, 30],
    ['mcp.read_only', 'true', (c) => c.mcp.offeredTools?.has('place_order'), false],
    ['mcp.toolsets', '[admin]', (c) => [...(c.mcp.offeredTools ?? [])], ['modify_config', 'view_logs']],
    ['mcp.entries_end_after_hours', '2', (c) => c.mcp.entryEnd?.afterMs, 7_200_000],
    ['mcp.entries_end_after_hours', "'off'", (c) => c.mcp.entryEnd, undefined],
    ['mcp.entries_must_end', 'true', (c) => c.mcp.entryEnd?.isRule, true],
    ['stdio.embedded_live', 'true', (c) => c.stdioEmbeddedLive, true],
    ['roles.admin_trades', 'true', (c) => c.adminTrades, true],
  ]

  it.each(rows)('honours %s', (path, value, pick, expected) => {
    const [section, key] = path.split('.')
    expect(pick(load())).not.toEqual(expected)
    expect(pick(load({ file: `${section}:\n  ${key}: ${value}\n` }))).toEqual(expected)
  })

  it('read the key file that Coinbase hands out, and never show its text in a refusal', () => {
    const withKey = (text: string): Config =>
      loadConfig({
        flags: { 'key-file': 'key.json' },
        env: { HOME: '/home/ada' },
        cwd: '/',
        platform: 'linux',
        readFile: (path) => (path === '/home/ada/.local/share/tidegate/key.json' ? text : undefined),
      })
    const config = withKey('{"name":"organizations/o/apiKeys/k","privateKey":"-----BEGIN EC PRIVATE KEY-----\\nx"}')
    expect(config.coinbase.apiKey).toBe('organizations/o/apiKeys/k')
    expect(config.coinbase.apiSecret?.reveal()).toContain('BEGIN EC')
    const refused = refusal(() => withKey('{"privateKey":"CANARY"}'))
    expect(refused.message + JSON.stringify(refused)).not.toContain('CANARY')
    expect(refusal(() => load({ flags: { 'key-file': 'absent.json' } })).code).toBe('ERR_CONFIG_MISSING')
  })

  it('stand in the README with every other key', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    expect(
      allSettings.map((setting) => setting.path).filter((path) => !readme.includes(path.split('.')[1] ?? '')),
    ).toEqual([])
  })
})

describe('without a file', () => {
  it('the paper environment starts on defaults and trades', () => {
    const config = load()
    expect([config.environment, config.dryRun, config.server.port, config.configFile]).toEqual([
      'paper',
      false,
      8765,
      undefined,
    ])
    expect(Object.keys(config.paper.initialBalances)).toContain('USD')
    expect(config.warnings).toEqual([])
  })

  it('sandbox and production only check, unless told otherwise', () => {
    expect(load({ env: { ENVIRONMENT: 'sandbox' } }).dryRun).toBe(true)
    expect(load({ env: { ENVIRONMENT: 'production', ...liveEnv } }).dryRun).toBe(true)
  })

  it('no file is looked for', () => {
    const config = loadConfig({
      env: { HOME: '/h' },
      cwd: '/',
      platform: 'linux',
      readFile: (path) => {
        throw new Error(`looked at ${path}`)
      },
    })
    expect(config.environment).toBe('paper')
  })
})

describe('precedence', () => {
  const file = 'server:\n  port: 1\n'
  it('is flag over variable over file over default', () => {
    const env = { TIDEGATE_SERVER_PORT: '2' }
    expect(load().server.port).toBe(8_765)
    expect(load({ file }).server.port).toBe(1)
    expect(load({ file, env }).server.port).toBe(2)
    expect(load({ file, env, flags: { port: '3' } }).server.port).toBe(3)
    expect(load({ file, env, flags: { 'server.port': '4' } }).server.port).toBe(4)
  })

  it('holds for every setting that takes plain text, through its own variable and flag', () => {
    for (const setting of [settings.serverName, settings.logFile, settings.storeFile, settings.serverVersion]) {
      const variable = variableOf(setting.path)
      const [section, key] = setting.path.split('.')
      const shown = (config: Config): string => JSON.stringify(config)
      expect(shown(load({ file: `${section}: { ${key}: from-file }` }))).toContain('from-file')
      expect(shown(load({ file: `${section}: { ${key}: from-file }`, env: { [variable]: 'from-env' } }))).toContain(
        'from-env',
      )
      expect(shown(load({ env: { [variable]: 'from-env' }, flags: { [setting.path]: 'from-flag' } }))).toContain(
        'from-flag',
      )
    }
  })

  it('takes the specification’s variables, and refuses two names that contradict', () => {
    expect(load({ env: { ENVIRONMENT: 'sandbox' } }).environment).toBe('sandbox')
    expect(load({ env: { TIDEGATE_ENVIRONMENT: 'sandbox', ENVIRONMENT: 'sandbox' } }).environment).toBe('sandbox')
    const refused = refusal(() => load({ env: { TIDEGATE_ENVIRONMENT: 'paper', ENVIRONMENT: 'production' } }))
    expect(refused.shortMessage).toBe('TIDEGATE_ENVIRONMENT and ENVIRONMENT say different things')
    expect(load({ env: liveEnv }).coinbase.apiKey).toBe(liveEnv.COINBASE_API_KEY)
  })
})

describe('the environment', () => {
  const words = [
    '',
    ' ',
    'Production ',
    ' production',
    'production\n',
    'PRODUCTION',
    'Production',
    'prod',
    'live',
    'LIVE',
    'real',
    'PAPER',
    'Paper',
    'paper ',
    ' paper',
    'papers',
    'Sandbox',
    'SANDBOX',
    'sandbox ',
    'sand',
    'test',
    'dev',
    'demo',
    'null',
    '~',
    'true',
    'false',
    '0',
    '1',
    'undefined',
    'NaN',
    '[object Object]',
    '__proto__',
    'constructor',
    'toString',
    'production\0',
    'рroduction',
    'productıon',
    'ｐaper',
    'paper,production',
    'paper|sandbox',
    '"paper"',
    "'paper'",
  ]

  it.each(words)('%j refuses to start, from a variable, a flag and a file', (word) => {
    expect(refusal(() => load({ env: { ENVIRONMENT: word } })).code).toBe('ERR_CONFIG_INVALID')
    expect(refusal(() => load({ flags: { environment: word } })).code).toBe('ERR_CONFIG_INVALID')
    const file = `coinbase:\n  environment: ${JSON.stringify(word)}\n`
    expect(refusal(() => load({ file })).shortMessage).toContain('coinbase.environment')
  })

  it('refuses any other text, 2,000 of them', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 20 }),
          fc.string({ unit: 'binary', maxLength: 12 }),
          fc
            .tuple(fc.constantFrom('paper', 'sandbox', 'production'), fc.string({ minLength: 1, maxLength: 3 }))
            .map(([word, tail]) => word + tail),
        ),
        (word) => {
          fc.pre(!['paper', 'sandbox', 'production'].includes(word))
          expect(() => load({ env: { ENVIRONMENT: word } })).toThrow(ConfigError)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('that a file leaves to an unset variable refuses to start rather than fall back', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the file's own syntax
    const file = 'coinbase:\n  environment: ${TIER}\n'
    expect(refusal(() => load({ file })).code).toBe('ERR_CONFIG_MISSING')
    expect(load({ file, env: { TIER: 'sandbox' } }).environment).toBe('sandbox')
  })
})

describe('live trading', () => {
  const live = (file: string, env: Variables = liveEnv): Config => load({ file, env })
  const complete = 'coinbase: { environment: production }\nsafety: { dry_run_mode: false, max_order_value_usd: 100 }\n'

  it('starts when everything was decided', () => {
    const config = live(complete)
    expect([config.environment, config.dryRun, config.policy.maxOrderValueUsd.toFixed()]).toEqual([
      'production',
      false,
      '100',
    ])
  })

  it.each([
    ['no key', { ...liveEnv, COINBASE_API_KEY: '' }, 'api_key'],
    ['no secret', { ...liveEnv, COINBASE_API_SECRET: undefined }, 'api_secret'],
  ])('refuses with %s', (_, env, named) => {
    const refused = refusal(() => live(complete, env))
    expect([refused.code, refused.shortMessage.includes(named)]).toEqual(['ERR_CONFIG_MISSING', true])
  })

  it('refuses without a decided max_order_value_usd, and takes one from any place', () => {
    const file = 'coinbase: { environment: production }\nsafety: { dry_run_mode: false }\n'
    expect(refusal(() => live(file)).shortMessage).toContain('max_order_value_usd')
    expect(live(file, { ...liveEnv, TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '5' }).dryRun).toBe(false)
  })

  it('refuses an unset variable in the file, except of the passphrase that nothing needs', () => {
    const file = changed('coinbase.environment', 'production')
    expect(refusal(() => load({ file })).shortMessage).toContain('COINBASE_API_KEY')
    expect(load({ file, env: liveEnv }).environment).toBe('production')
    expect(load({ file: specificationFile }).environment).toBe('sandbox')
  })

  it('refuses switched-off certificate checks', () => {
    expect(refusal(() => live(complete, { ...liveEnv, NODE_TLS_REJECT_UNAUTHORIZED: '0' })).shortMessage).toContain(
      'TLS',
    )
  })

  it('warns of an old Node', () => {
    const env = { ...liveEnv, ENVIRONMENT: 'production' }
    expect(load({ env, nodeVersion: '20.20.2' }).warnings.join()).toContain('Node 20.20.2')
    expect(load({ env, nodeVersion: '24.21.0' }).warnings.join()).not.toContain('Node')
  })
})

describe('unknown names', () => {
  it.each([
    ['safety:\n  max_order_value: 5\n', 'Did you mean safety.max_order_value_usd?'],
    ['safty:\n  dry_run_mode: true\n', 'Did you mean safety?'],
    ['coinbase:\n  enviroment: sandbox\n', 'Did you mean coinbase.environment?'],
    ['safety:\n  max_orders_per_minute: 5\n', 'Did you mean policy.max_orders_per_minute?'],
    ['server:\n  prot: 5\n', 'Did you mean server.port?'],
  ])('in a file are refused with a suggestion: %j', (file, hint) => {
    const refused = refusal(() => load({ file }))
    expect([refused.code, refused.hint]).toEqual(['ERR_CONFIG_INVALID', hint])
  })

  it('in flags and variables are refused with a suggestion', () => {
    expect(refusal(() => load({ flags: { prot: '1' } })).hint).toBe('Did you mean --port?')
    expect(refusal(() => load({ env: { TIDEGATE_SAFETY_MAX_ORDER_VALUE: '1' } })).hint).toBe(
      'Did you mean TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD?',
    )
    expect(load({ env: { TIDEGATE_TEST_ANYTHING: '1', UNRELATED: 'x' } }).environment).toBe('paper')
  })

  it('are refused whatever they are, and never touch prototypes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), (name) => {
        fc.pre(!allSettings.some((setting) => setting.path.split('.')[0] === name))
        expect(() => load({ file: stringify({ [name]: { a: '1' } }) })).toThrow(ConfigError)
      }),
    )
    expect(() => load({ file: '__proto__:\n  polluted: yes\n' })).toThrow(ConfigError)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('values', () => {
  it.each([
    ['server:\n  port: 70000\n', 'server.port'],
    ['server:\n  port: 80.5\n', 'server.port'],
    ['server:\n  port: 0x50\n', 'server.port'],
    ['server:\n  port: [1]\n', 'server.port'],
    ['server:\n  port:\n', 'server.port'],
    ['server:\n  name: ""\n', 'server.name'],
    ['safety:\n  max_order_value_usd: 1e3\n', 'safety.max_order_value_usd'],
    ['safety:\n  max_order_value_usd: -1\n', 'safety.max_order_value_usd'],
    ['safety:\n  max_order_value_usd: 0\n', 'safety.max_order_value_usd'],
    ['safety:\n  max_order_value_usd: .inf\n', 'safety.max_order_value_usd'],
    ['safety:\n  max_order_value_usd: none\n', 'safety.max_order_value_usd'],
    ['safety:\n  max_position_size_pct: 101\n', 'safety.max_position_size_pct'],
    ['safety:\n  dry_run_mode: maybe\n', 'safety.dry_run_mode'],
    ['safety:\n  dry_run_mode: no\n', 'safety.dry_run_mode'],
    ['safety:\n  dry_run_mode: 0\n', 'safety.dry_run_mode'],
    ['rate_limits:\n  rest_requests_per_second: 1000\n', 'rate_limits.rest_requests_per_second'],
    ['caching:\n  ticker_ttl_seconds: -5\n', 'caching.ticker_ttl_seconds'],
    ['caching:\n  ticker_ttl_seconds: 0.0001\n', 'caching.ticker_ttl_seconds'],
    ['logging:\n  level: LOUD\n', 'logging.level'],
    ['logging:\n  rotation: weekly\n', 'logging.rotation'],
    ['policy:\n  max_order_size: { "BTC USD": 1 }\n', 'policy.max_order_size'],
    ['policy:\n  max_order_size: { BTC-USD: lots }\n', 'policy.max_order_size'],
    ['policy:\n  allow_products: [btc-usd]\n', 'policy.allow_products'],
    ['paper:\n  initial_balances: { USD: -1 }\n', 'paper.initial_balances'],
    ['coinbase:\n  rest_url: http://api.example.com\n', 'coinbase.rest_url'],
    ['coinbase:\n  rest_url: https://user:pw@api.example.com\n', 'coinbase.rest_url'],
    ['coinbase:\n  market_ws_url: ws://10.0.0.1\n', 'coinbase.market_ws_url'],
    ['coinbase:\n  market_ws_url: nonsense\n', 'coinbase.market_ws_url'],
    ['server:\n  host: 0.0.0.0\n', 'server.host'],
    ['server: 5\n', 'server'],
  ])('are refused naming the key: %j', (file, path) => {
    const refused = refusal(() => load({ file }))
    expect(refused.code).toBe('ERR_CONFIG_INVALID')
    expect(refused.shortMessage).toContain(path)
    expect(refused.hint).toBeTruthy()
  })

  it.each(['a: [', 'a: 1\na: 2\n', '- 1\n', 'just text', 'server: &a\n  port: 1\n  port: 2\n', '--- 1\n--- 2\n'])(
    'of a file that is no map of settings are refused: %j',
    (file) => {
      expect(refusal(() => load({ file })).code).toBe('ERR_CONFIG_INVALID')
    },
  )

  it('of an empty file are the defaults', () => {
    expect(load({ file: '# nothing\n' }).environment).toBe('paper')
    expect(load({ file: 'server:\npolicy:\n' }).server.port).toBe(8_765)
  })

  it('keep every digit of a decimal', () => {
    const file = 'safety:\n  max_order_value_usd: 123456789012345.000000000000000001\n'
    expect(load({ file }).policy.maxOrderValueUsd.toFixed()).toBe('123456789012345.000000000000000001')
  })

  it('fill in variables and their defaults', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the file's own syntax
    const file = 'server:\n  name: a-${X}-${Y:-why}\n  port: ${PORT:-81}\nlogging:\n  file: ${UNSET}\n'
    const config = load({ file, env: { X: 'ex', Y: '' } })
    expect([config.server.name, config.server.port]).toEqual(['a-ex-why', 81])
    expect(config.logging.file).toBe('/home/ada/.local/share/tidegate/logs/mcp_server.log')
  })

  it('refuse a product that is both allowed and denied', () => {
    expect(() => load({ file: 'policy: { allow_products: [BTC-USD], deny_products: [BTC-USD] }' })).toThrow(/both/)
  })
})

describe('the home', () => {
  it.each([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.local/share/tidegate'],
    ['linux', { HOME: '/home/ada', XDG_DATA_HOME: '/data' }, '/data/tidegate'],
    ['linux', { HOME: '/home/ada', XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/tidegate'],
    ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Application Support/tidegate'],
    ['win32', { USERPROFILE: 'C:\\Users\\ada' }, 'C:\\Users\\ada\\AppData\\Local\\tidegate'],
    ['win32', { USERPROFILE: 'C:\\Users\\ada', LOCALAPPDATA: 'D:\\L' }, 'D:\\L\\tidegate'],
    ['linux', { TIDEGATE_HOME: '/srv/tide' }, '/srv/tide'],
    ['linux', { TIDEGATE_HOME: 'near' }, '/srv/near'],
  ])('on %s with %j is %s', (platform, env, expected) => {
    const config = loadConfig({
      env,
      cwd: platform === 'win32' ? 'C:\\' : '/srv',
      readFile: () => undefined,
      platform,
    })
    expect(config.homeFolder).toBe(expected)
  })

  it('is refused, not guessed, when nothing names one', () => {
    expect(() => loadConfig({ env: {}, cwd: '/', readFile: () => undefined, platform: 'linux' })).toThrow(
      /TIDEGATE_HOME/,
    )
  })
})

describe('secrets', () => {
  it('show in no printing of the configuration or of any refusal', () => {
    const env = { ...liveEnv, COINBASE_API_PASSPHRASE: 'CANARY-pass-0002' }
    const config = load({ env })
    for (const text of [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      `${config.coinbase.apiSecret as unknown as string}`,
    ]) {
      expect(text).not.toContain('CANARY')
    }
    for (const flags of [{ port: 'x' }, { environment: 'live' }, { prot: '1' }]) {
      const refused = refusal(() => load({ env, flags }))
      expect(refused.message + JSON.stringify(refused) + inspect(refused)).not.toContain('CANARY')
    }
    expect(() => load({ file: 'coinbase: { api_secret: [CANARY] }' })).toThrow(ConfigError)
  })
})
