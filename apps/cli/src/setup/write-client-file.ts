import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from '@tidegate/trading-model'

const PRIVATE = 0o600

/** The text of a file; empty when it is not there. */
export function readClientFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return ''
    throw new ConfigError('ERR_CONFIG_INVALID', `${path} cannot be read (${code ?? 'unreadable'})`, {
      hint: 'Make it readable, or use --print',
    })
  }
}

/**
 * Replaces a client's file whole, keeping its mode and a copy of what it was, which only its owner can read. A link stays a link.
 *
 * @param before - What the caller read: a file that says something else by now is left alone.
 * @returns The copy; `undefined` where there was nothing to copy.
 */
export function writeClientFile(path: string, before: string, after: string, now: Date): string | undefined {
  const target = existsSync(path) ? realpathSync(path) : path
  mkdirSync(dirname(target), { recursive: true })
  if (readClientFile(target) !== before) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${path} was changed meanwhile`, {
      hint: 'Close the client and run it again',
    })
  }
  const found = statSync(target, { throwIfNoEntry: false })
  const backup = found && `${path}.${stamp(now)}.bak`
  if (backup !== undefined) writeFileSync(backup, before, { mode: PRIVATE, flag: 'wx' })
  const beside = `${target}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  try {
    const handle = openSync(beside, 'wx', found ? found.mode & 0o777 : PRIVATE)
    try {
      writeFileSync(handle, after)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(beside, target)
  } catch (error) {
    if (existsSync(beside)) unlinkSync(beside)
    throw error
  }
  return backup
}

/** `20261124-183000-123`: sorts, and is no problem in a name anywhere. */
function stamp(now: Date): string {
  return now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').replace('.', '-').replace('Z', '')
}
