import { randomBytes, randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { MemoryLog } from '@tidegate/testkit'
import type { OpenSqliteOptions } from '../../src/open-journal.js'

/** Options from the parent. */
export function childOptions<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T
}

/** A line that has left this process when the call returns, however it ends afterwards. */
export function say(line: string): void {
  writeSync(1, `${line}\n`)
}

export async function waitForGo(): Promise<void> {
  const lines = createInterface(process.stdin)
  await new Promise<void>((resolve) => {
    lines.once('line', () => resolve())
  })
  lines.close()
}

/** Real time, real randomness, real disk. */
export function realOptions(folder: string): OpenSqliteOptions {
  return {
    path: `${folder}/journal.db`,
    headsPath: `${folder}/heads.jsonl`,
    environment: 'paper',
    hostId: 'here',
    clock: { nowMs: () => Date.now() },
    ids: { uuid: () => randomUUID() },
    random: { bytes: (length) => randomBytes(length) },
    log: new MemoryLog(),
    busyTimeoutMs: 30_000,
  }
}
