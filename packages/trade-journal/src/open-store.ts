import { type Disk, type Environment, type Ids, InvariantError, type Random, StoreError } from '@tidegate/trading-model'
import type { Transaction } from 'kysely'
import { emptyHead, publicKeyOfStore } from './audit/audit-chain.js'
import { type AuditKeys, createSigner, openSigner } from './audit/audit-key.js'
import { newestHead, readHeads } from './audit/heads-file.js'
import { type KeyRing, keyRing } from './audit/key-change.js'
import { loadRing } from './audit/load-ring.js'
import { keepOnlyKey } from './audit/rotate-key.js'
import { walkChain } from './audit/verify-chain.js'
import { storedHead, verifyHeadsFile } from './audit/verify-heads.js'
import { migrate } from './migrations/migrate.js'
import { accountMode } from './records/modes.js'
import type { Database, MetaTable } from './sql/database.js'
import type { Engine } from './sql/engine.js'

export interface StoreOptions {
  readonly engine: Pick<Engine, 'dialect' | 'name'>
  readonly environment: Environment
  readonly hostId: string
  readonly disk: Disk
  readonly headsPath: string
  readonly keyPath: string
  readonly ids: Ids
  readonly random: Random
  readonly nowMs: number
}

export interface OpenedStore {
  readonly isNew: boolean
  readonly storeId: string
  /** Hex. */
  readonly deploySecret: string
  readonly keys: AuditKeys
  /** Every key of the log, and how one followed another. */
  readonly ring: KeyRing
}

/**
 * Brings the schema up to date and makes sure that the store is ours, whole, and not older than its heads outside.
 * Runs in one transaction: a store is created completely or not at all.
 *
 * @throws StoreError as {@link openJournal}.
 */
export async function openStore(trx: Transaction<Database>, options: StoreOptions): Promise<OpenedStore> {
  const isNew = await migrate(trx, options.engine.dialect, options.nowMs)
  if (isNew) await createStore(trx, options)
  const meta = await trx.selectFrom('meta').selectAll().executeTakeFirst()
  if (!meta) throw corrupt(options, 'it has lost its identity')
  mustBeOurs(meta, options)
  const { dialect } = options.engine
  // Others may be writing: with the head held, the log and its key stand still while they are looked at.
  if (dialect === 'postgres') await trx.selectFrom('audit_head').select('id').forUpdate().execute()
  const keys = auditKeys(options, await publicKeyOfStore(trx))
  const { publicKey } = keys.signer
  const { changes } = readHeads(options.disk, options.headsPath)
  const ring = isNew
    ? keyRing(meta.store_id, publicKey, [])
    : await loadRing(trx, { storeId: meta.store_id, publicKey, dialect }, changes)
  const opened = { isNew, storeId: meta.store_id, deploySecret: meta.deploy_secret, keys, ring }
  if (!isNew) await mustBeWhole(trx, options, opened)
  keepOnlyKey(options, keys.signer)
  return opened
}

function auditKeys({ disk, keyPath }: StoreOptions, publicKey: string): AuditKeys {
  const keys: AuditKeys = {
    signer: openSigner(disk, keyPath, publicKey),
    follow: (key) => {
      keys.signer = openSigner(disk, keyPath, key)
      return keys.signer
    },
  }
  return keys
}

async function createStore(trx: Transaction<Database>, options: StoreOptions): Promise<void> {
  const { headsPath, keyPath, random } = options
  if (headsPath === '') throw new InvariantError('The journal needs a path for its signed heads')
  if (readHeads(options.disk, headsPath).heads.length > 0) {
    throw corrupt(
      options,
      `it is empty, but ${headsPath} holds signed heads of a store that was here: it was removed or rolled back`,
    )
  }
  const signer = createSigner(options.disk, keyPath, random)
  await trx
    .insertInto('meta')
    .values({
      id: 1n,
      store_id: options.ids.uuid(),
      environment: options.environment,
      host_id: options.hostId,
      created_at_ms: BigInt(options.nowMs),
      deploy_secret: Buffer.from(random.bytes(32)).toString('hex'),
      audit_public_key: signer.publicKey,
      release_epoch: 0n,
    })
    .execute()
  await trx.insertInto('audit_head').values(emptyHead).execute()
  await trx.insertInto('modes').values(accountMode).execute()
}

function mustBeOurs(meta: MetaTable, { engine, environment, hostId }: StoreOptions): void {
  const mismatch =
    meta.environment !== environment
      ? `environment ${meta.environment}, not ${environment}`
      : engine.dialect === 'sqlite' && meta.host_id !== hostId
        ? `machine ${meta.host_id}, not ${hostId}`
        : undefined
  if (mismatch === undefined) return
  throw new StoreError('ERR_STORE_FOREIGN', `${engine.name} belongs to ${mismatch}`, {
    hint: 'point TIDEGATE_HOME at the right folder; stores are never shared between environments or machines',
  })
}

/** The head of the audit log, its last entry and the heads outside agree. The whole chain is for `verifyAudit`. */
async function mustBeWhole(trx: Transaction<Database>, options: StoreOptions, opened: OpenedStore): Promise<void> {
  const head = await storedHead(trx, { ...options, ...opened })
  if ('problem' in head) throw corrupt(options, head.problem)
  const outside = verifyHeadsFile({ ...options, ...opened }, head, readHeads(options.disk, options.headsPath))
  if (outside.finding) throw corrupt(options, outside.finding.problem)
  const newest = newestHead(outside.heads)
  for (const { seq, hash } of newest ? [head, newest] : [head]) {
    const walk = await walkChain(
      trx,
      { entries: seq - 1, hash: await storedHash(trx, seq - 1) },
      { untilSeq: seq, pageSize: 1, onEntry: () => {}, dialect: options.engine.dialect },
    )
    if (walk.finding) throw corrupt(options, walk.finding.problem)
    if (walk.hash !== hash) throw corrupt(options, `entry ${seq} of the audit log is not the one that was signed`)
  }
}

async function storedHash(trx: Transaction<Database>, seq: number): Promise<string> {
  if (seq === 0) return emptyHead.hash
  const row = await trx.selectFrom('audit').select('hash').where('seq', '=', BigInt(seq)).executeTakeFirst()
  return row?.hash ?? ''
}

function corrupt({ engine }: StoreOptions, why: string): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `${engine.name} is not to be trusted: ${why}`, {
    hint: 'stop trading, keep the files, restore store, heads and key from the same backup',
  })
}
