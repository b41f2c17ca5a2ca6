import type { Log, Metrics } from '@tidegate/trading-model'

/** Looks at the file that halts without the store; see {@link createHaltFile}. */
export type HaltFile = () => string | undefined

/**
 * The halt that needs nothing but a disk: while the file is there nothing new is sent, also when the store is down. It is looked at
 * before every submit and once a second; taking it away clears no mode of the journal.
 *
 * @param read - The reason in the file; `undefined` when there is none. One that cannot be read counts as there.
 * @returns Why trading is halted by it, or `undefined`.
 */
export function createHaltFile(read: (() => string | undefined) | undefined, log: Log, metrics: Metrics): HaltFile {
  let before: string | undefined
  return () => {
    if (!read) return undefined
    const reason = look(read)
    if (reason !== undefined && before === undefined) {
      log.error('halt_file_found', { reason })
      metrics.count('halt_files_found_total')
    }
    if (reason === undefined && before !== undefined) log.warn('halt_file_gone')
    before = reason
    return reason
  }
}

function look(read: () => string | undefined): string | undefined {
  try {
    return read()
  } catch {
    return 'it cannot be read'
  }
}
