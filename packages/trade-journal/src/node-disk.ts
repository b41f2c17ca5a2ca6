import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statfsSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Disk } from '@tidegate/trading-model'

/** The real disk: private files by default, everything synced before it returns. */
export const nodeDisk: Disk = {
  readText(path) {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined
      throw error
    }
  },
  writeTextAtomically(path, text, mode = 0o600) {
    const beside = `${path}.new`
    const file = openSync(beside, 'w', mode)
    try {
      writeAll(file, text)
    } finally {
      closeSync(file)
    }
    renameSync(beside, path)
    syncFolder(path)
  },
  makeFolder(path) {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  },
  openAppend(path) {
    const file = openSync(path, 'a', 0o600)
    syncFolder(path)
    return { append: (text) => writeAll(file, text), close: () => closeSync(file) }
  },
  space(folder) {
    try {
      const { bavail, blocks, bsize } = statfsSync(folder)
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOSYS') return undefined
      throw error
    }
  },
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
  fsyncSync(file)
}

/** Makes a new name survive a power loss; Windows cannot sync folders and does not need it. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
