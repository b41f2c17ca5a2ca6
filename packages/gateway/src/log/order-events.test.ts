import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog } from '@tidegate/testkit'
import { Decimal } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import type { Gateway } from '../gateway.js'
import { openGateway } from '../open-gateway.js'
import { openLog } from './open-log.js'

const local = { name: 'local', role: 'trader' } as const

let exchange: PaperExchange
let folder: string
let config: Config
let gateway: Gateway
let webhook: Server
const alerts: Record<string, unknown>[] = []

/** A production gateway on a real exchange over the wire, with its log file and a webhook. */
beforeAll(async () => {
  webhook = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => {
      alerts.push(JSON.parse(text) as Record<string, unknown>)
      response.end()
    })
  })
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve))
  exchange = await createPaperExchange({ seed: 31, log: new MemoryLog(), rateLimits: 'off' })
  folder = mkdtempSync(join(tmpdir(), 'tidegate-events-'))
  config = loadConfig({
    flags: { home: folder, environment: 'production' },
    env: {
      COINBASE_API_KEY: exchange.keyName,
      COINBASE_API_SECRET: exchange.privateKeyPem,
      TIDEGATE_COINBASE_REST_URL: exchange.rest,
      TIDEGATE_COINBASE_MARKET_WS_URL: exchange.ws,
      TIDEGATE_SAFETY_DRY_RUN_MODE: 'false',
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '500',
      TIDEGATE_POLICY_MAX_ORDERS_PER_MINUTE: '1000',
      TIDEGATE_ALERTS_WEBHOOK_URL: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/hook/path-of-the-webhook`,
      TIDEGATE_ALERTS_MUTE: 'external_order',
      TIDEGATE_ALERTS_WINDOW_SECONDS: '1',
    },
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
  const log = openLog(config, undefined, { quiet: true })
  await log.openFile()
  gateway = await openGateway(config, { log })
  while (!(await gateway.health()).ready) await new Promise((resolve) => setTimeout(resolve, 20))
}, 60_000)
afterAll(async () => {
  await gateway?.close()
  await exchange?.close()
  await new Promise((resolve) => webhook.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

type Line = Readonly<Record<string, unknown>>

const lines = (event: string): readonly Line[] =>
  readFileSync(config.logging.file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line['event'] === event)

async function until<T>(look: () => T | Promise<T>, isRight: (found: T) => boolean): Promise<T> {
  for (;;) {
    const found = await look()
    if (isRight(found)) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const price = async (percent: number): Promise<string> =>
  (await gateway.market.ticker('BTC-USD')).value.price.times(percent).div(100).floor().toFixed()

describe('the events of the specification', () => {
  it('order_placed: once per order, with its fields as they were sent', async () => {
    const limit = await price(90)
    const { structured } = await gateway.mcp.callTool(local, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'LIMIT',
      // One without an end is changed in place; others are replaced.
      time_in_force: 'GTC',
      size: '0.001',
      limit_price: limit,
    })
    const id = structured['order_id'] as string
    const intentId = structured['intent_id'] as string
    await until(
      () => lines('order_placed'),
      (found) => found.some((line) => line['order_id'] === id),
    )
    await gateway.desk.reconcile('test')
    expect(lines('order_placed').filter((line) => line['order_id'] === id)).toEqual([
      expect.objectContaining({
        level: 'info',
        order_id: id,
        product: 'BTC-USD',
        side: 'BUY',
        size: '0.001',
        order_type: 'LIMIT',
        agent_id: 'local',
      }),
    ])
    // An edit is told of once, with the order it changed, whoever sees it first.
    const limitPrice = new Decimal(await price(91))
    await gateway.desk.edit({ principal: local, id: intentId, limitPrice, waitMs: 10_000 })
    await gateway.desk.reconcile('test')
    const edits = await until(
      () => lines('edit_applied'),
      (found) => found.length > 0,
    )
    expect(edits).toEqual([expect.objectContaining({ order_id: id, product: 'BTC-USD' })])
    await gateway.desk.cancel(local, intentId)
    const ended = await until(
      () => lines('order_ended').filter((line) => line['order_id'] === id),
      (found) => found.length > 0,
    )
    await gateway.desk.reconcile('test')
    expect(ended).toHaveLength(1)
    expect(lines('order_placed').filter((line) => line['order_id'] === id)).toHaveLength(1)
  })

  it('api_error: once per failed request, as an error, with its code, its endpoint and the id to ask the venue about', async () => {
    const isRefusal = (line: Line): boolean => line['endpoint'] === 'listAccounts'
    exchange.faults.next({ kind: 'http-401', verb: 'list-accounts', times: 2 })
    await gateway.desk.balances().catch(() => undefined)
    exchange.faults.clear()
    const counted = async (): Promise<number> =>
      Number(
        /api_errors_total\{endpoint="listAccounts",error_code="ERR_VENUE_AUTH"\} (\d+)/.exec(
          await gateway.metrics.text(),
        )?.[1] ?? 0,
      )
    // The file is written behind the numbers; as many lines as failures, not one more.
    const { found } = await until(
      async () => ({ count: await counted(), found: lines('api_error').filter(isRefusal) }),
      ({ count, found: now }) => count > 0 && now.length === count,
    )
    for (const line of found) {
      expect(line).toMatchObject({ level: 'error', error_code: 'ERR_VENUE_AUTH', endpoint: 'listAccounts' })
      expect(line['error_message']).toEqual(expect.any(String))
      expect(line).toHaveProperty('request_id')
    }
    await gateway.desk.reconcile('test')
    expect(lines('api_error').filter(isRefusal)).toHaveLength(await counted())
  })
})

describe('a person is called', () => {
  const about = (kind: string) =>
    until(
      () => alerts.filter((alert) => alert['kind'] === kind),
      (found) => found.length > 0,
    )

  it('by a key that the venue refuses', async () => {
    expect((await about('key'))[0]).toMatchObject({
      subject: 'listAccounts',
      environment: 'production',
      text: expect.stringMatching(/^\[tidegate production\] listAccounts failed with ERR_VENUE_AUTH/) as string,
    })
  })

  it('by a halt, and not by what is muted', async () => {
    await gateway.control.call('halt', { reason: 'a look at the table' })
    expect((await about('breaker'))[0]?.['text']).toMatch(
      /account went from ACTIVE to HALTED by .*: a look at the table/,
    )
    await gateway.control.call('resume', {})
    gateway.log.warn('order_from_outside', { product: 'BTC-USD' })
    await gateway.control.call('halt', { scope: 'product:ETH-USD', reason: 'after it' })
    await until(
      () => alerts,
      (found) => found.some((alert) => alert['subject'] === 'product:ETH-USD'),
    )
    expect(alerts.some((alert) => alert['kind'] === 'external_order')).toBe(false)
    await gateway.control.call('resume', { scope: 'product:ETH-USD' })
  })

  it('once for repeats, with their number when the window closes', async () => {
    for (let time = 0; time < 3; time++) {
      await gateway.control.call('halt', { scope: 'product:SOL-USD', reason: 'again' })
      await gateway.control.call('resume', { scope: 'product:SOL-USD' })
    }
    const told = await until(
      () => alerts.filter((alert) => alert['subject'] === 'product:SOL-USD'),
      (found) => found.length === 2,
    )
    expect(told.map((alert) => alert['count'])).toEqual([1, 2])
  })

  it('by the test command, which says what happened', async () => {
    expect(await gateway.control.call('alerts_test', {})).toMatchObject({ ok: true, webhook: 'sent', status: 200 })
    expect(alerts.at(-1)).toMatchObject({ subject: 'test' })
    await expect(gateway.control.call('alerts_test', { x: 1 })).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' })
  })

  it('in the log as well, where the address of the webhook is not', async () => {
    await until(
      () => lines('alert'),
      (found) => found.length > 3,
    )
    expect(readFileSync(config.logging.file, 'utf8')).not.toContain('path-of-the-webhook')
  })
})
