import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectCoinbase } from '@tidegate/coinbase-client'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog } from '@tidegate/testkit'
import type { Timers } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from './config/config.js'
import { loadConfig } from './config/load-config.js'
import type { Gateway } from './gateway.js'
import { openLog } from './log/open-log.js'
import { openGateway } from './open-gateway.js'
import { createRuntime, type Runtime } from './runtime.js'
import { Secret } from './secrets/secret.js'
import { createSecretsFile, openSecretsFile, type SecretsFile } from './secrets/secrets-file.js'

const local = { name: 'local', role: 'trader' } as const
const passphrase = 'correct horse battery staple'
const trade = { canView: true, canTrade: true, canTransfer: false } as const

let exchange: PaperExchange
let folder: string
let gateway: Gateway | undefined
let file: SecretsFile
const runtime = createRuntime()
const sealed = () => join(folder, 'production', 'secrets.sealed')

/** A production gateway whose key is in a sealed file, on an exchange of this machine. */
beforeEach(async () => {
  exchange = await createPaperExchange({ seed: 11, log: new MemoryLog(), rateLimits: 'off' })
  folder = mkdtempSync(join(tmpdir(), 'tidegate-rotate-'))
  runtime.disk.makeFolder(join(folder, 'production'))
  file = createSecretsFile({ path: sealed(), environment: 'production', passphrase, ...runtime })
  file.set('coinbase.api_key', exchange.keyName)
  file.set('coinbase.api_secret', exchange.privateKeyPem)
  writeFileSync(join(folder, 'passphrase'), `${passphrase}\n`, { mode: 0o600 })
})
afterEach(async () => {
  await gateway?.close()
  gateway = undefined
  await exchange.close()
  rmSync(folder, { recursive: true, force: true })
})

const config = (env: Record<string, string> = {}): Config =>
  loadConfig({
    flags: { home: folder, environment: 'production' },
    env: {
      TIDEGATE_COINBASE_REST_URL: exchange.rest,
      TIDEGATE_COINBASE_MARKET_WS_URL: exchange.ws,
      TIDEGATE_SAFETY_DRY_RUN_MODE: 'false',
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '100',
      TIDEGATE_SECRETS_PASSPHRASE_FILE: 'passphrase',
      ...env,
    },
    cwd: folder,
    readFile: (path) => runtime.disk.readText(path),
    platform: process.platform,
  })

const opened = async (wanted = config(), using: Runtime = runtime): Promise<Gateway> => {
  const result = await openGateway(wanted, { runtime: using, log: openLog(wanted, undefined, { quiet: true }) })
  gateway = result
  while (!(await result.health()).ready) await new Promise((resolve) => setTimeout(resolve, 20))
  return result
}

/** Another key of the same portfolio. */
const addKey = (permissions: { canView: boolean; canTrade: boolean; canTransfer: boolean; portfolioId?: string }) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = exchange.keyName.replace(
    /[^/]+$/,
    `11111111-2222-4333-8444-${String(Math.floor(performance.now() * 1e6) % 1e12).padStart(12, '0')}`,
  )
  exchange.addKey({ name, publicKey: createPublicKey(privateKey), ...permissions })
  return { name, secret: privateKey.export({ format: 'pem', type: 'sec1' }).toString() }
}
const otherPortfolio = async (): Promise<string> => {
  const { client, close } = connectCoinbase({
    key: { name: exchange.keyName, secret: exchange.privateKeyPem },
    restUrl: exchange.rest,
  })
  try {
    return (await client.createPortfolio('other')).uuid
  } finally {
    close()
  }
}
const buy = (from: Gateway, quoteSize: string) =>
  from.mcp.callTool(local, 'place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'MARKET',
    quote_size: quoteSize,
  })

describe('a key in a sealed file', () => {
  it('opens production with the passphrase from a file, and stands nowhere in plain text', async () => {
    const running = await opened()
    expect((await buy(running, '10')).structured).toMatchObject({ success: true })
    const lines = exchange.privateKeyPem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'))
    const texts = [JSON.stringify(running.config), await running.metrics.text()]
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) texts.push(readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    }
    for (const line of lines) expect(texts.filter((text) => text.includes(line))).toEqual([])
  })

  it('goes before a key file and before the environment, and says so', async () => {
    const found = config({ COINBASE_API_KEY: 'organizations/o/apiKeys/other', COINBASE_API_SECRET: 'not a key' })
    expect(found.secrets.keySource).toBe('sealed file')
    expect(found.warnings.join()).toMatch(/COINBASE_API_SECRET is not used: the sealed file has the key/)
    await opened(found)
  })

  it('does not open without a passphrase, with a wrong one, or from a passphrase file that others may read', async () => {
    const without = config({ TIDEGATE_SECRETS_PASSPHRASE_FILE: '' })
    await expect(openGateway(without)).rejects.toThrow(/needs its passphrase/)
    await expect(openGateway(without, { passphrase: new Secret('wrong horse battery') })).rejects.toThrow(
      /does not open/,
    )
    if (process.platform !== 'win32') {
      chmodSync(join(folder, 'passphrase'), 0o644)
      await expect(openGateway(config())).rejects.toThrow(/passphrase.*open to others/)
    }
    // Nothing was opened for any of them.
    expect(readdirSync(join(folder, 'production'))).toEqual(['secrets.sealed'])
  })
})

