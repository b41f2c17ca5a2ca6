import { createTapePrices, type PaperExchangeOptions } from '@tidegate/paper-exchange'
import { ConfigError, type Log } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import type { Runtime } from '../runtime.js'
import { openLiveSource } from './live-source.js'

/**
 * What `paper.prices` says, as options of the exchange; none for its own synthetic market.
 *
 * @throws {ConfigError} when a tape is not there; {@link StoreError} `ERR_STORE_CORRUPT` when it is damaged.
 */
export async function paperPrices(
  config: Config,
  runtime: Runtime,
  log: Log,
): Promise<Pick<PaperExchangeOptions, 'prices' | 'products'>> {
  const { prices } = config.paper
  if (prices.kind === 'synthetic') return {}
  if (prices.kind === 'live') return openLiveSource(config, runtime, log)
  const text = runtime.disk.readText(prices.file)
  if (text === undefined) {
    throw new ConfigError('ERR_CONFIG_MISSING', `there is no tape ${prices.file}`, {
      hint: 'record one: tidegate paper record --out FILE',
    })
  }
  const { clock, timers } = runtime
  return { prices: createTapePrices({ text, name: prices.file, clock, timers }) }
}
