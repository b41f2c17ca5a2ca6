import { recordTape, type TapeRecording } from '@tidegate/paper-exchange'
import type { Config } from '../config/config.js'
import { createRuntime } from '../runtime.js'
import { openLiveSource } from './live-source.js'

/**
 * Records the venue's public stream to a tape, until it is stopped.
 *
 * @param file - Absolute; must not exist.
 * @throws {InputError} when the file exists.
 */
export async function openTapeRecorder(
  config: Config,
  file: string,
): Promise<TapeRecording & { readonly productIds: readonly string[] }> {
  const runtime = createRuntime()
  const silent = (): void => {}
  const log = { debug: silent, info: silent, warn: silent, error: silent }
  const { prices, products } = await openLiveSource(config, runtime, log)
  const productIds = products.filter(({ alias }) => alias === undefined).map(({ productId }) => productId)
  const { disk, clock } = runtime
  return { ...recordTape({ source: prices, productIds, products, disk, path: file, clock }), productIds }
}
