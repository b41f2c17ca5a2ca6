import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** A SQLite file open for reading; each statement's rows are objects of what the driver makes of them. */
export interface ReadOnlyFile {
  all(sql: string, ...params: string[]): readonly Readonly<Record<string, unknown>>[]
  close(): void
}

interface Statement {
  all(...params: unknown[]): Readonly<Record<string, unknown>>[]
}

interface NodeSqlite {
  readonly DatabaseSync: new (
    path: string,
    options: { readonly readOnly: boolean },
  ) => { prepare(sql: string): Statement; close(): void }
}

type Libsql = new (path: string) => { prepare(sql: string): Statement; close(): void }

/**
 * Opens with Node's own SQLite where present (22.13 and later), else with libsql.
 *
 * @throws The driver's error when the file cannot be opened, and an error with a sentence where there is no driver.
 */
export function openForReading(path: string, options: { readonly mayWrite?: boolean } = {}): ReadOnlyFile {
  const readOnly = options.mayWrite !== true
  const builtIn = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined
  if (builtIn) {
    const database = new builtIn.DatabaseSync(path, { readOnly })
    return patient({ all: (sql, ...params) => database.prepare(sql).all(...params), close: () => database.close() })
  }
  const Database = loadLibsql()
  // It knows an option `readonly` and does not heed it; the address it heeds.
  const database = new Database(readOnly ? `${pathToFileURL(path).href}?mode=ro` : path)
  return patient({ all: (sql, ...params) => database.prepare(sql).all(params), close: () => database.close() })
}

/** A gateway that commits holds readers up for a moment. */
function patient(file: ReadOnlyFile): ReadOnlyFile {
  file.all('pragma busy_timeout = 10000')
  return file
}

function loadLibsql(): Libsql {
  try {
    return createRequire(import.meta.url)('libsql') as Libsql
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'MODULE_NOT_FOUND') throw error
    throw new Error('No SQLite here to read the store with: use Node 24, or install libsql beside this package', {
      cause: error,
    })
  }
}
