import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryDisk } from '@tidegate/testkit'
import { openJournal } from '@tidegate/trade-journal'
import type { Clock, Journal, Log, Random } from '@tidegate/trading-model'
import { countingIds, createPrng, type Prng, seededRandom } from '../core/prng.js'
import type { SimStore } from './sim-store.js'

const headsPath = '/heads/heads.jsonl'

interface Template {
  readonly path: string
  readonly files: ReadonlyMap<string, string>
}

let template: Promise<Template> | undefined

/**
 * The real journal over a file in memory, synchronous. Each life of a process is a connection of its own, and takes the right to submit
 * from all before it; its time is that of its machine.
 */
export async function createSqliteStore(world: Clock, prng: Prng, log: Log): Promise<SimStore> {
  template ??= makeTemplate()
  const { path: original, files } = await template
  const folder = mkdtempSync(join(memoryFolder(), 'tidegate-sim-'))
  const path = join(folder, 'journal.db')
  copyFileSync(original, path)
  const disk = new MemoryDisk()
  for (const [name, text] of files) disk.files.set(name, text)
  const ids = countingIds('d0000000')
  const random = seededRandom(prng)
  const opened: Journal[] = []

  async function open(clock: Clock, fenceOthers: boolean): Promise<Journal> {
    const journal = await openAt({ path, disk, clock, ids, random, log, fenceOthers })
    opened.push(journal)
    return journal
  }

  return {
    kind: 'sqlite',
    open: (incarnation) => open(incarnation.clock, true),
    fence() {
      // Another owner came by, and went.
      open(world, true).catch(() => {})
    },
    judge: () => open(world, false),
    async close() {
      for (const journal of opened) await journal.close().catch(() => {})
      rmSync(folder, { recursive: true })
    },
  }
}

/** Creating the tables is the same work for every seed, so it is done once. */
async function makeTemplate(): Promise<Template> {
  const folder = mkdtempSync(join(memoryFolder(), 'tidegate-sim-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'journal.db')
  const disk = new MemoryDisk()
  const silent = () => {}
  const journal = await openAt({
    path,
    disk,
    clock: { nowMs: () => Date.UTC(2026, 10, 24, 11, 0, 0) },
    ids: countingIds('c0000000'),
    random: seededRandom(createPrng(7, 'template')),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    fenceOthers: true,
  })
  await journal.close()
  return { path, files: disk.files }
}

function openAt(options: {
  readonly path: string
  readonly disk: MemoryDisk
  readonly clock: Clock
  readonly ids: ReturnType<typeof countingIds>
  readonly random: Random
  readonly log: Log
  readonly fenceOthers: boolean
}): Promise<Journal> {
  // Nobody waits for a lock here: transactions never overlap, and a wait would stop the world.
  return openJournal({ ...options, headsPath, environment: 'paper', hostId: 'simulated', busyTimeoutMs: 0 })
}

function memoryFolder(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
}
