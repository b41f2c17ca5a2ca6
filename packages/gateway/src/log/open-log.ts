import type { LogReader } from '@tidegate/mcp-adapter'
import type { Log } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import { createScrubber, type Scrubber } from '../secrets/create-scrubber.js'
import { createLog, createStderrSink } from './create-log.js'
import { createLogRing } from './create-log-ring.js'
import { type LogFile, openLogFile } from './open-log-file.js'

/** The log of a process, with the way to end it. */
export interface OpenLog {
  readonly log: Log
  /** Register secrets here as they become known: from then on they are masked in every line. */
  readonly scrubber: Scrubber
  /** What was written last. */
  readonly recent: LogReader
  /** Adds the configured file to stderr. Without it lines go to stderr only, as in processes that merely attach. */
  openFile(): Promise<void>
  /** Writes what waits. */
  close(): Promise<void>
}

/**
 * Opens the process's log on stderr; {@link OpenLog.openFile} adds the rotated file.
 *
 * @param options - `quiet`: nothing reaches stderr, for commands that speak to a person themselves; the file gets everything.
 */
export function openLog(
  config: Pick<Config, 'logging' | 'server'>,
  scrubber: Scrubber = createScrubber(),
  options: { readonly quiet?: boolean } = {},
): OpenLog {
  const stderr = createStderrSink()
  const ring = createLogRing()
  let file: LogFile | undefined
  const log = createLog({
    level: config.logging.level,
    name: config.server.name,
    scrubber,
    sinks: [...(options.quiet ? [] : [stderr]), { write: (line) => file?.write(line) }, ring],
  })
  return {
    log,
    scrubber,
    recent: ring,
    async openFile() {
      if (file) return
      try {
        file = await openLogFile(config.logging.file, config.logging.rotation)
      } catch (error) {
        log.warn('log_file_unavailable', { file: config.logging.file, error })
      }
    },
    async close() {
      stderr.flush()
      await file?.close()
      file = undefined
    },
  }
}
