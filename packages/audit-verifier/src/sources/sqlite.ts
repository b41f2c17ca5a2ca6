import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreSource } from '../source.js'
import { openForReading, type ReadOnlyFile } from './sqlite-file.js'
import { pagesOf } from './sqlite-pages.js'
import { hashedEntriesOf, writesPlainText } from './sqlite-plain.js'

/**
 * Opens a store in a SQLite file, for reading only. Where a crash left work in a side file that only a writer could finish, a private copy
 * is finished and read instead; the store itself stays as it was found.
 *
 * @throws An error with a sentence where it is not there or no SQLite file.
 */
export function openSqliteSource(path: string): StoreSource {
  if (!existsSync(path)) throw new Error(`There is no store ${path}`)
  const { file, dispose } = openOrCopy(path)
  const isPlain = writesPlainText(file)
  const mode = String(file.all('pragma journal_mode')[0]?.['journal_mode'])
  return {
    name: path,
    isOnlyWriter: true,
    viewHoldsUp: mode !== 'wal',
    hold: async () => {
      file.all('begin')
      // The view begins with the first read.
      file.all('select count(*) as n from sqlite_master')
    },
    release: async () => void file.all('rollback'),
    pages: (table, options = {}) => pagesOf(file, table, { afterNumber: options.afterNumber, isPlain }),
    ...(isPlain ? { hashedEntries: (afterSeq: number) => hashedEntriesOf(file, afterSeq) } : {}),
    close: async () => {
      file.close()
      dispose()
    },
  }
}

function openOrCopy(path: string): { readonly file: ReadOnlyFile; readonly dispose: () => void } {
  try {
    const file = openForReading(path)
    try {
      file.all('select count(*) as n from sqlite_master')
      return { file, dispose: () => {} }
    } catch (error) {
      file.close()
      throw error
    }
  } catch (error) {
    if (!hasUnfinishedWork(path)) throw new Error(`${path} cannot be read: ${sentence(error)}`, { cause: error })
    return openCopy(path)
  }
}

const sideFiles = ['-journal', '-wal'] as const

function hasUnfinishedWork(path: string): boolean {
  return sideFiles.some((end) => existsSync(path + end) && statSync(path + end).size > 0)
}

function openCopy(path: string): { readonly file: ReadOnlyFile; readonly dispose: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-verify-'))
  const dispose = () => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'store')
    for (const end of ['', ...sideFiles]) if (existsSync(path + end)) copyFileSync(path + end, copy + end)
    const file = openForReading(copy, { mayWrite: true })
    file.all('select count(*) as n from sqlite_master')
    return { file, dispose }
  } catch (error) {
    dispose()
    throw new Error(`${path} cannot be read, and neither can a copy of it: ${sentence(error)}`, { cause: error })
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
