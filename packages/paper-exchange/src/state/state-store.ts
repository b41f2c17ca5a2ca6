import { type AppendFile, type Clock, type Disk, type Log, StoreError } from '@tidegate/trading-model'
import { z } from 'zod'
import { ExchangeState } from '../engine/exchange-state.js'
import { type Effect, effectSchema } from '../engine/records.js'
import { formatCheckedLine, readCheckedLine } from './checked-line.js'
import { readSnapshot, type Snapshot, writeSnapshot } from './snapshot.js'

const recordSchema = z.object({ n: z.number().int(), at: z.number().int(), effects: z.array(effectSchema).min(1) })

/** The exchange's durable side. */
export interface StateStore {
  readonly state: ExchangeState
  /** False for one that dies with the process. */
  readonly isDurable: boolean
  /** When the last record was written before this start; `undefined` on a first start or in memory. */
  readonly lastRecordAtMs: number | undefined
  /**
   * Appends effects that have been applied; they are on disk when this returns.
   *
   * @param atMs - The exchange's time; while it works through a gap, that is in the past.
   */
  commit(effects: readonly Effect[], atMs?: number): void
  close(): void
}

/** A state that lives as long as the process. */
export function memoryStateStore(): StateStore {
  return { state: new ExchangeState(), isDurable: false, lastRecordAtMs: undefined, commit: () => {}, close: () => {} }
}

/**
 * Opens `exchange.snapshot` and `exchange.journal` in a folder, replays them and compacts.
 * A last record cut short by a crash was never acknowledged and is dropped; any other damage refuses to start.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT`, saying which record of which file.
 */
export function openStateStore(options: {
  readonly disk: Disk
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
}): StateStore {
  const { disk, folder, clock, log } = options
  disk.makeFolder(folder)
  const snapshotPath = `${folder}/exchange.snapshot`
  const journalPath = `${folder}/exchange.journal`
  const loaded = replay(readSnapshot(disk.readText(snapshotPath)), disk.readText(journalPath) ?? '', log)
  // Snapshot first: a crash in between leaves records that are older than the snapshot, which replay skips.
  disk.writeTextAtomically(snapshotPath, writeSnapshot(loaded))
  disk.writeTextAtomically(journalPath, '')
  const file: AppendFile = disk.openAppend(journalPath)
  let sequence = loaded.sequence
  return {
    state: loaded.state,
    isDurable: true,
    lastRecordAtMs: loaded.atMs,
    commit(effects, atMs) {
      const record = { n: sequence + 1, at: atMs ?? clock.nowMs(), effects }
      file.append(formatCheckedLine(JSON.stringify(record)))
      sequence += 1
    },
    close: () => file.close(),
  }
}

function replay(snapshot: Snapshot, text: string, log: Log): Snapshot {
  const lines = text.split('\n')
  const torn = lines.pop()
  if (torn) log.warn('paper_journal_torn', { droppedBytes: torn.length })
  let { sequence, atMs } = snapshot
  for (const [index, line] of lines.entries()) {
    const json = readCheckedLine(line)
    if (json === undefined) throw damaged(index, 'its checksum does not fit')
    const record = recordSchema.safeParse(JSON.parse(json))
    if (!record.success) throw damaged(index, `it cannot be read: ${record.error.issues[0]?.message ?? 'unknown form'}`)
    if (record.data.n <= snapshot.sequence) continue
    if (record.data.n !== sequence + 1) throw damaged(index, `record ${record.data.n} follows ${sequence}`)
    try {
      for (const effect of record.data.effects) snapshot.state.apply(effect)
    } catch (cause) {
      throw damaged(index, 'it does not fit what came before', cause)
    }
    sequence = record.data.n
    atMs = record.data.at
  }
  return { state: snapshot.state, sequence, atMs }
}

function damaged(index: number, why: string, cause?: unknown): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `Record ${index + 1} of exchange.journal is damaged: ${why}`, {
    hint: 'restore the folder from a copy, or start with an empty folder; balances cannot be trusted as they are',
    ...(cause === undefined ? {} : { cause }),
  })
}
