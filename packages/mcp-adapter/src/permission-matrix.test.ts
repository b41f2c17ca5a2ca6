import { readFileSync } from 'node:fs'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { PERMISSIONS, type Permission, type Principal, type Role } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fakeIntent } from '../test-support/fake-world.js'
import { type FakeWorld, fakeWorld } from '../test-support/fake-world-surface.js'
import type { Answer } from '../test-support/mcp-wire.js'
import { contentOf, listOf } from '../test-support/mcp-wire.js'
import { type Era, type OpenOptions, openHttp, openStdio, type WireClient } from '../test-support/transports.js'
import type { JsonObject } from './backend.js'
import { prompts } from './prompts/list.js'
import { resources } from './resources/list.js'
import { uriTemplate } from './resources/resource.js'
import { tools } from './tools/list.js'

type Cell = 'yes' | '–' | 'refused'

interface Row {
  readonly kind: string
  readonly item: string
  readonly needs: readonly string[]
  readonly cells: Readonly<Record<string, Cell>>
}

/** The committed table. */
const rows: readonly Row[] = (() => {
  const lines = readFileSync(new URL('../permission-matrix.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const [head = [], , ...body] = lines
  return body.map(([kind = '', item = '', needs = '', ...cells]) => ({
    kind,
    item,
    needs: needs.split(', '),
    cells: Object.fromEntries(cells.map((cell, index) => [head[index + 3] ?? '', cell as Cell])),
  }))
})()

const columns: readonly (readonly [string, Role, boolean])[] = [
  ['viewer', 'viewer', false],
  ['analyst', 'analyst', false],
  ['trader', 'trader', false],
  ['approver', 'approver', false],
  ['admin', 'admin', false],
  ['admin + trades', 'admin', true],
]

/** Arguments with which each tool and prompt does its work. */
const goodArguments: Readonly<Record<string, JsonObject>> = {
  place_order: { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: '10' },
  cancel_order: { order_id: 'venue-1' },
  edit_order: { order_id: 'venue-1', limit_price: '99000' },
  check_trade_risk: { product_id: 'BTC-USD', side: 'BUY', size: '0.001' },
  get_market_data: { product_ids: ['BTC-USD'] },
  get_historical_candles: { product_id: 'BTC-USD', granularity: '1h' },
  subscribe_ticker: { symbols: ['BTC-USD'] },
  wait_for_event: { event: 'price', product_id: 'BTC-USD', direction: 'ABOVE', price: '1' },
  'wait_for_event event=order': { event: 'order', order_id: 'venue-1', wait_ms: 0 },
  'wait_for_event event=approval': { event: 'approval', order_id: 'waiting-1', wait_ms: 0 },
  get_history: { kind: 'transfers' },
  modify_config: { max_order_value_usd: '50', reason: 'a bad day' },
  'get_history kind=fills': { kind: 'fills' },
  analyze_position: { product_id: 'BTC-USD' },
  risk_check: { product_id: 'BTC-USD', side: 'BUY', size: '0.001' },
  market_summary: { product_ids: 'BTC-USD' },
}

const named = (item: string): string => item.split(' ')[0] ?? item
const uriOf = (path: string): string => path.replace('{product_id}', 'BTC-USD').replace('{order_id}', 'venue-1')

/** A world in which every read finds something and every change succeeds. */
function richWorld(extra: Parameters<typeof fakeWorld>[1] = {}): FakeWorld {
  const world = fakeWorld({ time: new FakeTime(), log: new MemoryLog() }, extra)
  world.desk.intents = [fakeIntent(), fakeIntent({ intentId: 'waiting-1', needsApproval: true })]
  return world
}

interface Lists {
  readonly tool: readonly string[]
  readonly resource: readonly string[]
  readonly prompt: readonly string[]
}

/** Everything that is listed, by the names of the table. */
async function listed(client: WireClient): Promise<Lists> {
  const names = async (method: string, list: string) => listOf(await client.ask(method), list).map((item) => item.name)
  const found = [
    ...(await names('resources/list', 'resources')),
    ...(await names('resources/templates/list', 'resourceTemplates')),
  ]
  return {
    tool: await names('tools/list', 'tools'),
    resource: [...new Set(found)].map((name) => resources.find((resource) => resource.name === name)?.path ?? name),
    prompt: await names('prompts/list', 'prompts'),
  }
}

/** What becomes of asking for it: `yes` when it answers, `permission` when that is missing. */
async function use(client: WireClient, { kind, item }: Pick<Row, 'kind' | 'item'>): Promise<string> {
  const args = goodArguments[item] ?? {}
  if (kind === 'tool') {
    const answer = await client.ask('tools/call', { name: named(item), arguments: args })
    const content = contentOf(answer) as { readonly success?: boolean; readonly error?: { readonly code: string } }
    if (!answer.result?.['isError']) return 'yes'
    return content.error?.code === 'ERR_PERMISSION' ? 'permission' : JSON.stringify(content)
  }
  const answer: Answer =
    kind === 'resource'
      ? await client.ask('resources/read', { uri: uriOf(item) })
      : await client.ask('prompts/get', { name: item, arguments: args })
  if (answer.result !== undefined) return 'yes'
  return answer.error?.data?.['code'] === 'ERR_PERMISSION' ? 'permission' : JSON.stringify(answer)
}

/** How many suggestions are made for the first argument of a template or prompt; `undefined` where there is none to complete. */
async function suggestions(client: WireClient, { kind, item }: Row): Promise<number | undefined> {
  const resource = resources.find(({ path }) => path === item)
  const variable = /\{(\w+)\}/.exec(item)?.[1]
  const ref =
    kind === 'prompt'
      ? { type: 'ref/prompt', name: item }
      : resource && variable
        ? { type: 'ref/resource', uri: uriTemplate(resource) }
        : undefined
  if (!ref) return undefined
  const name = variable ?? prompts.find((prompt) => prompt.name === item)?.arguments[0]?.name
  const answer = await client.ask('completion/complete', { ref, argument: { name, value: '' } })
  const completion = answer.result?.['completion'] as { readonly values: readonly string[] } | undefined
  return completion?.values.length ?? -1
}

const transports: readonly (readonly [string, Era, (era: Era, options: OpenOptions) => Promise<WireClient>])[] = [
  ['stdio', '2025', openStdio],
  ['stdio', '2026', openStdio],
  ['HTTP', '2025', openHttp],
  ['HTTP', '2026', openHttp],
]

describe('the table of who may use what', () => {
  it('has one row for everything there is, with the permissions it needs', () => {
    const written = (kind: string) => rows.filter((row) => row.kind === kind && row.item === named(row.item))
    const asWritten = (kind: string) => written(kind).map(({ item, needs }) => [item, needs.join(', ')])
    const sorted = (list: readonly (readonly string[])[]) => [...list].sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    expect(sorted(asWritten('tool'))).toEqual(sorted(tools.map((tool) => [tool.name, tool.permissions.join(', ')])))
    expect(sorted(asWritten('resource'))).toEqual(sorted(resources.map((it) => [it.path, it.permissions.join(', ')])))
    expect(sorted(asWritten('prompt'))).toEqual(sorted(prompts.map((it) => [it.name, it.permissions.join(', ')])))
  })

  it('has no cell but yes, –, and refused, and a column for every role', () => {
    for (const { cells } of rows) {
      expect(Object.keys(cells)).toEqual(columns.map(([name]) => name))
      for (const cell of Object.values(cells)) expect(['yes', '–', 'refused']).toContain(cell)
    }
  })
})

describe.each(transports)('over %s, the %s era', (transport, era, open) => {
  describe.each(columns)('%s', (column, role, adminTrades) => {
    const principal: Principal = { name: 'x', role }
    let world: FakeWorld
    let client: WireClient
    let lists: Lists
    beforeAll(async () => {
      world = richWorld({ adminTrades })
      client = await open(era, { backend: world.surface, principal, adminTrades })
      lists = await listed(client)
    })
    afterAll(() => client.close())

    it.each(rows.map((row) => [row.kind, row.item, row] as const))('%s %s', async (kind, item, row) => {
      const cell = row.cells[column]
      const before = [
        world.desk.placed.length,
        world.desk.edited.length,
        world.desk.cancelled.length,
        world.tightened.length,
      ]
      expect(lists[kind as keyof Lists].includes(named(item))).toBe(cell !== '–')
      expect(await use(client, row)).toBe(cell === 'yes' ? 'yes' : 'permission')
      const made = await suggestions(client, row)
      if (made !== undefined) expect([made > 0, made < 0]).toEqual([cell === 'yes', false])
      const after = [
        world.desk.placed.length,
        world.desk.edited.length,
        world.desk.cancelled.length,
        world.tightened.length,
      ]
      if (cell !== 'yes') expect(after).toEqual(before)
    })

    it('is told of nothing it may not use when it asks for what does not exist', async () => {
      const hidden = rows.filter((row) => row.cells[column] === '–').map((row) => row.item)
      const answers = JSON.stringify([
        await client.ask('tools/call', { name: 'no_such_tool', arguments: {} }),
        await client.ask('prompts/get', { name: 'no_such_prompt', arguments: {} }),
        await client.ask('resources/read', { uri: 'market://nothing' }),
        ...(transport === 'stdio' && era === '2025'
          ? [await client.ask('resources/subscribe', { uri: 'market://nothing' })]
          : []),
      ])
      for (const item of hidden) expect(answers, item).not.toContain(item)
      expect(answers).toContain('list_products')
    })
  })

  it('an agent narrowed to some permissions has what these allow and nothing else', async () => {
    const subsets: readonly (readonly Permission[])[] = [
      ['read_market_data'],
      ['read_accounts', 'cancel_order'],
      ['read_market_data', 'place_order'],
      [],
    ]
    for (const permissions of subsets) {
      const world = richWorld()
      const client = await open(era, { backend: world.surface, principal: { name: 'x', role: 'trader', permissions } })
      const lists = await listed(client)
      for (const row of rows.filter(({ item }) => item === named(item))) {
        const may = row.needs.every((need) => permissions.includes(need as Permission))
        expect([row.item, lists[row.kind as keyof Lists].includes(row.item)]).toEqual([row.item, may])
        expect([row.item, await use(client, row)]).toEqual([row.item, may ? 'yes' : 'permission'])
      }
      await client.close()
    }
  })

  it('narrowing never adds: a viewer with every permission listed is a viewer', async () => {
    const client = await open(era, {
      backend: richWorld().surface,
      principal: { name: 'x', role: 'viewer', permissions: PERMISSIONS },
    })
    const lists = await listed(client)
    for (const { kind, item, cells } of rows)
      expect([item, lists[kind as keyof Lists].includes(named(item))]).toEqual([item, cells['viewer'] !== '–'])
    await client.close()
  })
})

describe.each(transports)('calls per minute over %s, the %s era', (_, era, open) => {
  const budget = { maxCallsPerMinute: (name: string) => (name === 'greedy' ? 3 : 100) }
  const greedy: Principal = { name: 'greedy', role: 'trader' }

  it('are bounded for each principal, and the refusal says when to come again', async () => {
    const time = new FakeTime()
    const world = fakeWorld({ time, log: new MemoryLog() }, budget)
    world.desk.intents = [fakeIntent()]
    const client = await open(era, { backend: world.surface, principal: greedy })
    const other = await open(era, { backend: world.surface, principal: { name: 'modest', role: 'trader' } })
    const calls = [
      { kind: 'tool', item: 'get_account' },
      { kind: 'resource', item: 'account://balances' },
      { kind: 'prompt', item: 'market_summary' },
    ]
    for (const call of calls) expect(await use(client, call)).toBe('yes')
    // The lists are no calls.
    await listed(client)
    const tool = contentOf(await client.ask('tools/call', { name: 'get_account', arguments: {} }))
    expect(tool).toMatchObject({
      success: false,
      error: { code: 'ERR_CALL_RATE', retry: 'later', retry_after_ms: expect.any(Number) as number },
    })
    expect(JSON.stringify(tool)).toMatch(/wait \d+ s and call again/)
    for (const [method, params] of [
      ['resources/read', { uri: 'account://balances' }],
      ['prompts/get', { name: 'market_summary', arguments: goodArguments['market_summary'] }],
      [
        'completion/complete',
        { ref: { type: 'ref/prompt', name: 'market_summary' }, argument: { name: 'product_ids', value: '' } },
      ],
    ] as const) {
      const { error } = await client.ask(method, params)
      expect(error).toMatchObject({ code: -32000, data: { code: 'ERR_CALL_RATE', retry: 'later' } })
      expect(error?.message).toMatch(/wait \d+ s/)
    }
    const placed = contentOf(
      await client.ask('tools/call', { name: 'place_order', arguments: goodArguments['place_order'] }),
    )
    expect(placed).toMatchObject({ success: false, error: { code: 'ERR_CALL_RATE' } })
    expect(placed).not.toHaveProperty('outcome', 'unknown')
    expect(world.desk.placed).toEqual([])
    for (const item of ['cancel_order', 'cancel_all_orders', 'halt_trading'])
      expect([item, await use(client, { kind: 'tool', item })]).toEqual([item, 'yes'])
    for (const call of calls) expect(await use(other, call)).toBe('yes')
    await time.advance(61_000)
    expect(await use(client, { kind: 'tool', item: 'get_account' })).toBe('yes')
    await client.close()
    await other.close()
  })
})
