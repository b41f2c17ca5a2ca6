/* oxlint-disable no-restricted-globals, no-restricted-properties -- the composition root of stand-alone use: here the ports meet the machine */
import { randomBytes, randomUUID } from 'node:crypto'
import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock, Disk, Ids, Log, Random, Timers } from '@tidegate/trading-model'

/** Everything that the exchange takes from the machine when nobody injects anything else. */
export interface PaperRuntime {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly ids: Ids
  readonly disk: Disk
  readonly log: Log
}

/** Real time, real randomness, real files, no log. */
export function systemRuntime(): PaperRuntime {
  const silent = () => {}
  return {
    clock: { nowMs: () => Date.now() },
    timers: systemTimers,
    random: { bytes: (length) => randomBytes(length) },
    ids: { uuid: () => randomUUID() },
    disk: systemDisk,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  }
}

const systemTimers: Timers = {
  after(ms, run) {
    const handle = setTimeout(run, ms).unref()
    return { cancel: () => clearTimeout(handle) }
  },
  every(ms, run) {
    const handle = setInterval(run, ms).unref()
    return { cancel: () => clearInterval(handle) }
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()),
}

const systemDisk: Disk = {
  readText(path) {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  },
  writeTextAtomically(path, text, mode) {
    const beside = `${path}.new`
    const file = openSync(beside, 'w', mode ?? 0o644)
    // A leftover of a crash keeps its old mode when it is opened again.
    if (mode !== undefined) fchmodSync(file, mode)
    writeAll(file, text)
    fsyncSync(file)
    closeSync(file)
    renameSync(beside, path)
    syncFolder(dirname(path))
  },
  makeFolder: (path) => {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  },
  openAppend(path) {
    const file = openSync(path, 'a', 0o600)
    return {
      append(text) {
        writeAll(file, text)
        fsyncSync(file)
      },
      close: () => closeSync(file),
    }
  },
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

/** A rename is only durable once its folder is; Windows cannot sync folders and does not need it. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}
