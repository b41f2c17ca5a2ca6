// The complete public surface of @tidegate/trade-journal: named exports only.

export { diskProblem } from './disk-room.js'
export type { DriverChoice } from './drivers/open-sqlite-file.js'
export { acquireHomeLock, type HomeLock } from './home-lock.js'
export { nodeDisk } from './node-disk.js'
export {
  type OpenJournalOptions,
  type OpenPostgresOptions,
  type OpenSqliteOptions,
  openJournal,
} from './open-journal.js'
export { type CancelSpoolOptions, openCancelSpool } from './spool/open-cancel-spool.js'
