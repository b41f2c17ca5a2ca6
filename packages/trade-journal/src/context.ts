import type { Clock, Disk, Environment, Ids, Log, Random } from '@tidegate/trading-model'
import type { Kysely } from 'kysely'
import type { AuditKeys } from './audit/audit-key.js'
import type { ExportedHead, HeadsFile } from './audit/heads-file.js'
import type { Database } from './sql/database.js'
import type { Engine, Locks } from './sql/engine.js'

/** Everything the verbs of one open journal share. */
export interface JournalContext {
  readonly engine: Engine
  readonly db: Kysely<Database>
  /** What this verb locks first; see `create-journal.ts`. */
  readonly locks?: Locks
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly log: Log
  readonly disk: Disk
  readonly environment: Environment
  readonly storeId: string
  readonly instanceId: string
  /** Hex; key of the HMAC that makes venue ids. */
  readonly deploySecret: string
  readonly keys: AuditKeys
  readonly headsPath: string
  readonly keyPath: string
  /** Told of every head that goes outside. */
  readonly onHead?: (line: string) => void
  readonly heads: HeadsFile
  /** A head goes outside whenever this many entries have come since the last. */
  readonly headEvery: number
  /** Masks secrets in audit entries. */
  readonly scrub?: (text: string) => string
  readonly status: {
    phase: 'open' | 'closing' | 'closed'
    /** Its append failed; new orders wait until it succeeds. */
    unwrittenHead?: ExportedHead
  }
}
