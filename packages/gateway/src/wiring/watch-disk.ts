import { diskProblem } from '@tidegate/trade-journal'
import type { Disk, Log, Metrics, Timers } from '@tidegate/trading-model'

const LOOK_MS = 10_000

/** The room on the disks that the store and its audit heads lie on. */
export interface DiskWatch {
  /** Why the journal takes no new order for want of room; asked anew each time. */
  readonly problem: () => string | undefined
  close(): void
}

/** Measures the room now and every ten seconds, and logs when it ends and when it is back. The journal itself refuses orders meanwhile. */
export function watchDisk(deps: {
  readonly disk: Disk
  readonly folders: readonly string[]
  readonly log: Log
  readonly metrics: Metrics
  readonly timers: Timers
}): DiskWatch {
  const { disk, log, metrics } = deps
  const folders = [...new Set(deps.folders)]
  let before: string | undefined

  function problem(): string | undefined {
    for (const folder of folders) {
      const found = diskProblem(disk, folder)
      if (found !== undefined) return found
    }
    return undefined
  }

  function look(): void {
    const found = problem()
    if (found !== undefined && before === undefined) log.error('disk_nearly_full', { problem: found })
    if (found === undefined && before !== undefined) log.warn('disk_has_room')
    before = found
    metrics.gauge('store_disk_free_bytes', Math.min(...folders.map(freeBytes)))
  }

  /** Not a number, and so not shown, where the disk does not tell. */
  function freeBytes(folder: string): number {
    try {
      return disk.space?.(folder)?.freeBytes ?? Number.NaN
    } catch {
      return Number.NaN
    }
  }

  const timer = deps.timers.every(LOOK_MS, look)
  look()
  return { problem, close: () => timer.cancel() }
}
