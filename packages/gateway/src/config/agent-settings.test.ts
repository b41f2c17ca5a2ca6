import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { policyForAgent } from '@tidegate/risk-engine'
import { ConfigError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { AgentConfig, Config } from './config.js'
import { loadConfig } from './load-config.js'

const load = (file: string, env: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({
    flags: { config: 'c.yaml' },
    env: { HOME: '/home/ada', ...env },
    cwd: '/srv',
    readFile: (path) => (path === '/srv/c.yaml' ? file : undefined),
    platform: 'linux',
  })

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** One agent `momentum`, its settings as lines of YAML. */
const momentum = (lines: string, before = ''): AgentConfig => {
  const indented = lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
  const [agent] = load(`${before}agents:\n  momentum:\n${indented}\n`).agents
  if (!agent) throw new Error('there is no agent')
  return agent
}

const refusal = (run: () => unknown): ConfigError => {
  try {
    run()
  } catch (error) {
    if (ConfigError.isInstance(error)) return error as ConfigError
    throw error
  }
  throw new Error('was not refused')
}

describe('agents in the configuration', () => {
  it('are none by default, and none below an empty key', () => {
    expect(load('server:\n  port: 1\n').agents).toEqual([])
    expect(load('agents:\n').agents).toEqual([])
  })

  it('have a name, a role, and the account’s limits unless they have their own', () => {
    const config = load('agents:\n  research:\n    role: analyst\n  local:\n    role: viewer\n')
    expect(config.agents).toEqual([
      { name: 'research', role: 'analyst', policy: config.policy, tokenHashes: [], maxCallsPerMinute: 600 },
      { name: 'local', role: 'viewer', policy: config.policy, tokenHashes: [], maxCallsPerMinute: 600 },
    ])
  })

  const rows: readonly (readonly [string, (agent: AgentConfig) => unknown, unknown])[] = [
    ['role: viewer', (a) => a.role, 'viewer'],
    ['permissions: [read_orders, place_order]', (a) => a.permissions, ['read_orders', 'place_order']],
    ['products: [ETH-USD, BTC-USD]', (a) => a.policy.allowProducts, ['BTC-USD', 'ETH-USD']],
    ['daily_budget_usd: 500.50', (a) => a.policy.maxValuePerDayPerAgentUsd?.toFixed(), '500.5'],
    ['max_calls_per_minute: 20', (a) => a.maxCallsPerMinute, 20],
    [`token_sha256: ${hash('a')}`, (a) => a.tokenHashes, [hash('a')]],
    [`token_sha256: [${hash('a').toUpperCase()}, ${hash('b')}]`, (a) => a.tokenHashes, [hash('a'), hash('b')]],
    ['limits: { max_order_value_usd: 12.5 }', (a) => a.policy.maxOrderValueUsd.toFixed(), '12.5'],
    ['limits: { max_position_size_pct: 5 }', (a) => a.policy.maxPositionSizePct.toFixed(), '5'],
    ['limits: { require_confirmation_above_usd: 0 }', (a) => a.policy.requireConfirmationAboveUsd.toFixed(), '0'],
    ['limits: { max_orders_per_minute: 3 }', (a) => a.policy.maxOrdersPerMinutePerAgent, 3],
    ['limits: { max_loss_per_day: 10 }', (a) => a.policy.maxLossPerDayUsd.toFixed(), '10'],
    ['limits: { max_order_size: { BTC-USD: 0.1 } }', (a) => a.policy.maxOrderSize['BTC-USD']?.toFixed(), '0.1'],
    ['limits: { price_collar_pct: 1 }', (a) => a.policy.priceCollarPct.toFixed(), '1'],
    ['limits: { deny_products: [XRP-USD] }', (a) => a.policy.denyProducts, ['XRP-USD']],
    ['limits: { max_market_age_ms: 400 }', (a) => a.policy.maxMarketAgeMs, 400],
    ['limits: { max_account_age_ms: 400 }', (a) => a.policy.maxAccountAgeMs, 400],
    ['limits: { max_value_per_day: 77 }', (a) => a.policy.maxValuePerDayPerAgentUsd?.toFixed(), '77'],
    ['limits: { max_open_orders: 2 }', (a) => a.policy.maxOpenOrdersPerAgent, 2],
    ['limits: { max_open_value: 88 }', (a) => a.policy.maxOpenValuePerAgentUsd?.toFixed(), '88'],
    ['limits: { max_drawdown_pct: 3 }', (a) => a.policy.maxDrawdownPct?.toFixed(), '3'],
    ['limits: { drawdown_window_days: 9 }', (a) => a.policy.drawdownWindowDays, 9],
    ['limits: { duplicate_order_window_ms: 9000 }', (a) => a.policy.duplicateOrderWindowMs, 9_000],
    ['limits: { max_reentries: 1 }', (a) => a.policy.maxReentries, 1],
    ['limits: { max_price_jump_pct: 2 }', (a) => a.policy.maxPriceJumpPct?.toFixed(), '2'],
  ]
  it.each(rows)('honour %s', (lines, pick, expected) => {
    const base = lines.startsWith('role:') ? '' : 'role: trader\n'
    expect(pick(momentum('role: trader'))).not.toEqual(expected)
    expect(pick(momentum(base + lines))).toEqual(expected)
  })

  it('take a flag only towards the strict side', () => {
    const before = 'policy:\n  refuse_self_match: false\n  approve_reductions: false\n'
    const strict = momentum('role: trader\nlimits: { refuse_self_match: true, approve_reductions: true }', before)
    expect([strict.policy.refuseSelfMatch, strict.policy.approveReductions]).toEqual([true, true])
  })

  it('take exactly the account’s own numbers as no change', () => {
    const config = load('agents:\n  momentum:\n    role: trader\n    limits: { max_order_value_usd: 1000.0 }\n')
    expect(config.agents[0]?.policy).toEqual(config.policy)
    expect(config.agents[0]?.policy).toEqual(policyForAgent(config.policy, {}))
  })

  const refused: readonly (readonly [string, RegExp, RegExp])[] = [
    [
      'limits: { max_order_value_usd: 1000.01 }',
      /^agents\.momentum\.limits\.max_order_value_usd in c\.yaml is 1000\.01, looser than the account's 1000$/,
      /at most 1000/,
    ],
    ['daily_budget_usd: 100001', /^agents\.momentum\.daily_budget_usd in c\.yaml is 100001, looser/, /at most 100000/],
    ['products: [SOL-USD]', /^agents\.momentum\.products in c\.yaml is SOL-USD, looser/, /only BTC-USD, ETH-USD/],
    ['products: []', /products in c\.yaml is empty/, /at least one/],
    ['limits: { drawdown_window_days: 6 }', /limits\.drawdown_window_days in c\.yaml is 6, looser/, /at least 7/],
    ['limits: { max_drawdown_pct: off }', /limits\.max_drawdown_pct in c\.yaml is off, looser/, /at most 25/],
    [
      'limits: { max_order_size: { BTC-USD: 2 } }',
      /limits\.max_order_size\.BTC-USD in c\.yaml is 2, looser/,
      /at most 1/,
    ],
    ['limits: { refuse_self_match: false }', /refuse_self_match in c\.yaml is false, looser/, /write true/],
    ['limits: { refuse_self_match: perhaps }', /refuse_self_match in c\.yaml.*neither true nor false/, /true or false/],
    ['limits: { max_order_vlue_usd: 5 }', /max_order_vlue_usd/, /did you mean max_order_value_usd/],
    ['limits: { allow_products: [BTC-USD] }', /allow_products in c\.yaml stands in the wrong place/, /products/],
    ['daily_budget_usd: 5\nlimits: { max_value_per_day: 6 }', /are the same limit/, /leave one out/],
    ['daily_budget_usd: -5', /daily_budget_usd in c\.yaml/, /plain digits/],
    ['roles: trader', /^agents\.momentum\.roles in c\.yaml is a key that nothing reads/, /Did you mean role\?/],
    ['permissions: [place_orders]', /names "place_orders", which is no permission/, /Did you mean place_order\?/],
    ['max_calls_per_minute: 601', /is 601, looser than mcp\.max_calls_per_minute, 600/, /at most 600/],
    ['max_calls_per_minute: 0', /not a whole number/, /whole number/],
    ['limits: 5', /limits in c\.yaml is one value, not a section/, /NAME: VALUE/],
  ]
  it.each(refused)('refuse %j, naming the place and the cure', (lines, message, cure) => {
    const before = 'policy:\n  allow_products: [BTC-USD, ETH-USD]\n  max_order_size: { BTC-USD: 1 }\n'
    const error = refusal(() => momentum(`role: trader\n${lines}`, before))
    expect(error.code).toBe('ERR_CONFIG_INVALID')
    expect(error.shortMessage).toMatch(message)
    expect(error.hint).toMatch(cure)
  })

  it.each([
    ['role: tradr', /none of viewer, analyst, trader/],
    ['products: [BTC-USD]', /^agents\.momentum\.role in c\.yaml is not there/],
    ['role: viewer\npermissions: [place_order]', /names place_order, which the role viewer does not include/],
    ['role: admin\npermissions: [place_order]', /which the role admin does not include/],
  ])('refuse %j', (lines, message) => {
    expect(refusal(() => momentum(lines)).shortMessage).toMatch(message)
  })

  it('let a list narrow an admin that trades', () => {
    const before = 'roles:\n  admin_trades: true\n'
    expect(momentum('role: admin\npermissions: [place_order]', before).permissions).toEqual(['place_order'])
  })

  it.each([
    'operator',
    'cli',
    'desk',
    'gateway',
    'journal',
    'external',
    'A',
    'a b',
    'agent:x',
    '-x',
    'ä',
    'x'.repeat(41),
  ])('refuse the name %j', (name) => {
    expect(refusal(() => load(`agents:\n  ${JSON.stringify(name)}:\n    role: viewer\n`)).code).toBe(
      'ERR_CONFIG_INVALID',
    )
  })

  it('refuse a token in place of its hash without ever showing it, three tokens, and one token for two', () => {
    const secret = 'tga_CANARYCANARYCANARYCANARYCANARYCANARYCANARYCANARY'
    const error = refusal(() => momentum(`role: trader\ntoken_sha256: ${secret}`))
    expect(error.message + JSON.stringify(error)).not.toContain('CANARY')
    expect(error.hint).toContain('never the token')
    const three = ['a', 'b', 'c'].map(hash).join(', ')
    expect(refusal(() => momentum(`role: trader\ntoken_sha256: [${three}]`)).shortMessage).toContain('more than 2')
    const both = `agents:\n  a: { role: trader, token_sha256: ${hash('x')} }\n  b: { role: viewer, token_sha256: ${hash('x')} }\n`
    expect(refusal(() => load(both)).shortMessage).toBe("agents.b.token_sha256 in c.yaml is also a's")
  })

  it('come from a file alone, not from one variable', () => {
    expect(refusal(() => load('', { TIDEGATE_AGENTS: 'momentum' })).shortMessage).toBe(
      'TIDEGATE_AGENTS is one value, not a section',
    )
  })

  it('of the example are two, and it starts', () => {
    const example = load(readFileSync(new URL('../../../../config/agents.yaml', import.meta.url), 'utf8'))
    expect(example.environment).toBe('paper')
    expect(example.agents.map(({ name, role }) => `${name} ${role}`)).toEqual(['momentum trader', 'research analyst'])
    expect(example.agents[0]?.policy.maxValuePerDayPerAgentUsd?.toFixed()).toBe('500')
    expect(example.agents[1]?.permissions).toEqual(['read_accounts', 'read_market_data'])
  })

  it('fill in variables', () => {
    const file = `agents:\n  momentum: { role: trader, token_sha256: "\${MOMENTUM_SHA256}" }\n`
    expect(load(file, { MOMENTUM_SHA256: hash('q') }).agents[0]?.tokenHashes).toEqual([hash('q')])
  })
})
