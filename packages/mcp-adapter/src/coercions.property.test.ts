import { PassThrough } from 'node:stream'
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { formatDecimal, type InputIssue } from '@tidegate/trading-model'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fakeIntent } from '../test-support/fake-world.js'
import { type FakeWorld, fakeWorld, TRADER } from '../test-support/fake-world-surface.js'
import { type Answer, contentOf, initialize, serverInfo } from '../test-support/mcp-wire.js'
import { serveMcpStdio } from './bind-sdk.js'
import { tools } from './tools/list.js'

/*
 * The rule, for every tool: a value is taken exactly as it was sent, or it is refused with the text to send instead. What is taken
 * beyond the schema loses nothing: JSON null for a value left out, and digits in a string for a count. A JSON number never becomes an
 * amount: it was a float before we saw it.
 */

/** Arguments with which each tool does its work; a property is changed at a time. */
const good: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  place_order: { product_id: 'BTC-USD', side: 'BUY', order_type: 'LIMIT', size: '0.001', limit_price: '99000' },
  edit_order: { order_id: 'venue-1', limit_price: '99000' },
  cancel_order: { order_id: 'venue-1' },
  check_trade_risk: { product_id: 'BTC-USD', side: 'BUY', size: '0.001', price: '99000' },
  get_market_data: { product_ids: ['BTC-USD'] },
  get_historical_candles: { product_id: 'BTC-USD', granularity: '1h' },
  subscribe_ticker: { symbols: ['BTC-USD'], wait_ms: 0 },
  get_orders: {},
  get_history: {},
  list_products: {},
  wait_for_event: { event: 'price', product_id: 'BTC-USD', direction: 'ABOVE', price: '1' },
}

let world: FakeWorld
/** Sends the arguments as the given text, so that nothing of ours parses or writes them on the way. */
let call: (tool: string, argumentsText: string) => Promise<Answer>
let stop: () => Promise<void>

beforeAll(async () => {
  world = fakeWorld({ time: new FakeTime(), log: new MemoryLog() })
  world.desk.intents = [fakeIntent()]
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const server = serveMcpStdio({ backend: world.surface, principal: TRADER, serverInfo, stdin, stdout })
  const waiting = new Map<unknown, (answer: Answer) => void>()
  let rest = ''
  stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const message = JSON.parse(line) as Answer & { readonly id?: unknown }
      waiting.get(message.id)?.(message)
      waiting.delete(message.id)
    }
  })
  let id = 0
  const send = (method: string, paramsText: string): Promise<Answer> =>
    new Promise((resolve) => {
      waiting.set(++id, resolve)
      stdin.write(`{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${paramsText}}\n`)
    })
  await send(initialize.method, JSON.stringify(initialize.params))
  call = (tool, argumentsText) => send('tools/call', `{"name":"${tool}","arguments":${argumentsText}}`)
  stop = () => server.close()
})
afterAll(() => stop())

