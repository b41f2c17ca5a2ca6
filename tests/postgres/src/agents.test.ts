import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Home, loadConfig, openHome } from '@tidegate/gateway'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog } from '@tidegate/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from './start-postgres.js'

/** Agents on the one account of several gateways. */
const file = `
agents:
  momentum: { role: trader, daily_budget_usd: 100 }
  patient: { role: trader, limits: { max_open_orders: 3 } }
  research: { role: viewer }
policy: { max_orders_per_minute: 100, duplicate_order_window_ms: off }
`

let postgres: PostgresServer
let exchange: PaperExchange
let url: string
let folder: string
const homes: Home[] = []

beforeAll(async () => {
  postgres = await startPostgres()
  exchange = await createPaperExchange({ seed: 5, log: new MemoryLog(), rateLimits: 'off' })
  url = await postgres.createDatabase()
  folder = mkdtempSync(join(tmpdir(), 'tidegate-agents-'))
  for (const name of ['a', 'b']) homes.push(await serve(name))
}, 120_000)
afterAll(async () => {
  for (const home of homes) await home.close()
  await exchange?.close()
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function serve(name: string): Promise<Home> {
  const home = join(folder, name)
  if (name !== 'a') {
    mkdirSync(join(home, 'production'), { recursive: true })
    const key = join('production', 'audit-heads.jsonl.key')
    copyFileSync(join(folder, 'a', key), join(home, key))
  }
  const config = loadConfig({
    flags: { home, config: 'c.yaml', environment: 'production', 'log-level': 'ERROR', port: '0' },
    env: {
      COINBASE_API_KEY: exchange.keyName,
      COINBASE_API_SECRET: exchange.privateKeyPem,
      TIDEGATE_COINBASE_REST_URL: exchange.rest,
      TIDEGATE_COINBASE_MARKET_WS_URL: exchange.ws,
      TIDEGATE_STORE_URL: url,
      TIDEGATE_SAFETY_DRY_RUN_MODE: 'false',
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '100',
    },
    cwd: home,
    readFile: () => file,
    platform: process.platform,
  })
  const opened = openHome(config, { as: 'serve', quiet: true })
  await opened.endpoint()
  while (!(await opened.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 20))
  return opened
}

interface Answer {
  readonly status: number
  readonly json: { readonly result?: { readonly structured: Readonly<Record<string, unknown>> } }
}

/** Calls a tool at one of the gateways over HTTP. */
async function call(at: Home | undefined, token: string, name: string, args: object): Promise<Answer> {
  const endpoint = await at?.endpoint()
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${endpoint?.url}/backend`,
      { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as Answer['json'] }),
        )
      },
    )
    request.on('error', reject)
    request.end(JSON.stringify({ call: { op: 'callTool', name, args } }))
  })
}

const create = async (
  at: Home | undefined,
  agent: string,
): Promise<{ readonly token: string; readonly id: string }> => {
  const made = (await at?.control.call('tokens_create', { agent })) ?? {}
  return made as unknown as { readonly token: string; readonly id: string }
}

describe('agents of several gateways', () => {
  it('show a token that was made at one of them to any, and it is revoked at all of them at once', async () => {
    const { token, id } = await create(homes[0], 'research')
    const status = async (at: Home | undefined) => (await call(at, token, 'list_products', {})).status
    expect([await status(homes[0]), await status(homes[1])]).toEqual([200, 200])
    await homes[1]?.control.call('tokens_revoke', { agent: 'research', id })
    expect([await status(homes[0]), await status(homes[1])]).toEqual([401, 401])
  })

  it('have at most two active tokens, made at the same moment or not', async () => {
    const made = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => create(homes[index % 2], 'research')))
    expect(made.filter((each) => each.status === 'fulfilled')).toHaveLength(2)
  })

  it('have together as many open orders as one agent may have', async () => {
    const { token } = await create(homes[1], 'patient')
    const ticker = await homes[0]?.gateway()?.market.ticker('BTC-USD')
    const wish = (index: number) =>
      call(homes[index % 2], token, 'place_order', {
        product_id: 'BTC-USD',
        side: 'BUY',
        order_type: 'LIMIT',
        size: '0.0005',
        limit_price: ticker?.value.bestBid?.times(`0.9${index}`).toFixed(2) ?? '',
      })
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => wish(index)))
    const content = answers.map(({ json }) => json.result?.structured ?? {})
    expect(content.filter((each) => each['success'] === true)).toHaveLength(3)
    const refused = content.filter((each) => each['outcome'] === 'denied')
    expect(refused).toHaveLength(5)
    for (const each of refused) expect(JSON.stringify(each)).toContain('3 orders of agent:patient')
  }, 60_000)

  it('share one budget of the day exactly, also after a restart of one of them', async () => {
    const { token } = await create(homes[0], 'momentum')
    const buy = (index: number) =>
      call(homes[index % 2], token, 'place_order', {
        product_id: 'BTC-USD',
        side: 'BUY',
        order_type: 'MARKET',
        quote_size: '15',
        client_order_id: `wish-${index}`,
      })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => buy(index)))
    const content = answers.map(({ json }) => json.result?.structured ?? {})
    const filled = content.filter((each) => each['success'] === true)
    // 15 USD with the fee inside: six of them fit into 100 USD, a seventh does not.
    expect(filled).toHaveLength(6)
    const refused = content.filter((each) => each['outcome'] === 'denied')
    expect(refused).toHaveLength(6)
    expect(JSON.stringify(refused)).toContain('RISK_DAILY_VALUE')
    await homes[1]?.close()
    homes[1] = await serve('b')
    const again = (
      await call(homes[1], token, 'place_order', {
        product_id: 'BTC-USD',
        side: 'BUY',
        order_type: 'MARKET',
        quote_size: '15',
        client_order_id: 'wish-99',
      })
    ).json.result?.structured
    expect(again).toMatchObject({ outcome: 'denied' })
    expect(JSON.stringify(again)).toContain('RISK_DAILY_VALUE')
  }, 60_000)
})
