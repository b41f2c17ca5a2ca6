import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type BackupReport, StoreError } from '@tidegate/trading-model'
import { formatHead, readHeads } from '../audit/heads-file.js'
import type { JournalContext } from '../context.js'
import { createPrivately, openSqliteFile } from '../drivers/open-sqlite-file.js'
import { mapStoreError } from '../sql/map-store-error.js'

/** Names inside the folder of a backup. */
const names = { store: 'journal.db', heads: 'heads.jsonl', key: 'heads.jsonl.key' } as const

/**
 * Makes a backup while the journal works: see {@link Journal.backup}. The heads in it are those that the copy of the store knows,
 * none newer, so that the three files always fit each other.
 *
 * @throws StoreError `ERR_STORE_IO` when it cannot be written, `ERR_STORE_CORRUPT` when the copy does not hold: no backup then.
 */
export async function backup(ctx: JournalContext, folder: string): Promise<BackupReport> {
  const { copyTo } = ctx.engine
  if (!copyTo) throw new StoreError('ERR_STORE_IO', `${ctx.engine.name} is backed up with its own tools`)
  const file = join(folder, names.store)
  makeNewFolder(folder)
  createPrivately(file)
  await copyTo(file)
  const { entries, head } = checkCopy(file)
  const { heads } = readHeads(ctx.disk, ctx.headsPath)
  const known = heads.filter((each) => each.seq <= entries).map(formatHead)
  const key = ctx.disk.readText(ctx.keyPath)
  if (key === undefined) throw new StoreError('ERR_STORE_IO', `The audit key ${ctx.keyPath} is missing`)
  ctx.disk.writeTextAtomically(join(folder, names.heads), known.join(''), 0o600)
  ctx.disk.writeTextAtomically(join(folder, names.key), key, 0o600)
  return { folder, entries, head, files: Object.values(names) }
}

function makeNewFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw mapStoreError(error, `create ${folder}`)
    throw new StoreError('ERR_STORE_IO', `${folder} is there already; a backup is never written over anything`, {
      hint: 'name a folder that does not exist yet',
    })
  }
}

function checkCopy(path: string): { readonly entries: number; readonly head: string } {
  const file = openSqliteFile(path)
  try {
    const health = String(file.all('pragma integrity_check(1)', [])[0]?.['integrity_check'])
    if (health !== 'ok') throw new StoreError('ERR_STORE_CORRUPT', `The copy ${path} does not hold: ${health}`)
    const row = file.all('select seq, hash from audit_head', [])[0]
    return { entries: Number(row?.['seq']), head: String(row?.['hash']) }
  } catch (error) {
    throw mapStoreError(error, `check ${path}`)
  } finally {
    file.close()
  }
}
