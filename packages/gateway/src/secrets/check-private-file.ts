import { statSync } from 'node:fs'
import { ConfigError } from '@tidegate/trading-model'

/** What a file system says of a file, as far as it decides who may read it. */
export interface FileFacts {
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
}

/** The facts of a file; `undefined` when it is not there, or where files have no owner (Windows). */
export function factsOf(path: string): FileFacts | undefined {
  if (process.platform === 'win32') return undefined
  const found = statSync(path, { throwIfNoEntry: false })
  return found && { mode: found.mode & 0o777, uid: found.uid }
}

/**
 * Refuses a file with a secret in it that others may read or change, or that belongs to somebody else. Files of root are taken, for
 * service managers hand out credentials that way.
 *
 * @param what - The setting that names it, for the message.
 * @param ownUid - Ours; absent on Windows, where nothing is checked.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` with the command that mends it.
 */
export function checkPrivateFile(
  what: string,
  path: string,
  facts: FileFacts | undefined = factsOf(path),
  ownUid: number | undefined = process.getuid?.(),
): void {
  if (facts === undefined || ownUid === undefined) return
  if (facts.uid !== ownUid && facts.uid !== 0) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${what} ${path} belongs to user ${facts.uid}, not to us (${ownUid})`, {
      hint: `Copy it, or run: sudo chown ${ownUid} ${path}`,
    })
  }
  if ((facts.mode & 0o077) !== 0) {
    const mode = facts.mode.toString(8).padStart(4, '0')
    throw new ConfigError('ERR_CONFIG_INVALID', `${what} ${path} is open to others (mode ${mode})`, {
      hint: `Run: chmod 600 ${path}`,
    })
  }
}
