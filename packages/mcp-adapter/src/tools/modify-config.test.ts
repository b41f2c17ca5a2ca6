import { parsePolicy } from '@tidegate/risk-engine'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { ConfigError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { fakeWorld } from '../../test-support/fake-world-surface.js'
import type { JsonObject } from '../backend.js'
import type { TightenResult } from '../limits-door.js'
import { modifyConfigTool } from './modify-config.js'

const admin = { name: 'ops', role: 'admin' } as const

function world(result?: () => Promise<TightenResult>) {
  const made = fakeWorld(
    { time: new FakeTime(), log: new MemoryLog() },
    result === undefined ? {} : { limits: { tighten: result } },
  )
  const call = async (args: JsonObject) => made.surface.callTool(admin, 'modify_config', args)
  return { ...made, call }
}

describe('modify_config', () => {
  it('has an argument for every limit of the configuration, and none for anything else', () => {
    let known: readonly string[] = []
    try {
      parsePolicy({ zzzz: 1 })
    } catch (error) {
      known = ((error as ConfigError).hint ?? '').replace('the keys are ', '').split(', ')
    }
    expect(known.length).toBeGreaterThan(25)
    const own = Object.keys(modifyConfigTool.inputSchema.properties)
    expect(own.sort()).toEqual(['agent', 'reason', ...known].sort())
  })

  it('hands over what was named, as text, flags, lists and a table', async () => {
    const { call, tightened } = world()
    const { structured } = await call({
      reason: 'told\u202e so',
      agent: 'bob',
      max_order_value_usd: '40.5',
      max_orders_per_minute: 3,
      refuse_self_match: true,
      deny_products: ['BTC-USD', 'ETH-USD'],
      max_order_size: 'BTC-USD 0.5, ETH-USD 2',
    })
    expect(tightened).toEqual([
      {
        agent: 'bob',
        reason: 'told so',
        settings: {
          max_order_value_usd: '40.5',
          max_orders_per_minute: '3',
          refuse_self_match: true,
          deny_products: ['BTC-USD', 'ETH-USD'],
          max_order_size: { 'BTC-USD': '0.5', 'ETH-USD': '2' },
        },
      },
    ])
    expect(structured).toMatchObject({
      success: true,
      outcome: 'tightened',
      agent: 'bob',
      changes: [{ key: 'max_order_value_usd', from: '100', to: '50' }],
      version: 'ab12',
    })
    expect(structured['next']).toMatch(/tidegate policy loosen ab12 --approver NAME/)
  })

  it('tells what is looser with both numbers, and how a person would do it, as a result and not as a fault', async () => {
    const looser = [{ key: 'max_loss_per_day', from: '1000', to: '2000' }]
    const { call } = world(async () => ({ kind: 'refused', looser }))
    const { structured, isError } = await call({ reason: 'x', max_loss_per_day: '2000' })
    expect(isError).toBe(false)
    expect(structured).toMatchObject({
      success: false,
      outcome: 'refused',
      looser,
      error: { code: 'ERR_LIMIT_LOOSER', message: 'Not tighter: max_loss_per_day is 1000, asked for 2000' },
    })
    expect(structured['next']).toMatch(/tidegate policy reload, tidegate policy loosen/)
  })

  it.each([
    ['a limit that nobody knows', { reason: 'x', max_order_value: '5' }, /max_order_value_usd/],
    ['no limit', { reason: 'x' }, /none is named/],
    ['no reason', { max_order_value_usd: '5' }, /reason/],
    ['a number that is none', { reason: 'x', max_order_value_usd: 'plenty' }, /plain decimal/],
    ['a number with a fraction that is no text', { reason: 'x', max_order_value_usd: 4.5 }, /in quotes/],
    ['a size without a product', { reason: 'x', max_order_size: '0.5' }, /product ids with sizes/],
    ['a nested value', { reason: 'x', max_order_size: { 'BTC-USD': '1' } }, /max_order_size/],
    ['an agent that is no name', { reason: 'x', agent: '../x', max_order_value_usd: '5' }, /agent/],
  ])('refuses %s, and asks nothing of the limits', async (_, args, message) => {
    const { call, tightened } = world()
    const { structured, isError } = await call(args)
    expect([isError, tightened]).toEqual([true, []])
    expect(JSON.stringify(structured)).toMatch(message)
    expect(structured).toMatchObject({ success: false, error: { code: 'ERR_INPUT_INVALID' } })
  })

  it('calls a value out of range a slip of the caller, not of the configuration', async () => {
    const { call } = world(() =>
      Promise.reject(
        new ConfigError('ERR_CONFIG_INVALID', 'max_drawdown_pct: "101" is out of range', {
          hint: 'use less',
          context: { key: 'max_drawdown_pct' },
        }),
      ),
    )
    const { structured } = await call({ reason: 'x', max_drawdown_pct: '101' })
    expect(structured).toMatchObject({
      error: { code: 'ERR_INPUT_INVALID', issues: [{ field: 'max_drawdown_pct', fix: 'use less' }] },
    })
  })

  it('does not brick trading: what leaves no product is refused and named', async () => {
    const { call } = world(async () => ({ kind: 'nothing_left', changes: [] }))
    const { structured } = await call({ reason: 'x', deny_products: ['BTC-USD'] })
    expect(JSON.stringify(structured)).toMatch(/no product to trade.*halt_trading/)
  })

  it('says that it is not there where the surface was built without limits to change', async () => {
    const bare = fakeWorld({ time: new FakeTime(), log: new MemoryLog() }, { limits: undefined as never })
    const { structured } = await bare.surface.callTool(admin, 'modify_config', { reason: 'x', max_open_orders: '1' })
    expect(structured).toMatchObject({ success: false, error: { code: 'ERR_NOT_FOUND' } })
  })
})