/** The arguments of a tool with one property replaced by a piece of JSON as it is written. */
function withText(tool: string, name: string, json: string): string {
  // price and limit_price are two words for the same.
  const same = tool === 'check_trade_risk' && name === 'limit_price' ? 'price' : name
  const others = Object.entries(good[tool] ?? {}).filter(([other]) => other !== name && other !== same)
  return `{${[...others.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`), `${JSON.stringify(name)}:${json}`].join(',')}}`
}

interface Refusal {
  readonly success: boolean
  readonly error?: { readonly code: string; readonly issues?: readonly InputIssue[] }
}

/** What was found wrong with a property; `undefined` when it was not refused for it. */
async function refusalOf(tool: string, name: string, json: string): Promise<InputIssue | undefined> {
  const { result } = await call(tool, withText(tool, name, json))
  if (!result?.['isError']) return undefined
  const { error } = contentOf({ result }) as Refusal
  expect(error?.code).toBe('ERR_INPUT_INVALID')
  return error?.issues?.find(({ field }) => field === name)
}

const properties = (type: string) =>
  tools
    // Tools of the admin are refused to a trader before anything is read.
    .filter(
      (tool) =>
        good[tool.name] !== undefined || tool.permissions.every((it) => !it.startsWith('modify') && it !== 'view_logs'),
    )
    .flatMap((tool) =>
      Object.entries(tool.inputSchema.properties)
        .filter(([, schema]) => schema.type === type)
        .map(([name]) => [tool.name, name] as const),
    )
const untouched = () => [world.desk.placed.length, world.desk.edited.length, world.desk.cancelled.length]

describe('what hosts make of values', () => {
  it.each(properties('string'))('%s %s: no number, boolean, array or object stands for text', async (tool, name) => {
    const before = untouched()
    for (const json of ['5', '0.1', '1e3', 'true', '[]', '["x"]', '{}']) {
      const issue = await refusalOf(tool, name, json)
      expect(issue, `${name}: ${json}`).toBeDefined()
      expect(issue?.fix.length).toBeGreaterThan(3)
    }
    expect(untouched()).toEqual(before)
  })

  it.each(properties('boolean'))(
    '%s %s: words and numbers are no booleans, and the cure says so',
    async (tool, name) => {
      for (const json of ['"true"', '"false"', '"null"', '""', '0', '1', '[true]']) {
        const issue = await refusalOf(tool, name, json)
        expect(issue?.fix, `${name}: ${json}`).toMatch(/true or false/)
      }
    },
  )

  it.each(properties('integer'))(
    '%s %s: a count is whole; digits in a string are the same count',
    async (tool, name) => {
      for (const json of [
        '5.5',
        '"5.0"',
        '"1e1"',
        'true',
        '"null"',
        '""',
        '[5]',
        '1e999',
        '-1',
        '99999999999999999999',
      ]) {
        expect(await refusalOf(tool, name, json), `${name}: ${json}`).toBeDefined()
      }
      // Part of orders of another type than the one that is changed here.
      if (name === 'num_orders') return
      for (const json of ['5', '"5"', '5.0', '5e0']) expect(await refusalOf(tool, name, json), json).toBeUndefined()
    },
  )

  it.each(properties('array'))(
    '%s %s: an array in a string is shown as the array that was meant',
    async (tool, name) => {
      for (const json of [String.raw`"[\"BTC-USD\"]"`, '"BTC-USD"', `"['BTC-USD']"`]) {
        expect((await refusalOf(tool, name, json))?.fix, json).toContain('["BTC-USD"]')
      }
      expect((await refusalOf(tool, name, '"BTC-USD, ETH-USD"'))?.fix).toContain('["BTC-USD","ETH-USD"]')
      for (const json of ['"null"', '""', '5', '{}', '[]', '[5]', '[null]', '[["BTC-USD"]]']) {
        expect((await refusalOf(tool, name, json))?.fix, json).toMatch(/send/)
      }
    },
  )

  it.each(
    tools
      .filter(({ name }) => good[name] !== undefined)
      .flatMap((tool) =>
        Object.keys(tool.inputSchema.properties)
          .filter((name) => good[tool.name]?.[name] === undefined)
          .map((name) => [tool.name, name] as const),
      ),
  )('%s %s: JSON null is as if it was left out', async (tool, name) => {
    const { result } = await call(tool, withText(tool, name, 'null'))
    const plain = await call(tool, JSON.stringify(good[tool]))
    expect(Boolean(result?.['isError'])).toBe(Boolean(plain.result?.['isError']))
  })

  it.each([
    ['place_order', 'client_order_id'],
    ['edit_order', 'client_order_id'],
    ['cancel_order', 'order_id'],
    ['get_orders', 'order_id'],
  ])('%s %s: words for nothing are no name, or the next order would be a repeat of the last', async (tool, name) => {
    const before = untouched()
    for (const word of ['null', 'NULL', 'None', 'undefined', '', ' ']) {
      expect(await refusalOf(tool, name, JSON.stringify(word)), JSON.stringify(word)).toBeDefined()
    }
    expect(untouched()).toEqual(before)
  })
})

const digits = (length: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: length })
/** A decimal as a person writes it: up to 12 digits before and 18 behind the point, more than a float keeps. */
const decimalText = fc
  .tuple(fc.integer({ min: 1, max: 9 }), digits(11), digits(17), fc.integer({ min: 1, max: 9 }))
  .map(([first, whole, part, last]) => `${first}${whole.join('')}.${part.join('')}${last}`)
const amounts = tools
  .filter(({ name }) => good[name] !== undefined)
  .flatMap((tool) =>
    Object.keys(tool.inputSchema.properties)
      .filter((name) => /size|price/.test(name))
      .map((name) => [tool.name, name] as const),
  )

describe('amounts over the wire', () => {
  it('reach the desk with every digit they were sent with', async () => {
    await fc.assert(
      fc.asyncProperty(decimalText, decimalText, async (size, price) => {
        const args = { ...good['place_order'], size, limit_price: price, client_order_id: `k${size}` }
        const { result } = await call('place_order', JSON.stringify(args))
        expect(result?.['isError']).toBeFalsy()
        const terms = world.desk.placed.at(-1)?.terms
        expect(terms?.size.kind === 'base' && formatDecimal(terms.size.baseSize)).toBe(size)
        expect(terms?.orderType === 'LIMIT' && formatDecimal(terms.limitPrice)).toBe(price)
      }),
      { numRuns: 100 },
    )
  })

  it.each(amounts)('%s %s: any JSON number is refused, whatever it is worth', async (tool, name) => {
    const before = untouched()
    const literal = fc.oneof(
      decimalText,
      decimalText.map((text) => `-${text}`),
      fc.tuple(decimalText, fc.integer({ min: -30, max: 30 })).map(([text, power]) => `${text}e${power}`),
      fc.integer().map(String),
    )
    await fc.assert(
      fc.asyncProperty(literal, async (json) => {
        const issue = await refusalOf(tool, name, json)
        expect(issue?.fix).toMatch(/quotes|string|leave/)
      }),
      { numRuns: 8 },
    )
    expect(untouched()).toEqual(before)
  })
})
