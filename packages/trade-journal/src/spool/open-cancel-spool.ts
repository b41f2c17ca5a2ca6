import type { CancelSpool, Disk, Log, SpooledCancel } from '@tidegate/trading-model'
import { z } from 'zod'
import { canonicalJson } from '../codec/canonical-json.js'
import { sha256 } from '../codec/digest.js'
import { nodeDisk } from '../node-disk.js'

export interface CancelSpoolOptions {
  /** Absolute path; the file comes with the first entry and goes on being used. Best beside the home, on the same disk as the heads. */
  readonly path: string
  readonly log: Log
  /** @default the real disk */
  readonly disk?: Disk
}

const entrySchema = z.strictObject({
  spoolId: z.string(),
  atMs: z.int(),
  by: z.string(),
  what: z.enum(['requested', 'accepted', 'refused', 'unknown']),
  orderId: z.string().optional(),
  intentId: z.string().optional(),
  reason: z.string().optional(),
})

/**
 * Opens the spool of cancels: one line an entry, its SHA-256 in front. A line cut short by a crash never left as a cancel without a
 * trace in the venue's own books, so it is dropped with a warning; so is one that was changed.
 *
 * @throws {Error} The disk's own, when the file exists and cannot be read.
 */
export function openCancelSpool({ path, log, disk = nodeDisk }: CancelSpoolOptions): CancelSpool {
  const text = disk.readText(path) ?? ''
  let entries: readonly SpooledCancel[] = text.split('\n').flatMap((line, index) => {
    if (line === '') return []
    const entry = readLine(line)
    if (!entry) log.warn('cancel_spool_line_unreadable', { path, line: index + 1 })
    return entry ?? []
  })
  /** The file ends within a line: the next append begins a new one. */
  let isTorn = text !== '' && !text.endsWith('\n')

  return {
    append(entry) {
      const file = disk.openAppend(path)
      try {
        // Assumed until the append has returned: a disk that fails may have written half of it.
        const lineBreak = isTorn ? '\n' : ''
        isTorn = true
        file.append(lineBreak + writeLine(entry))
        isTorn = false
      } finally {
        file.close()
      }
      entries = [...entries, entry]
    },
    pending: () => entries,
    drop(count) {
      if (count <= 0) return
      const left = entries.slice(count)
      disk.writeTextAtomically(path, left.map(writeLine).join(''))
      entries = left
      isTorn = false
    },
  }
}

function writeLine(entry: SpooledCancel): string {
  const json = canonicalJson({ ...entry })
  return `${sha256(json)} ${json}\n`
}

function readLine(line: string): SpooledCancel | undefined {
  const json = line.slice(65)
  if (`${sha256(json)} ` !== line.slice(0, 65)) return undefined
  const parsed = entrySchema.safeParse(JSON.parse(json))
  return parsed.success ? (parsed.data as SpooledCancel) : undefined
}
