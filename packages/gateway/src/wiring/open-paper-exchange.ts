import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { createRuntime } from '../runtime.js'
import { type PaperExtras, type RunningPaper, startPaper } from './start-paper.js'

/** A paper exchange that runs alone, for other clients. */
export type StandalonePaper = Omit<RunningPaper, 'key'>

/**
 * Starts the paper exchange without a gateway: a Coinbase for other people's bots and test runs. Its state is kept apart
 * from the paper account of the gateway.
 *
 * @param options - `port` 0 takes a free one; `seed` of the synthetic market; `extras` to break it on purpose.
 * @throws {StoreError} `ERR_STORE_CORRUPT` when its files are damaged.
 */
export function openPaperExchange(
  config: Config,
  options: { readonly port: number; readonly seed?: number; readonly extras?: PaperExtras },
): Promise<StandalonePaper> {
  const runtime = createRuntime()
  const paper = { ...config.paper, port: options.port, ...(options.seed === undefined ? {} : { seed: options.seed }) }
  const silent = (): void => {}
  return startPaper({
    config: { ...config, paper },
    folder: join(config.homeFolder, 'standalone-paper'),
    runtime,
    log: { debug: silent, info: silent, warn: silent, error: silent },
    ...(options.extras === undefined ? {} : { extras: options.extras }),
  })
}
