import { type AuditEntry, InvariantError, redact, StoreError } from '@tidegate/trading-model'
import type { Transaction } from 'kysely'
import { canonicalJson } from '../codec/canonical-json.js'
import { present } from '../codec/read-row.js'
import { cleanText } from '../sql/clean-text.js'
import type { Database } from '../sql/database.js'
import type { SqlDialectName } from '../sql/ddl.js'
import { type Change, writeTogether } from '../sql/write-together.js'
import type { AuditHead, AuditKeys, HeadSigner } from './audit-key.js'
import { entryHash, GENESIS } from './entry-hash.js'
import type { ExportedHead } from './heads-file.js'
import { type KeyChange, keyChangedType, makeKeyChange } from './key-change.js'

/** What is to be written down; seq, time and hash come from the chain. */
export interface NewEntry {
  readonly actor: string
  readonly type: string
  readonly intentId?: string
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * The audit chain inside one write transaction. Its head is what all gateways wait for: who asks for the next number, or appends,
 * does it when everything else is done that takes a trip to the database.
 */
export interface AuditChain {
  /** Makes an entry; written at {@link AuditChain.seal}. */
  readonly append: (entry: NewEntry) => Promise<AuditEntry>
  /** Lets a change be made at {@link AuditChain.seal}, together with the entries; nothing in the transaction reads it. */
  readonly later: (change: Change) => void
  /** Sequence that the next entry will get. */
  readonly nextSeq: () => Promise<number>
  /** Count of releases and fills, read no earlier than when the head was first asked for. */
  readonly releaseEpoch: () => Promise<number>
  /**
   * Hands the log over to another key: the entry that tells of it is the first that it signs. `keep` is called while nobody else can do the
   * same, with the key that signs until now, before anything names the new one.
   */
  readonly changeKey: (by: string, next: HeadSigner, keep: (old: HeadSigner) => void) => Promise<KeyChange>
  /**
   * Writes everything that waits, signs and stores the new head, and how far heads are outside; `undefined` when neither is
   * new. Last before commit.
   */
  readonly seal: () => Promise<ExportedHead | undefined>
}

interface ChainOptions {
  readonly storeId: string
  readonly keys: AuditKeys
  readonly nowMs: number
  readonly exportedSeq: number
  readonly dialect: SqlDialectName
  /** Masks secrets in what is written down. */
  readonly scrub?: ((text: string) => string) | undefined
}

/** Appends to the audit chain inside one transaction; the head is read once and signed at commit. */
export function auditChain(trx: Transaction<Database>, options: ChainOptions): AuditChain {
  const { storeId, keys, nowMs, scrub = (text: string) => text } = options
  let next: HeadSigner | undefined
  let loaded: LoadedHead | undefined
  let appended = false
  const waiting: Change[] = []

  async function head(): Promise<LoadedHead> {
    loaded ??= await loadHead(trx, options.dialect)
    return loaded
  }

  async function append({ actor, type, intentId, body }: NewEntry): Promise<AuditEntry> {
    const before = await head()
    const entry = {
      seq: before.seq + 1,
      atMs: nowMs,
      actor: scrub(cleanText(actor)),
      type,
      intentId: intentId ?? null,
      body: scrub(canonicalJson(redact(body))),
    }
    const hash = entryHash(entry, before.hash)
    waiting.push(
      trx.insertInto('audit').values({
        seq: BigInt(entry.seq),
        at_ms: BigInt(nowMs),
        actor: entry.actor,
        type,
        intent_id: entry.intentId,
        body: entry.body,
        prev: before.hash,
        hash,
      }),
    )
    loaded = { ...before, seq: entry.seq, hash }
    appended = true
    const { intentId: _, ...rest } = entry
    return { ...rest, ...present({ intentId: entry.intentId }), hash }
  }

  /** Only the key that the store names may sign, whoever changed it: the statement itself looks. */
  const headRow = (sealed: AuditHead, signature: string, publicKey: string): Change =>
    trx
      .updateTable('audit_head')
      .set({ seq: BigInt(sealed.seq), hash: sealed.hash, exported_seq: BigInt(sealed.exportedSeq), signature })
      .where('id', '=', 1n)
      .where((e) => e.exists(e.selectFrom('meta').select('id').where('audit_public_key', '=', publicKey)))

  return {
    append,
    nextSeq: async () => (await head()).seq + 1,
    releaseEpoch: async () => (await head()).releaseEpoch,
    later: (change) => void waiting.push(change),
    async changeKey(by, key, keep) {
      // Where the release epoch is counted its row is locked before the head: the same order here.
      const before = await lockIdentity(trx, options.dialect)
      const { seq, hash } = await head()
      const old = before === keys.signer.publicKey ? keys.signer : keys.follow(before)
      keep(old)
      const change = makeKeyChange(storeId, { seq, hash }, old, key)
      await append({ actor: by, type: keyChangedType, body: { ...change } })
      await trx.updateTable('meta').set({ audit_public_key: key.publicKey }).execute()
      next = key
      return change
    },
    async seal() {
      const last = await head()
      if (!appended && last.exportedSeq >= options.exportedSeq) {
        await writeTogether(trx, options.dialect, waiting)
        return undefined
      }
      const sealed = {
        seq: last.seq,
        hash: last.hash,
        exportedSeq: Math.max(last.exportedSeq, options.exportedSeq),
      }
      let signer = next ?? keys.signer
      let signature = signer.sign(storeId, sealed)
      const changes = [...waiting, headRow(sealed, signature, signer.publicKey)]
      let written = await writeTogether(trx, options.dialect, changes)
      if (written !== 1n) {
        // Somebody else changed the key since; who has the new one goes on with it, nobody else does.
        signer = keys.follow(await publicKeyOfStore(trx))
        signature = signer.sign(storeId, sealed)
        written = await writeTogether(trx, options.dialect, [headRow(sealed, signature, signer.publicKey)])
      }
      if (written !== 1n) throw new StoreError('ERR_STORE_CORRUPT', 'The store lost the head of its audit log')
      return { ...sealed, storeId, signature }
    },
  }
}

/** The row that {@link AuditChain} starts from; created empty with the store. */
export const emptyHead = { id: 1n, seq: 0n, hash: GENESIS, exported_seq: 0n, signature: '' } as const

type LoadedHead = AuditHead & { readonly releaseEpoch: number }

/** Where several write at once, its row is locked: entries follow each other in the order of their commits. */
async function loadHead(trx: Transaction<Database>, dialect: SqlDialectName): Promise<LoadedHead> {
  const stored = trx
    .selectFrom('audit_head')
    .select(['seq', 'hash', 'exported_seq'])
    .select((e) => e.selectFrom('meta').select('release_epoch').as('release_epoch'))
    .where('id', '=', 1n)
  const row = await (dialect === 'postgres' ? stored.forUpdate() : stored).executeTakeFirst()
  if (!row) throw new StoreError('ERR_STORE_CORRUPT', 'The store lost the head of its audit log')
  if (row.seq > BigInt(Number.MAX_SAFE_INTEGER)) throw new InvariantError('The audit log is longer than we can count')
  return {
    seq: Number(row.seq),
    hash: row.hash,
    exportedSeq: Number(row.exported_seq),
    releaseEpoch: Number(row.release_epoch),
  }
}

/** The public key that the store says signs it. */
export async function publicKeyOfStore(trx: Transaction<Database>): Promise<string> {
  return (await trx.selectFrom('meta').select('audit_public_key').executeTakeFirstOrThrow()).audit_public_key
}

async function lockIdentity(trx: Transaction<Database>, dialect: SqlDialectName): Promise<string> {
  const row = trx.selectFrom('meta').select('audit_public_key')
  return (await (dialect === 'postgres' ? row.forUpdate() : row).executeTakeFirstOrThrow()).audit_public_key
}
