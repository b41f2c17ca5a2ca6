import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from './config/config.js'
import { loadConfig } from './config/load-config.js'
import { liveCheck } from './live-check.js'

let exchange: PaperExchange
beforeAll(async () => {
  exchange = await createPaperExchange({ seed: 7, rateLimits: 'off' })
})
afterAll(() => exchange.close())

function config(change: { environment?: string; secret?: string } = {}): Config {
  const file = `coinbase:\n  environment: ${change.environment ?? 'production'}\n  rest_url: ${exchange.rest}\nsafety: { dry_run_mode: true }\n`
  return loadConfig({
    flags: { config: '/c.yaml' },
    env: {
      HOME: '/h',
      COINBASE_API_KEY: exchange.keyName,
      COINBASE_API_SECRET: change.secret ?? exchange.privateKeyPem,
    },
    cwd: '/',
    readFile: (path) => (path === '/c.yaml' ? file : undefined),
    platform: 'linux',
    nodeVersion: '20.20.2',
  })
}

describe('liveCheck', () => {
  it('asks the configured address with the configured key, and reports', async () => {
    const report = await liveCheck(config())
    expect(report.results.find(({ endpoint }) => endpoint === 'listAccounts')?.verdict).toBe('same')
    expect(report).toMatchObject({ ok: true, failed: 0 })
    expect(exchange.orders()).toEqual([])
  })

  it('asks nobody outside production', async () => {
    await expect(liveCheck(config({ environment: 'paper' }))).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' })
  })

  it('says what is wrong with the key before any request', async () => {
    const legacy = {
      ...config(),
      coinbase: { ...config().coinbase, apiKey: 'a'.repeat(16), apiSecret: { reveal: () => 'b'.repeat(32) } },
    }
    await expect(liveCheck(legacy)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' })
  })
})
