import { join } from 'node:path'
import type { Disk } from '@tidegate/trading-model'

const pathIn = (folder: string): string => join(folder, 'HALT')

/** Halts a home without its store or its door: while the file is there nothing new is sent. A reason that is there already stays. */
export function haltByFile(disk: Disk, folder: string, reason: string): string {
  const path = pathIn(folder)
  disk.makeFolder(folder)
  if (disk.readText(path) === undefined) disk.writeTextAtomically(path, `${reason}\n`)
  return path
}

/**
 * Reads `HALT` in the environment's folder: `touch` is enough to stop a gateway whose store, network or door does not answer.
 *
 * @returns The reason in it, or `undefined` when it is not there. What cannot be read counts as there.
 */
export function readHaltFile(disk: Disk, folder: string): () => string | undefined {
  const path = pathIn(folder)
  return () => {
    try {
      const text = disk.readText(path)
      return text === undefined ? undefined : text.trim().slice(0, 200) || 'no reason is written in it'
    } catch {
      return 'it cannot be read'
    }
  }
}
