import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from './config/config.js'
import { loadConfig } from './config/load-config.js'
import type { Gateway } from './gateway.js'
import { openGateway } from './open-gateway.js'

const local = { name: 'local', role: 'trader' } as const

const configIn = (folder: string, file?: string, env: Readonly<Record<string, string>> = {}): Config =>
  loadConfig({
    flags: { home: folder, ...(file === undefined ? {} : { config: 'c.yaml' }), 'log-level': 'WARN' },
    env,
    cwd: folder,
    readFile: () => file,
    platform: process.platform,
  })

const until = async (isTrue: () => Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('a paper gateway, over its own real wire', () => {
  let folder: string
  let gateway: Gateway

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-gateway-'))
    gateway = await openGateway(configIn(folder))
    await until(async () => (await gateway.health()).ready)
  }, 30_000)
  afterAll(async () => {
    await gateway?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('fills a market buy of 10 USD and shows it in orders, fills and balances', async () => {
    const { structured, isError } = await gateway.mcp.callTool(local, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '10',
    })
    expect(isError).toBe(false)
    expect(structured).toMatchObject({ success: true })
    const orderId = structured['order_id'] as string
    await until(async () => {
      const status = await gateway.mcp.readResource(local, `order://status/${orderId}`)
      return status.text.includes('FILLED')
    })
    const fills = await gateway.desk.fills({ orderId })
    expect(fills.length).toBeGreaterThan(0)
    const { balances } = await gateway.desk.balances()
    expect(balances.find((item) => item.currency === 'BTC')?.available.gt(0)).toBe(true)
  })

  it('reads the book from the stream once the product is followed', async () => {
    await until(async () => (await gateway.market.book('BTC-USD', 10)).source === 'stream')
    const book = await gateway.market.book('BTC-USD', 10)
    expect(book.value.bids[0]?.price.lt(book.value.asks[0]?.price ?? 0)).toBe(true)
    expect((await gateway.market.ticker('BTC-USDC')).value.productId).toBe('BTC-USDC')
  })

  it('lets an operator halt, and an agent place nothing then, and resume', async () => {
    const place = () =>
      gateway.mcp.callTool(local, 'place_order', {
        product_id: 'BTC-USD',
        side: 'BUY',
        order_type: 'MARKET',
        quote_size: '11',
      })
    expect(await gateway.control.call('halt', { reason: 'test' })).toMatchObject({ scope: 'account', mode: 'HALTED' })
    expect((await gateway.health()).mode).toBe('HALTED')
    expect((await place()).structured).toMatchObject({ success: false })
    expect(await gateway.control.call('resume', {})).toMatchObject({ mode: 'ACTIVE' })
    expect((await place()).structured).toMatchObject({ success: true })
  })

  it('holds an order above the confirmation limit until an operator approves', async () => {
    const { structured } = await gateway.mcp.callTool(local, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '600',
    })
    expect(JSON.stringify(structured)).toContain('awaiting_approval')
    const { approvals } = (await gateway.control.call('approvals_list', {})) as {
      approvals: { intent_id: string; terms_hash_prefix: string }[]
    }
    const { intent_id: intentId = '', terms_hash_prefix: hash = '' } = approvals[0] ?? {}
    const approve = (termsHash: string) =>
      gateway.control.call('approvals_approve', { intent_id: intentId, terms_hash: termsHash })
    expect(await approve('0'.repeat(12))).toMatchObject({ ok: false, why: 'terms', code: 'ERR_APPROVAL_REFUSED' })
    expect(await approve(hash)).toMatchObject({ ok: true, by: 'operator' })
    await until(async () => (await gateway.desk.getOrder(intentId))?.state === 'FILLED')
  })

  it('answers the operator’s other verbs and refuses unknown ones', async () => {
    expect(await gateway.control.call('status', {})).toMatchObject({
      environment: 'paper',
      ready: true,
      mode: 'ACTIVE',
    })
    expect(await gateway.control.call('audit_verify', {})).toMatchObject({ ok: true, firstBad: null })
    const { entries } = (await gateway.control.call('audit_show', { limit: 500 })) as { entries: { type: string }[] }
    expect(entries.map((entry) => entry.type)).toContain('gateway.opened')
    expect(await gateway.control.call('reconcile', {})).toMatchObject({ unresolved: [] })
    await expect(gateway.control.call('explode', {})).rejects.toThrow(/no verb/)
    await expect(gateway.control.call('halt', { scoop: 'account' })).rejects.toThrow(/scoop|args/)
    await expect(gateway.control.call('constructor', {})).rejects.toThrow(/no verb/)
  })

  it('counts what the specification asks to be counted', async () => {
    const text = await gateway.metrics.text()
    const value = (name: string): number =>
      text
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    for (const name of [
      'api_requests_total',
      'websocket_messages_received_total',
      'orders_placed_total',
      'trading_volume_usd',
    ]) {
      expect([name, value(name) > 0]).toEqual([name, true])
    }
    expect(value('order_placement_time_ms_count')).toBeGreaterThan(0)
    expect(value('api_request_duration_seconds_count')).toBeGreaterThan(0)
    expect(value('tool_calls_total')).toBeGreaterThan(0)
  })

  it('leaves its key in no file but the key’s own', async () => {
    const key = JSON.parse(readFileSync(gateway.paper?.keyFile ?? '', 'utf8')) as { privateKey: string }
    const lines = key.privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const entry of files) {
      const path = join(entry.parentPath, entry.name)
      if (path === gateway.paper?.keyFile) continue
      const text = readFileSync(path, 'latin1')
      for (const line of lines) expect([path, text.includes(line)]).toEqual([path, false])
    }
  })

  it('keeps everything over a restart', async () => {
    const before = await gateway.desk.listOrders({})
    await gateway.close()
    gateway = await openGateway(configIn(folder))
    await until(async () => (await gateway.health()).ready)
    const after = await gateway.desk.listOrders({})
    expect(after.map((intent) => [intent.intentId, intent.state])).toEqual(
      before.map((intent) => [intent.intentId, intent.state]),
    )
    expect(await gateway.control.call('audit_verify', {})).toMatchObject({ ok: true })
  })
})

describe('other environments', () => {
  it('the specification’s file opens the sandbox without a key, and says what it does not serve', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-gateway-'))
    const file = readFileSync(new URL('../../../config/mcp_server.yaml', import.meta.url), 'utf8')
    // Nothing listens there: the test must not depend on Coinbase being reachable.
    const gateway = await openGateway(configIn(folder, file, { TIDEGATE_COINBASE_REST_URL: 'http://127.0.0.1:9' }))
    try {
      expect(await gateway.health()).toMatchObject({ environment: 'sandbox', dryRun: true, feed: 'none' })
      await expect(gateway.market.products()).rejects.toThrow(/paper/)
    } finally {
      await gateway.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
