import { randomBytes, randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { MemoryLog } from '@tidegate/testkit'
import { type OpenPostgresOptions, openJournal } from '@tidegate/trade-journal'
import type { Journal } from '@tidegate/trading-model'

/** Options from the parent. */
export function childOptions<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T
}

/** A line that has left this process when the call returns, however it ends afterwards. */
export function say(line: unknown): void {
  writeSync(1, `${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
}

export async function waitForGo(): Promise<void> {
  const lines = createInterface(process.stdin)
  await new Promise<void>((resolve) => {
    lines.once('line', () => resolve())
  })
  lines.close()
}

/** Real randomness, real disk, the time of the database; a clock of the host that nobody may ask. */
export function realOptions(url: string, headsPath: string): OpenPostgresOptions {
  return {
    url,
    headsPath,
    environment: 'paper',
    hostId: `process-${process.pid}`,
    clock: {
      nowMs() {
        throw new Error('the journal on PostgreSQL asked the clock of its host')
      },
    },
    ids: { uuid: () => randomUUID() },
    random: { bytes: (length) => randomBytes(length) },
    log: new MemoryLog(),
    busyTimeoutMs: 60_000,
  }
}

export interface StoreOptions {
  readonly url: string
  readonly headsPath: string
}

export async function openStore({ url, headsPath }: StoreOptions): Promise<Journal> {
  return await openJournal(realOptions(url, headsPath))
}
