import { StoreError } from '@tidegate/trading-model'
import { type DriverChoice, openSqliteFile } from './drivers/open-sqlite-file.js'
import { mapStoreError } from './sql/map-store-error.js'

/** A home that is ours until released, or until this process dies in whatever way. */
export interface HomeLock {
  release(): void
}

/**
 * Takes the one lock of a home: an exclusive SQLite transaction on a small database of its own, held open. The kernel frees
 * it on `kill -9`. Never waits.
 *
 * > [!WARNING]
 * > Nobody may delete or copy the file while it is held; opening and closing it in this process drops the lock.
 *
 * @param path - Absolute path of the lock file; it is created, and stays.
 * @returns `undefined` when another process, or another part of this one, holds it.
 * @throws StoreError when the file cannot be locked at all.
 */
export function acquireHomeLock(path: string, driver: DriverChoice = 'auto'): HomeLock | undefined {
  const file = openSqliteFile(path, driver)
  try {
    file.exec('pragma busy_timeout = 0')
    file.exec('begin exclusive')
  } catch (error) {
    file.close()
    const fault = mapStoreError(error, `lock ${path}`)
    if (StoreError.isInstance(fault) && fault.code === 'ERR_STORE_BUSY') return undefined
    throw fault
  }
  let held = true
  return {
    release() {
      if (!held) return
      held = false
      file.exec('rollback')
      file.close()
    },
  }
}
