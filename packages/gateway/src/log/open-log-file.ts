import { link, lstat, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import pino from 'pino'
// @ts-expect-error pino-roll brings no types; `rollFile` below states the part we use.
import roll from 'pino-roll'

/** What waits for a slow disk before lines are dropped, bytes. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
const FILE_MODE = 0o600
const KEEP = { daily: 30, hourly: 168 } as const

interface RollOptions {
  readonly file: string
  readonly frequency: 'daily' | 'hourly' | number
  readonly dateFormat: string
  readonly sync: boolean
  readonly mode: number
  readonly maxLength: number
  readonly limit?: { readonly count: number; readonly removeOtherLogFiles: boolean }
}

const rollFile = roll as (options: RollOptions) => Promise<Stream>

/** How often a new file begins; a number is ms, for tests. */
export type Rotation = 'daily' | 'hourly' | 'none' | number

/** Where log lines go. */
export interface LogFile {
  write(line: string): void
  /** The file in use, and again at every rotation. */
  onFile(listener: (path: string) => void): void
  /** Writes what waits and closes. */
  close(): Promise<void>
}

/**
 * Opens the log file. With rotation the lines go to dated files beside `file`, and `file` itself is a link to the current
 * one, so that the configured name always works. 30 daily or 168 hourly files are kept.
 *
 * @param file - Absolute path as configured.
 * @throws the system's error when the folder or the file cannot be made.
 */
export async function openLogFile(file: string, rotation: Rotation): Promise<LogFile> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  if (rotation === 'none') {
    await makeWay(file, 'link')
    const stream = pino.destination({
      dest: file,
      sync: false,
      mode: FILE_MODE,
      maxLength: MAX_WAITING_BYTES,
    })
    return toLogFile(stream, file)
  }
  await makeWay(file, 'file')
  const stream = await rollFile({
    file,
    frequency: rotation,
    dateFormat: rotation === 'hourly' ? 'yyyy-MM-dd-HH' : 'yyyy-MM-dd',
    sync: false,
    mode: FILE_MODE,
    maxLength: MAX_WAITING_BYTES,
    ...(typeof rotation === 'number' ? {} : { limit: { count: KEEP[rotation], removeOtherLogFiles: true } }),
  })
  return toLogFile(stream, file)
}

interface Stream {
  readonly file?: string
  write(text: string): boolean
  flushSync(): void
  end(): void
  on(event: string, listener: (...args: unknown[]) => void): unknown
  once(event: string, listener: (...args: unknown[]) => void): unknown
}

function toLogFile(stream: Stream, file: string): LogFile {
  const listeners: ((path: string) => void)[] = []
  let isOpen = false
  let linking = Promise.resolve()
  const announce = (): void => {
    isOpen = true
    const current = stream.file ?? file
    linking = linking
      .then(() => (current === file ? undefined : pointTo(current, file)))
      .then(
        () => {
          for (const listener of listeners) listener(current)
        },
        // The link is a convenience; the dated file has the lines.
        () => {},
      )
  }
  stream.on('ready', announce)
  // Best effort: a full disk or a lost file must not end the program.
  stream.on('error', () => {})
  let isClosed = false
  return {
    write: (line) => {
      // Work that ends after us may still have something to say; a closed stream would throw.
      if (!isClosed) stream.write(line)
    },
    onFile(listener) {
      listeners.push(listener)
      if (isOpen) listener(stream.file ?? file)
    },
    async close() {
      if (isClosed) return
      isClosed = true
      await new Promise<void>((resolve) => {
        stream.once('close', () => resolve())
        stream.end()
      })
      await linking
    },
  }
}

/** Replaces the link in one step, so that the name never goes missing. */
async function pointTo(target: string, name: string): Promise<void> {
  const beside = `${name}.${process.pid}.link`
  await rm(beside, { force: true })
  try {
    await symlink(basename(target), beside)
  } catch {
    // Windows lets few users make symbolic links; a second name for the same file does as well.
    await link(target, beside)
  }
  await rename(beside, name)
}

/** Moves out of the way what stands under our name from a time with the other kind of rotation. */
async function makeWay(file: string, unwanted: 'file' | 'link'): Promise<void> {
  const found = await lstat(file).catch(() => undefined)
  if (!found) return
  if (unwanted === 'link' && found.isSymbolicLink()) await rm(file)
  if (unwanted === 'file' && found.isFile() && found.nlink === 1)
    await rename(file, `${file}.${Math.floor(found.mtimeMs)}`)
}
