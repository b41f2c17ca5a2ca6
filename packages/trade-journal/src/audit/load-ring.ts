import type { Transaction } from 'kysely'
import type { Database } from '../sql/database.js'
import type { SqlDialectName } from '../sql/ddl.js'
import { type KeyChange, type KeyRing, keyChangedType, keyRing, readKeyChangeBody } from './key-change.js'
import { bytesOf, textOf } from './raw-rows.js'

/**
 * The keys of a log, from the one that signs now back to the first. The heads file tells of every change; where it does not reach the first
 * key (a crash came between, or another gateway made the change) the whole log is searched.
 */
export async function loadRing(
  trx: Transaction<Database>,
  store: { readonly storeId: string; readonly publicKey: string; readonly dialect: SqlDialectName },
  outside: readonly KeyChange[],
): Promise<KeyRing> {
  const ring = keyRing(store.storeId, store.publicKey, outside)
  const [first] = await bodies(trx, store.dialect, (entries) => entries.where('seq', '=', 1n))
  if ((first as { public_key?: unknown } | undefined)?.public_key === ring.keys[0]) return ring
  const told = await bodies(trx, store.dialect, (entries) => entries.where('type', '=', keyChangedType))
  return keyRing(store.storeId, store.publicKey, [
    ...outside,
    ...told.map(readKeyChangeBody).filter((change) => change !== undefined),
  ])
}

async function bodies(
  trx: Transaction<Database>,
  dialect: SqlDialectName,
  narrow: (query: ReturnType<typeof entries>) => ReturnType<typeof entries>,
): Promise<readonly unknown[]> {
  const rows = await narrow(entries(trx, dialect)).execute()
  return rows.map(({ body }) => parse(textOf(body) ?? ''))
}

function entries(trx: Transaction<Database>, dialect: SqlDialectName) {
  return trx.selectFrom('audit').select(bytesOf('body', dialect).as('body')).orderBy('seq')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
