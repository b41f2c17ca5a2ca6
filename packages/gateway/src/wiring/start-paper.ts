import { join } from 'node:path'
import { createPaperExchange } from '@tidegate/paper-exchange'
import { InvariantError, type Log } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import type { Runtime } from '../runtime.js'
import { paperPrices } from './paper-prices.js'

/** The built-in exchange, as far as the gateway needs to know it: what it would know of Coinbase. */
export interface RunningPaper {
  readonly restUrl: string
  readonly wsUrl: string
  /** Absolute path of the key file for other clients. */
  readonly keyFile: string
  readonly key: { readonly name: string; readonly secret: string }
  close(): Promise<void>
}

/**
 * Starts the paper exchange on loopback with its state in the environment's folder. Everything after this goes over its
 * sockets, signed with its key, as it would to Coinbase.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT` when its files are damaged.
 */
export async function startPaper(options: {
  readonly config: Config
  /** The environment's folder. */
  readonly folder: string
  readonly runtime: Runtime
  readonly log: Log
}): Promise<RunningPaper> {
  const { config, runtime, log } = options
  const exchange = await createPaperExchange({
    ...runtime,
    ...(await paperPrices(config, runtime, log)),
    log,
    host: '127.0.0.1',
    port: config.paper.port,
    seed: config.paper.seed,
    folder: join(options.folder, 'exchange'),
    initialBalances: config.paper.initialBalances,
  })
  const { keyFile } = exchange
  if (keyFile === undefined) throw new InvariantError('the paper exchange has a folder and no key file')
  return {
    restUrl: exchange.rest,
    wsUrl: exchange.ws,
    keyFile,
    key: { name: exchange.keyName, secret: exchange.privateKeyPem },
    close: () => exchange.close(),
  }
}
