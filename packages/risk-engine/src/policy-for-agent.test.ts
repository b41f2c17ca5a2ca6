import { ConfigError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { parseAgentPolicy, policyForAgent } from './policy-for-agent.js'
import { definePolicy } from './policy-text.js'
import { d } from './scenario.test-support.js'

describe('policyForAgent', () => {
  const account = definePolicy({
    maxOrderValueUsd: '1000',
    maxOrderSize: { 'BTC-USD': '0.5', 'ETH-USD': '3' },
    allowProducts: ['BTC-USD', 'ETH-USD'],
    denyProducts: ['DOGE-USD'],
    approveReductions: false,
  })

  it('takes the tighter of each two limits, what both allow and what either denies', () => {
    const agent = policyForAgent(account, {
      maxOrderValueUsd: '50',
      maxOrderSize: { 'BTC-USD': '2', 'ETH-USD': '1' },
      allowProducts: ['ETH-USD', 'SOL-USD'],
      denyProducts: ['XRP-USD'],
      duplicateOrderWindowMs: 60_000,
      approveReductions: true,
    })
    expect(agent).toMatchObject({
      maxOrderValueUsd: d('50'),
      maxOrderSize: { 'BTC-USD': d('0.5'), 'ETH-USD': d('1') },
      allowProducts: ['ETH-USD'],
      denyProducts: ['DOGE-USD', 'XRP-USD'],
      duplicateOrderWindowMs: 60_000,
      approveReductions: true,
    })
    expect(agent.version).not.toBe(account.version)
  })

  it('ignores what would loosen a limit', () => {
    expect(
      policyForAgent(account, {
        maxOrderValueUsd: '5000',
        maxOrdersPerMinute: 1_000,
        duplicateOrderWindowMs: 1,
        maxValuePerDayUsd: '99999999',
        refuseSelfMatch: false,
        approveReductions: false,
      }),
    ).toEqual(account)
  })

  it('counts what counts up for the agent alone, beside the account’s own count', () => {
    const agent = policyForAgent(account, {
      maxOrdersPerMinute: 2,
      maxValuePerDayUsd: '500',
      maxOpenOrders: 3,
      maxOpenValueUsd: '200',
    })
    expect(agent).toMatchObject({
      maxOrdersPerMinute: account.maxOrdersPerMinute,
      maxOrdersPerMinutePerAgent: 2,
      maxValuePerDayUsd: account.maxValuePerDayUsd,
      maxValuePerDayPerAgentUsd: d('500'),
      maxOpenOrders: account.maxOpenOrders,
      maxOpenOrdersPerAgent: 3,
      maxOpenValueUsd: account.maxOpenValueUsd,
      maxOpenValuePerAgentUsd: d('200'),
    })
    const busy = definePolicy({ maxOrdersPerMinutePerAgent: 4 })
    expect(policyForAgent(busy, { maxOrdersPerMinute: 6 })).toEqual(busy)
    expect(policyForAgent(busy, { maxOrdersPerMinute: 3 })).toMatchObject({ maxOrdersPerMinutePerAgent: 3 })
  })

  it('refuses an agent for whom no product is left, since an empty list would allow all', () => {
    expect(() => policyForAgent(account, { allowProducts: ['SOL-USD'] })).toThrow(ConfigError)
    expect(() => policyForAgent(account, { denyProducts: ['BTC-USD', 'ETH-USD'] })).toThrow(/No product is left/)
  })
})

describe('parseAgentPolicy', () => {
  const account = definePolicy({
    maxOrderSize: { 'BTC-USD': '0.5' },
    allowProducts: ['BTC-USD', 'ETH-USD'],
    maxReentries: 'off',
    maxOrdersPerMinutePerAgent: 5,
    duplicateOrderWindowMs: 5_000,
    maxOrderValueUsd: '250.5',
  })

  it('reads the keys of a configuration into the same policy', () => {
    const raw = { max_order_value_usd: '50', deny_products: ['ETH-USD'], max_reentries: '3', refuse_self_match: true }
    expect(parseAgentPolicy(account, raw)).toEqual(
      policyForAgent(account, {
        maxOrderValueUsd: '50',
        denyProducts: ['ETH-USD'],
        maxReentries: 3,
        refuseSelfMatch: true,
      }),
    )
    expect(parseAgentPolicy(account, { max_order_value_usd: '250.50' })).toEqual(account)
  })

  it.each([
    [
      { max_order_value_usd: '250.51' },
      /max_order_value_usd is 250.51, looser than the account's 250.5/,
      'at most 250.5',
    ],
    [{ max_orders_per_minute: 6 }, /max_orders_per_minute is 6, looser than the account's 5/, 'at most 5'],
    [
      { max_order_size: { 'BTC-USD': '0.6' } },
      /max_order_size.BTC-USD is 0.6, looser than the account's 0.5/,
      'at most 0.5',
    ],
    [{ allow_products: ['SOL-USD'] }, /allow_products is SOL-USD, looser/, 'only BTC-USD, ETH-USD'],
    [{ duplicate_order_window_ms: 4_999 }, /duplicate_order_window_ms is 4999, looser/, 'at least 5000'],
    [{ refuse_self_match: false }, /refuse_self_match is false, looser than the account's true/, 'write true'],
    [{ approve_reductions: false }, /approve_reductions is false, looser/, 'write true'],
    [{ max_drawdown_pct: 'off' }, /max_drawdown_pct is off, looser than the account's 25/, 'at most 25'],
    [{ max_value_per_day: '100000' }, /max_value_per_day is 100000, looser than the account's 25050/, 'at most 25050'],
    [{ max_order_vlue_usd: '1' }, /max_order_vlue_usd/, 'did you mean max_order_value_usd?'],
  ])('refuses %j, naming the key and what would do', (raw, message, cure) => {
    try {
      parseAgentPolicy(account, raw)
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      expect((error as ConfigError).shortMessage).toMatch(message)
      expect((error as ConfigError).hint).toContain(cure)
      return
    }
    throw new Error('was not refused')
  })

  it('takes any limit where the account has none, and off beside none', () => {
    expect(parseAgentPolicy(account, { max_reentries: 'off' })).toEqual(account)
    expect(parseAgentPolicy(account, { max_open_value_per_agent: '10' })).toMatchObject({
      maxOpenValuePerAgentUsd: d('10'),
    })
  })
})