describe('rotation of the key', () => {
  it('takes the new key while orders go on, keeps the portfolio, and survives a restart', async () => {
    const running = await opened()
    const before = await running.mcp.readResource(local, 'account://profile')
    const next = addKey(trade)
    file.stageNext(next)
    const [answer, ...orders] = await Promise.all([
      running.control.call('rotate_key', {}),
      ...['10', '11', '12'].map((amount) => buy(running, amount)),
    ])
    expect(answer).toMatchObject({ ok: true, from: exchange.keyName, to: next.name, portfolio: exchange.portfolioId })
    for (const order of orders) expect(order.structured).toMatchObject({ success: true })
    const after = await running.mcp.readResource(local, 'account://profile')
    expect(JSON.parse(after.text)['portfolio_id']).toEqual(JSON.parse(before.text)['portfolio_id'])
    expect(openSecretsFile({ path: sealed(), environment: 'production', passphrase, ...runtime }).key()).toEqual(next)
    const { entries } = (await running.control.call('audit_show', { limit: 1_000 })) as { entries: { type: string }[] }
    expect(entries.filter(({ type }) => type === 'key.rotated')).toHaveLength(1)
    await running.close()
    const again = await opened()
    expect((await buy(again, '13')).structured).toMatchObject({ success: true })
    expect(again.config.coinbase.apiKey).toBe(next.name)
  })

  it.each([
    ['may transfer money', () => addKey({ ...trade, canTransfer: true }), /transfer/],
    ['may not trade', () => addKey({ ...trade, canTrade: false }), /may not trade/],
    ['sees another portfolio', async () => addKey({ ...trade, portfolioId: await otherPortfolio() }), /portfolio/],
    [
      'is unknown to the venue',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
        return {
          name: 'organizations/o/apiKeys/unknown',
          secret: privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
        }
      },
      /401|Unauthorized|key/i,
    ],
  ])('refuses a key that %s, keeps the old one, and forgets the new one', async (_, make, message) => {
    const running = await opened()
    file.stageNext(await make())
    await expect(running.control.call('rotate_key', {})).rejects.toThrow(message)
    expect((await buy(running, '10')).structured).toMatchObject({ success: true })
    file.reload()
    expect(file.nextKey()).toBeUndefined()
    expect(file.key()?.name).toBe(exchange.keyName)
  })

  it('refuses when no other key waits', async () => {
    const running = await opened()
    await expect(running.control.call('rotate_key', {})).rejects.toThrow(/no other key waits/)
  })

  it('reads a key file again that was replaced', async () => {
    rmSync(sealed())
    const keyFile = join(folder, 'key.json')
    const write = (key: { name: string; secret: string }) =>
      writeFileSync(keyFile, JSON.stringify({ name: key.name, privateKey: key.secret }), { mode: 0o600 })
    write({ name: exchange.keyName, secret: exchange.privateKeyPem })
    const running = await opened(config({ TIDEGATE_COINBASE_KEY_FILE: 'key.json' }))
    const next = addKey(trade)
    write(next)
    expect(await running.control.call('rotate_key', {})).toMatchObject({ ok: true, to: next.name })
    if (process.platform === 'win32') return
    chmodSync(keyFile, 0o644)
    expect(() => config({ TIDEGATE_COINBASE_KEY_FILE: 'key.json' })).toThrow(/open to others/)
  })

  it('is not possible where the key stands in the environment, and says what would do', async () => {
    rmSync(sealed())
    const running = await opened(
      config({ COINBASE_API_KEY: exchange.keyName, COINBASE_API_SECRET: exchange.privateKeyPem }),
    )
    expect(running.config.warnings.join()).toMatch(/COINBASE_API_SECRET, in plain text/)
    await expect(running.control.call('rotate_key', {})).rejects.toThrow(/secrets init/)
  })
})

describe('a key that is widened while we run', () => {
  it('halts the account within the hour, in words', async () => {
    const hourly: (() => void)[] = []
    const timers: Timers = {
      ...runtime.timers,
      every(ms, run) {
        if (ms === 3_600_000) hourly.push(run)
        return runtime.timers.every(ms, run)
      },
    }
    const running = await opened(config(), { ...runtime, timers })
    exchange.addKey({
      name: exchange.keyName,
      publicKey: createPublicKey(exchange.privateKeyPem),
      ...trade,
      canTransfer: true,
    })
    for (const check of hourly) check()
    while ((await running.health()).mode !== 'HALTED') await new Promise((resolve) => setTimeout(resolve, 20))
    const modes = await running.desk.modes()
    expect(modes.find(({ scope }) => scope === 'account')?.reason).toMatch(/may transfer money out of the account/)
    expect((await buy(running, '10')).structured).toMatchObject({ success: false })
  })
})
