import { randomBytes, randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statfsSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { AppendFile, Clock, Disk, Ids, Random, Timer, Timers } from '@tidegate/trading-model'

/** Only the owner reads what we write: the home holds keys, tokens and account data. */
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
/** Longest delay `setTimeout` takes, ms; longer ones would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** The real thing behind the runtime ports. */
export interface Runtime {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly ids: Ids
  readonly disk: Disk
}

/** Makes the process's runtime: the one place that reads the clock, draws randomness and touches files. */
export function createRuntime(): Runtime {
  return {
    clock: { nowMs: () => Date.now() },
    timers: createTimers(),
    random: { bytes: (length) => new Uint8Array(randomBytes(length)) },
    ids: { uuid: () => randomUUID() },
    disk: createDisk(),
  }
}

function createTimers(): Timers {
  return {
    after(ms, run): Timer {
      const handle = setTimeout(run, Math.min(Math.max(0, ms), MAX_DELAY_MS)).unref()
      return { cancel: () => clearTimeout(handle) }
    },
    every(ms, run): Timer {
      const handle = setInterval(run, Math.min(Math.max(1, ms), MAX_DELAY_MS)).unref()
      return { cancel: () => clearInterval(handle) }
    },
    sleep: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, Math.min(Math.max(0, ms), MAX_DELAY_MS)).unref()
      }),
  }
}

function createDisk(): Disk {
  return {
    readText(path) {
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    writeTextAtomically(path, text) {
      mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE })
      const beside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
      try {
        writeWhole(beside, 'wx', text)
        renameSync(beside, path)
      } catch (error) {
        if (existsSync(beside)) unlinkSync(beside)
        throw error
      }
      syncFolder(dirname(path))
    },
    makeFolder(path) {
      mkdirSync(path, { recursive: true, mode: FOLDER_MODE })
    },
    openAppend(path): AppendFile {
      mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE })
      const handle = openSync(path, 'a', FILE_MODE)
      syncFolder(dirname(path))
      return {
        append(text) {
          writeAll(handle, text)
          fsyncSync(handle)
        },
        close: () => closeSync(handle),
      }
    },
    space(folder) {
      const { bavail, blocks, bsize } = statfsSync(folder)
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
    },
  }
}

function writeWhole(path: string, flags: string, text: string): void {
  const handle = openSync(path, flags, FILE_MODE)
  try {
    writeAll(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function writeAll(handle: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at)
}

/** A new name is durable only when its folder is; Windows cannot open folders and does not need it. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
