import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openServedPaper, type PaperFlags, type ServedPaper } from '@tidegate/paper-exchange'
import type { Config } from '../config/config.js'
import { createRuntime } from '../runtime.js'
import { openLiveSource } from './live-source.js'

/**
 * Starts the paper exchange without a gateway: a Coinbase for other people's bots and test runs. Its state is kept apart
 * from the paper account of the gateway. What no flag says, the configuration's `paper` says.
 *
 * @param options - `flags`: as written, the same that `npx @tidegate/paper-exchange` takes; `absolute`: from where paths in them are meant.
 * @throws {InputError} `ERR_INPUT_INVALID` for a flag that makes no sense.
 * @throws {ConfigError} when the address cannot be listened on, or the venue lists none of our products.
 * @throws {HomeOwnedError} when another exchange has its folder.
 * @throws {StoreError} `ERR_STORE_CORRUPT` when its files are damaged.
 */
export function openPaperExchange(
  config: Config,
  options: { readonly flags: PaperFlags; readonly absolute: (path: string) => string },
): Promise<ServedPaper> {
  const runtime = createRuntime()
  const silent = (): void => {}
  const log = { debug: silent, info: silent, warn: silent, error: silent }
  const { port, seed, initialBalances, prices } = config.paper
  return openServedPaper({
    ...options,
    runtime: { ...runtime, log },
    folder: join(config.homeFolder, 'standalone-paper', 'exchange'),
    defaults: { port, seed, initialBalances, prices },
    temporaryFolder() {
      const path = mkdtempSync(join(tmpdir(), 'tidegate-paper-'))
      return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
    },
    openLive: () => openLiveSource(config, runtime, log),
  })
}
