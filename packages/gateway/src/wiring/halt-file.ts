import { join } from 'node:path'
import type { Disk } from '@tidegate/trading-model'

/**
 * Reads `HALT` in the environment's folder: `touch` is enough to stop a gateway whose store, network or door does not answer.
 *
 * @returns The reason in it, or `undefined` when it is not there. What cannot be read counts as there.
 */
export function readHaltFile(disk: Disk, folder: string): () => string | undefined {
  const path = join(folder, 'HALT')
  return () => {
    try {
      const text = disk.readText(path)
      return text === undefined ? undefined : text.trim().slice(0, 200) || 'no reason is written in it'
    } catch {
      return 'it cannot be read'
    }
  }
}
