import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog } from '@tidegate/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.js'
import { writeOwner } from '../home/owner-file.js'
import { createRuntime } from '../runtime.js'
import { runWatchdog } from './run-watchdog.js'

const runtime = createRuntime()
let folder: string
let exchange: PaperExchange
let servers: Server[] = []

const serve = async (answer: (body: string) => string): Promise<{ url: string; close(): Promise<void> }> => {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => response.end(answer(text)))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-watch-'))
  exchange = await createPaperExchange({ seed: 41, log: new MemoryLog() })
})
afterEach(async () => {
  for (const server of servers) server.close()
  servers = []
  await exchange.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('a watchdog', () => {
  it('calls a person when the gateway dies, and says what it did', async () => {
    const alerts: { kind: string; text: string }[] = []
    const hook = await serve((body) => {
      alerts.push(JSON.parse(body) as { kind: string; text: string })
      return 'ok'
    })
    const gateway = await serve(() => JSON.stringify({ ready: true, environment: 'production' }))
    writeOwner(runtime.disk, join(folder, 'production'), {
      pid: 1,
      url: gateway.url,
      startedAt: new Date(runtime.clock.nowMs()).toISOString(),
      environment: 'production',
    })
    const config = loadConfig({
      flags: { home: folder, environment: 'production' },
      env: {
        COINBASE_API_KEY: exchange.keyName,
        COINBASE_API_SECRET: exchange.privateKeyPem,
        TIDEGATE_COINBASE_REST_URL: exchange.rest,
        TIDEGATE_COINBASE_MARKET_WS_URL: exchange.ws,
        TIDEGATE_ALERTS_WEBHOOK_URL: `${hook.url}/hook`,
      },
      cwd: folder,
      readFile: () => undefined,
      platform: process.platform,
    })
    const log = new MemoryLog()
    const settings = { lookEveryMs: 20, deadAfterMs: 100, listEveryMs: 20, lateRequestsMs: 100 }
    const watchdog = runWatchdog(config, { once: true, settings, log })
    while (!log.entries.some(({ event }) => event === 'watchdog_watches')) await runtime.timers.sleep(10)
    await gateway.close()
    expect(await watchdog.done).toMatchObject({ allGone: true })
    expect(alerts).toEqual([
      expect.objectContaining({ kind: 'watchdog', subject: 'gateway' }),
      expect.objectContaining({ kind: 'watchdog', subject: 'orders' }),
    ])
    expect(alerts.map(({ text }) => text).join()).toMatch(/The gateway is dead.*cancelled 0 orders; all gone: true/)
  })
})
