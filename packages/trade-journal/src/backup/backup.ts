import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type BackupReport, StoreError } from '@tidegate/trading-model'
import { readSigners } from '../audit/audit-key.js'
import { formatHead, readHeads } from '../audit/heads-file.js'
import { formatKeyChange } from '../audit/key-change.js'
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
  // The key may be changed while the store is copied: before and after it one of the two is the copy's.
  const signers = readSigners(ctx.disk, ctx.keyPath)
  await copyTo(file)
  const { entries, head, publicKey } = checkCopy(file)
  const { heads, changes } = readHeads(ctx.disk, ctx.headsPath)
  const known = [
    ...heads.filter((each) => each.seq <= entries).map(formatHead),
    ...changes.filter((each) => each.seq < entries).map(formatKeyChange),
  ]
  const all = [...signers, ...readSigners(ctx.disk, ctx.keyPath)]
  const key = all.find((signer) => signer.publicKey === publicKey)?.pem
  if (key === undefined) {
    throw new StoreError('ERR_STORE_IO', `The audit key of this moment is not in ${ctx.keyPath}`, {
      hint: 'if the key was changed just now, back up again',
    })
  }
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

function checkCopy(path: string): { readonly entries: number; readonly head: string; readonly publicKey: string } {
  const file = openSqliteFile(path)
  try {
    const health = String(file.all('pragma integrity_check(1)', [])[0]?.['integrity_check'])
    if (health !== 'ok') throw new StoreError('ERR_STORE_CORRUPT', `The copy ${path} does not hold: ${health}`)
    const row = file.all('select seq, hash from audit_head', [])[0]
    const meta = file.all('select audit_public_key from meta', [])[0]
    const publicKey = String(meta?.['audit_public_key'])
    return { entries: Number(row?.['seq']), head: String(row?.['hash']), publicKey }
  } catch (error) {
    throw mapStoreError(error, `check ${path}`)
  } finally {
    file.close()
  }
}
