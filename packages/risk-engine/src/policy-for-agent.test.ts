import { ConfigError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { policyForAgent } from './policy-for-agent.js'
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

  it('refuses an agent for whom no product is left, since an empty list would allow all', () => {
    expect(() => policyForAgent(account, { allowProducts: ['SOL-USD'] })).toThrow(ConfigError)
    expect(() => policyForAgent(account, { denyProducts: ['BTC-USD', 'ETH-USD'] })).toThrow(/No product is left/)
  })
})
