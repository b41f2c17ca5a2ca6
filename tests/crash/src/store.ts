import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@tidegate/tests-postgres/start-postgres'
import { type JournalTables, readPostgresJournal, readSqliteJournal } from './judge/read-journal.js'
import type { Engine } from './protocol.js'

/** Where homes keep their truth, and how the judge gets at it. */
export interface Stores {
  readonly engine: Engine
  /** A place for one more home. */
  create(): Promise<{ readonly folder: string; readonly databaseUrl?: string }>
  read(home: { readonly folder: string; readonly databaseUrl?: string }): Promise<JournalTables>
  close(): Promise<void>
}

/** Opens the place for homes of this kind; on PostgreSQL with a real server of its own. */
export function openStores(engine: Engine): Promise<Stores> {
  return engine === 'postgres' ? postgresStores() : Promise.resolve(sqliteStores())
}

function sqliteStores(): Stores {
  const folders = createFolders()
  return {
    engine: 'sqlite',
    create: () => Promise.resolve({ folder: folders.next() }),
    read: ({ folder }) => Promise.resolve(readSqliteJournal(join(folder, 'journal.db'))),
    close: () => Promise.resolve(folders.remove()),
  }
}

async function postgresStores(): Promise<Stores> {
  const postgres = await startPostgres()
  const folders = createFolders()
  return {
    engine: 'postgres',
    create: async () => ({ folder: folders.next(), databaseUrl: await postgres.createSchema() }),
    read: ({ databaseUrl = '' }) => readPostgresJournal(databaseUrl),
    close: async () => {
      folders.remove()
      await postgres.stop()
    },
  }
}

/** One temporary folder with a folder for every home in it. */
function createFolders() {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-crash-'))
  let count = 0
  return {
    next: (): string => {
      const folder = join(root, `home-${++count}`)
      mkdirSync(folder, { recursive: true })
      return folder
    },
    remove: (): void => rmSync(root, { recursive: true, force: true }),
  }
}
