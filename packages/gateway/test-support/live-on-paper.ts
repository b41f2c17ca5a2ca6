import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog } from '@tidegate/testkit'
import { loadConfig } from '../src/config/load-config.js'
import type { Gateway } from '../src/gateway.js'
import { openLog } from '../src/log/open-log.js'
import { openGateway } from '../src/open-gateway.js'

/** A gateway with the settings of production, whose venue is a paper exchange over the wire. */
export interface LiveOnPaper {
  readonly exchange: PaperExchange
  readonly gateway: Gateway
  /** Home of the gateway, gone after `close`. */
  readonly folder: string
  close(): Promise<void>
}

/**
 * Opens desk, Coinbase client and exchange, and waits until orders are taken.
 *
 * @param options.exchange - Beside a quiet log and no rate limits.
 * @param options.env - Beside the key and the addresses, with dry run off: `TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD` has to be among them.
 */
export async function openLiveOnPaper(options: {
  readonly exchange: Parameters<typeof createPaperExchange>[0]
  readonly env: Readonly<Record<string, string>>
}): Promise<LiveOnPaper> {
  const exchange = await createPaperExchange({ log: new MemoryLog(), rateLimits: 'off', ...options.exchange })
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-live-on-paper-'))
  const config = loadConfig({
    flags: { home: folder, environment: 'production' },
    env: {
      COINBASE_API_KEY: exchange.keyName,
      COINBASE_API_SECRET: exchange.privateKeyPem,
      TIDEGATE_COINBASE_REST_URL: exchange.rest,
      TIDEGATE_COINBASE_MARKET_WS_URL: exchange.ws,
      TIDEGATE_SAFETY_DRY_RUN_MODE: 'false',
      ...options.env,
    },
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
  const gateway = await openGateway(config, { log: openLog(config, undefined, { quiet: true }) })
  while (!(await gateway.health()).ready) await new Promise((resolve) => setTimeout(resolve, 20))
  return {
    exchange,
    gateway,
    folder,
    async close() {
      await gateway.close()
      await exchange.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
