import { type AuditEntry, InvariantError, redact, StoreError } from '@tidegate/trading-model'
import type { Transaction } from 'kysely'
import { canonicalJson } from '../codec/canonical-json.js'
import { present } from '../codec/read-row.js'
import { cleanText } from '../sql/clean-text.js'
import type { Database } from '../sql/database.js'
import type { SqlDialectName } from '../sql/ddl.js'
import { type Change, writeTogether } from '../sql/write-together.js'
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
   * Writes everything that waits, signs and stores the new head, and how far heads are outside; `undefined` when neither is
   * new. Last before commit.
   */
  readonly seal: () => Promise<ExportedHead | undefined>
}

interface ChainOptions {
  readonly storeId: string
  readonly signer: HeadSigner
  readonly nowMs: number
  readonly exportedSeq: number
  readonly dialect: SqlDialectName
  /** Masks secrets in what is written down. */
  readonly scrub?: ((text: string) => string) | undefined
}

/** Appends to the audit chain inside one transaction; the head is read once and signed at commit. */
export function auditChain(trx: Transaction<Database>, options: ChainOptions): AuditChain {
  const { storeId, signer, nowMs, scrub = (text: string) => text } = options
  let loaded: LoadedHead | undefined
  let appended = false
  const waiting: Change[] = []

  async function head(): Promise<LoadedHead> {
    loaded ??= await loadHead(trx, options.dialect)
    return loaded
  }

  return {
    nextSeq: async () => (await head()).seq + 1,
    releaseEpoch: async () => (await head()).releaseEpoch,
    later: (change) => void waiting.push(change),
    async append({ actor, type, intentId, body }) {
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
      const signature = signer.sign(storeId, sealed)
      const headRow = trx
        .updateTable('audit_head')
        .set({ seq: BigInt(sealed.seq), hash: sealed.hash, exported_seq: BigInt(sealed.exportedSeq), signature })
        .where('id', '=', 1n)
      const written = await writeTogether(trx, options.dialect, [...waiting, headRow])
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
