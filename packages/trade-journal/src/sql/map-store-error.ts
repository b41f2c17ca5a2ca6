import { BaseError, InvariantError, StoreError } from '@tidegate/trading-model'

interface DriverFault {
  readonly message?: unknown
  readonly code?: unknown
  /** libsql: SQLite's extended result code. */
  readonly rawCode?: unknown
  /** node:sqlite: the same. */
  readonly errcode?: unknown
}

const BUSY = 5
const LOCKED = 6
const READ_ONLY = 8
const CORRUPT = 11
const FULL = 13
const CONSTRAINT = 19
const MISMATCH = 20
const NOT_A_DATABASE = 26

/**
 * Turns whatever a driver threw into one of our errors; our own errors pass unchanged.
 *
 * @param what - What was being done, to end the sentence: `commit`, `open /…`.
 */
export function mapStoreError(error: unknown, what: string): BaseError {
  if (BaseError.isInstance(error)) return error
  const fault = (typeof error === 'object' && error !== null ? error : {}) as DriverFault
  const extended = Number(fault.rawCode ?? fault.errcode ?? 0)
  const details = String(fault.message ?? error)
  switch (extended & 0xff) {
    case BUSY:
    case LOCKED:
      return new StoreError('ERR_STORE_BUSY', `The store is locked by another process (${what})`, {
        details,
        hint: 'stop the other process, or attach to it',
        cause: error,
      })
    case FULL:
      return new StoreError('ERR_STORE_IO', `The disk of the store is full (${what})`, {
        details,
        hint: 'make room; no new order leaves until then, cancels do',
        cause: error,
      })
    case READ_ONLY:
      return new StoreError('ERR_STORE_IO', `The store is read-only (${what})`, {
        details,
        hint: 'give this user the right to write the file and its folder',
        cause: error,
      })
    case CORRUPT:
    case NOT_A_DATABASE:
      return new StoreError('ERR_STORE_CORRUPT', `The store is damaged (${what})`, {
        details,
        hint: 'stop trading, keep the files, restore a backup',
        cause: error,
      })
    case CONSTRAINT:
    case MISMATCH:
      return new InvariantError(`The store refused a write that should be impossible (${what})`, {
        details,
        cause: error,
      })
    default:
      return new StoreError('ERR_STORE_IO', `The store could not be read or written (${what})`, {
        details,
        hint: 'look at the disk and at the permissions of the file',
        cause: error,
      })
  }
}
