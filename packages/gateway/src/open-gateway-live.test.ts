import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog, startTcpProxy } from '@tidegate/testkit'
import { BaseError } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from './config/config.js'
import { loadConfig } from './config/load-config.js'
import type { Gateway } from './gateway.js'
import { openGateway } from './open-gateway.js'

const local = { name: 'local', role: 'trader' } as const

/** Production code and production settings against an exchange on this machine: everything but the money. */
describe('a production gateway', () => {
  let exchange: PaperExchange
  let folder: string
  let gateway: Gateway | undefined

  beforeEach(async () => {
    exchange = await createPaperExchange({ seed: 3, log: new MemoryLog() })
    folder = mkdtempSync(join(tmpdir(), 'tidegate-live-'))
    gateway = undefined
  })
  afterEach(async () => {
    await gateway?.close()
    await exchange.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const config = (key: { name: string; pem: string }, env: Record<string, string> = {}): Config =>
    loadConfig({
      flags: { home: folder, environment: 'production', 'log-level': 'ERROR' },
      env: {
        COINBASE_API_KEY: key.name,
        COINBASE_API_SECRET: key.pem,
        TIDEGATE_COINBASE_REST_URL: exchange.rest,
        TIDEGATE_COINBASE_MARKET_WS_URL: exchange.ws,
        ...env,
      },
      cwd: folder,
      readFile: () => undefined,
      platform: process.platform,
    })
  const live = { TIDEGATE_SAFETY_DRY_RUN_MODE: 'false', TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '100' }
  const ownKey = () => ({ name: exchange.keyName, pem: exchange.privateKeyPem })

  /** A key of its own at the exchange, with the permissions given. */
  const addKey = (permissions: { canView: boolean; canTrade: boolean; canTransfer: boolean }) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const name = exchange.keyName.replace(/[^/]+$/, '11111111-2222-4333-8444-555555555555')
    exchange.addKey({ name, publicKey: createPublicKey(privateKey), ...permissions })
    return { name, pem: privateKey.export({ format: 'pem', type: 'sec1' }).toString() }
  }

  const opened = async (wanted: Config): Promise<Gateway> => {
    const result = await openGateway(wanted)
    gateway = result
    while (!(await result.health()).ready) await new Promise((resolve) => setTimeout(resolve, 20))
    return result
  }
  const buy = (from: Gateway, quoteSize: string) =>
    from.mcp.callTool(local, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: quoteSize,
    })

  it.each([
    ['may transfer', { canView: true, canTrade: true, canTransfer: true }, /transfer/],
    ['may not view', { canView: false, canTrade: true, canTransfer: false }, /view/],
    ['may not trade', { canView: true, canTrade: false, canTransfer: false }, /trade/],
  ])('refuses a key that %s, and leaves nothing open', async (_, permissions, message) => {
    const wanted = config(addKey(permissions), live)
    await expect(openGateway(wanted)).rejects.toThrow(message)
    // The store was never created, and a second try with a good key works at once.
    expect(readdirSync(join(folder, 'production')).filter((name) => name.includes('sqlite'))).toEqual([])
    await opened(config(ownKey(), live))
  })

  it('takes a key that may not trade for a dry run', async () => {
    const dry = await opened(config(addKey({ canView: true, canTrade: false, canTransfer: false })))
    expect(dry.config.dryRun).toBe(true)
  })

  it('in a dry run checks everything and sends nothing', async () => {
    const dry = await opened(config(ownKey()))
    const { structured } = await buy(dry, '10')
    expect(JSON.stringify(structured)).toContain('dry_run')
    expect((await buy(dry, '5000')).structured).toMatchObject({ success: false })
    expect(exchange.orders()).toEqual([])
    expect(await dry.desk.listOrders({})).toEqual([])
  })

  it('opens also while the venue cannot be reached, once it has met it; orders wait until the key was checked', async () => {
    const proxy = await startTcpProxy(Number(new URL(exchange.rest).port))
    try {
      const behind = config(ownKey(), { ...live, TIDEGATE_COINBASE_REST_URL: `http://127.0.0.1:${proxy.port}` })
      await proxy.down()
      await expect(openGateway(behind)).rejects.toThrow(BaseError)
      await proxy.up()
      await (await opened(behind)).close()
      await proxy.down()
      const running = await openGateway(behind)
      gateway = running
      expect(await running.health()).toMatchObject({ ready: false })
      await expect(running.desk.balances()).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_VENUE/) as string,
      })
      expect((await running.desk.cancel(local, '11111111-2222-4333-8444-000000000000')).outcome).toBe('unknown')
      expect((await buy(running, '10')).structured).toMatchObject({ success: false })
      expect(exchange.orders()).toEqual([])
      await proxy.up()
      while (!(await running.health()).ready) await new Promise((resolve) => setTimeout(resolve, 20))
      expect((await buy(running, '10')).structured).toMatchObject({ success: true })
    } finally {
      await proxy.close()
    }
  }, 90_000)

  it('live sends within its limits, and its secret is in no file and no answer', async () => {
    const running = await opened(config(ownKey(), live))
    const placed = await buy(running, '10')
    expect(placed.structured).toMatchObject({ success: true })
    expect((await buy(running, '101')).structured).toMatchObject({ success: false })
    expect(exchange.orders()).toHaveLength(1)
    expect(exchange.reconcile()).toEqual([])

    const lines = exchange.privateKeyPem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))
    const profile = await running.mcp.readResource(local, 'account://profile')
    const texts = [JSON.stringify(placed), profile.text, await running.metrics.text(), JSON.stringify(running.config)]
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) texts.push(readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    }
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) expect(texts.filter((text) => text.includes(line))).toEqual([])
  })
})
