import { type AuditEntry, InvariantError, redact, StoreError } from '@tidegate/trading-model'
import type { Transaction } from 'kysely'
import { canonicalJson } from '../codec/canonical-json.js'
import { present } from '../codec/read-row.js'
import { cleanText } from '../sql/clean-text.js'
import type { Database } from '../sql/database.js'
import type { SqlDialectName } from '../sql/ddl.js'
import type { AuditHead, HeadSigner } from './audit-key.js'
import { entryHash, GENESIS } from './entry-hash.js'
import type { ExportedHead } from './heads-file.js'

/** What is to be written down; seq, time and hash come from the chain. */
export interface NewEntry {
  readonly actor: string
  readonly type: string
  readonly intentId?: string
  readonly body: Readonly<Record<string, unknown>>
}

/** The audit chain inside one write transaction. */
export interface AuditChain {
  readonly append: (entry: NewEntry) => Promise<AuditEntry>
  /** Sequence that the next entry will get. */
  readonly nextSeq: () => Promise<number>
  /** Signs and stores the new head, and how far heads are outside; `undefined` when neither is new. Last before commit. */
  readonly seal: () => Promise<ExportedHead | undefined>
}

interface ChainOptions {
  readonly storeId: string
  readonly signer: HeadSigner
  readonly nowMs: number
  readonly exportedSeq: number
  readonly dialect: SqlDialectName
}

/** Appends to the audit chain inside one transaction; the head is read once and signed at commit. */
export function auditChain(trx: Transaction<Database>, options: ChainOptions): AuditChain {
  const { storeId, signer, nowMs } = options
  let loaded: AuditHead | undefined
  let appended = false

  async function head(): Promise<AuditHead> {
    loaded ??= await loadHead(trx, options.dialect)
    return loaded
  }

  return {
    nextSeq: async () => (await head()).seq + 1,
    async append({ actor, type, intentId, body }) {
      const before = await head()
      const entry = {
        seq: before.seq + 1,
        atMs: nowMs,
        actor: cleanText(actor),
        type,
        intentId: intentId ?? null,
        body: canonicalJson(redact(body)),
      }
      const hash = entryHash(entry, before.hash)
      await trx
        .insertInto('audit')
        .values({
          seq: BigInt(entry.seq),
          at_ms: BigInt(nowMs),
          actor: entry.actor,
          type,
          intent_id: entry.intentId,
          body: entry.body,
          prev: before.hash,
          hash,
        })
        .execute()
      loaded = { ...before, seq: entry.seq, hash }
      appended = true
      const { intentId: _, ...rest } = entry
      return { ...rest, ...present({ intentId: entry.intentId }), hash }
    },
    async seal() {
      const last = await head()
      if (!appended && last.exportedSeq >= options.exportedSeq) return undefined
      const sealed = { ...last, exportedSeq: Math.max(last.exportedSeq, options.exportedSeq) }
      const signature = signer.sign(storeId, sealed)
      const { numUpdatedRows } = await trx
        .updateTable('audit_head')
        .set({ seq: BigInt(sealed.seq), hash: sealed.hash, exported_seq: BigInt(sealed.exportedSeq), signature })
        .where('id', '=', 1n)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows !== 1n) throw new StoreError('ERR_STORE_CORRUPT', 'The store lost the head of its audit log')
      return { ...sealed, storeId, signature }
    },
  }
}

/** The row that {@link AuditChain} starts from; created empty with the store. */
export const emptyHead = { id: 1n, seq: 0n, hash: GENESIS, exported_seq: 0n, signature: '' } as const

/** Where several write at once, its row is locked: entries follow each other in the order of their commits. */
async function loadHead(trx: Transaction<Database>, dialect: SqlDialectName): Promise<AuditHead> {
  const stored = trx.selectFrom('audit_head').selectAll().where('id', '=', 1n)
  const row = await (dialect === 'postgres' ? stored.forUpdate() : stored).executeTakeFirst()
  if (!row) throw new StoreError('ERR_STORE_CORRUPT', 'The store lost the head of its audit log')
  if (row.seq > BigInt(Number.MAX_SAFE_INTEGER)) throw new InvariantError('The audit log is longer than we can count')
  return { seq: Number(row.seq), hash: row.hash, exportedSeq: Number(row.exported_seq) }
}
