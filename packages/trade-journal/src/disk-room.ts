import { dirname } from 'node:path'
import { type Disk, StoreError } from '@tidegate/trading-model'
import type { JournalContext } from './context.js'

const MB = 1024 * 1024
/** Kept back for what is under way: cancels, outcomes, fills, audit heads. A wish takes some kilobytes. */
const RESERVE_BYTES = 8 * MB
const LEAST_SHARE = 0.05
/** A twentieth of a large disk is much more than anybody needs. */
const MOST_BYTES = 1024 * MB

/**
 * Says that a disk is nearly full before the store finds out by failing: less than a twentieth of it (1 GB at most, 8 MB at least) is free.
 *
 * @param folder - Absolute; the disk it lies on is asked.
 * @returns The sentence; `undefined` while there is room, or where the disk does not tell.
 */
export function diskProblem(disk: Disk, folder: string): string | undefined {
  try {
    const space = disk.space?.(folder)
    if (!space || space.totalBytes <= 0) return undefined
    const { freeBytes, totalBytes } = space
    const neededBytes = Math.max(RESERVE_BYTES, Math.min(totalBytes * LEAST_SHARE, MOST_BYTES))
    if (freeBytes >= neededBytes) return undefined
    return `The disk of ${folder} is nearly full: ${inMb(freeBytes)} of ${Math.round(totalBytes / MB)} MB are free, ${inMb(neededBytes)} are kept back, so no new order may leave`
  } catch (error) {
    return `The free space of ${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** @throws StoreError `ERR_STORE_IO` while the disk of the store or of its audit heads is nearly full: no audit, no order. */
export function mustHaveRoom({ disk, engine, headsPath }: JournalContext): void {
  const folders = new Set([dirname(headsPath), ...(engine.dialect === 'sqlite' ? [dirname(engine.name)] : [])])
  for (const folder of folders) {
    const problem = diskProblem(disk, folder)
    if (problem === undefined) continue
    throw new StoreError('ERR_STORE_IO', problem, {
      hint: 'free some space; cancels go on, and orders when there is room',
    })
  }
}

function inMb(bytes: number): string {
  return `${Math.floor((bytes / MB) * 10) / 10} MB`
}
