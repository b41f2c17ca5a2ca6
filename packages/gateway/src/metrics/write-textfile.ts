import type { Disk, Log, Timers } from '@tidegate/trading-model'

/**
 * Keeps the metrics in a file, replaced whole each time, for a process that opens no port: node_exporter's textfile collector
 * reads it.
 *
 * @returns The way to end it; the file then has the last numbers.
 */
export function writeTextfile(deps: {
  /** Absolute. */
  readonly path: string
  readonly everyMs: number
  readonly text: () => Promise<string>
  readonly disk: Disk
  readonly timers: Timers
  readonly log: Log
}): () => Promise<void> {
  const { path, text, disk, log } = deps
  let isFailing = false
  const write = async (): Promise<void> => {
    try {
      disk.writeTextAtomically(path, await text())
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn('metrics_file_not_written', { path, error })
      isFailing = true
    }
  }
  const timer = deps.timers.every(deps.everyMs, () => void write())
  void write()
  return async () => {
    timer.cancel()
    await write()
  }
}
