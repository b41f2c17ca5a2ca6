import type { AuditVerdict } from '@tidegate/trading-model'
import type { JournalContext } from '../context.js'
import { read } from '../write.js'
import { publicKeyOfStore } from './audit-chain.js'
import { readSigners } from './audit-key.js'
import { readHeads } from './heads-file.js'
import { keyRing } from './key-change.js'
import { loadRing } from './load-ring.js'
import { type ChainWalk, chainStart, type Finding, walkChain } from './verify-chain.js'
import { storedHead, verifyHeadsFile } from './verify-heads.js'
import { verifyIntents, verifyLedger } from './verify-records.js'

const pageSize = 500

/**
 * Recomputes everything: see {@link Journal.verifyAudit}. Pages, so that orders pass in between; entries never change, and
 * each page of intents is compared with the log of the same moment.
 */
export async function verifyAudit(ctx: JournalContext): Promise<AuditVerdict> {
  const found = readHeads(ctx.disk, ctx.headsPath)
  const { storeId, engine, headsPath } = ctx
  const { ring, stored } = await read(ctx, async (trx) => {
    const publicKey = await publicKeyOfStore(trx)
    if (!isOurKey(ctx, publicKey)) {
      return {
        ring: keyRing(storeId, publicKey, []),
        stored: { problem: `the store names a key that is not in ${ctx.keyPath}` },
      }
    }
    const keys = await loadRing(trx, { storeId, publicKey, dialect: engine.dialect }, found.changes)
    return { ring: keys, stored: await storedHead(trx, { storeId, engine, ring: keys }) }
  })
  if ('problem' in stored) return verdict(await walk(ctx, Number.MAX_SAFE_INTEGER, () => {}), stored)
  const outside = verifyHeadsFile({ storeId, engine, headsPath, ring }, stored, found)
  const expected = new Map(outside.heads.map((head) => [head.seq, head.hash]))
  let forked: Finding | undefined
  const chain = await walk(ctx, stored.seq, (seq, hash) => {
    const head = expected.get(seq)
    if (head !== undefined && head !== hash) {
      forked ??= { seq, problem: `entry ${seq} is not the one that was signed outside the store` }
    }
  })
  const ends =
    chain.hash === stored.hash ? undefined : { seq: stored.seq, problem: 'the signed head is not the last entry' }
  return verdict(chain, chain.finding ?? outside.finding ?? forked ?? ends ?? (await records(ctx)))
}

/** What the store names as its key is believed only where the key file, outside it, has it: another gateway may have changed it. */
function isOurKey(ctx: JournalContext, publicKey: string): boolean {
  if (publicKey === ctx.keys.signer.publicKey) return true
  return readSigners(ctx.disk, ctx.keyPath).some((signer) => signer.publicKey === publicKey)
}

async function walk(
  ctx: JournalContext,
  untilSeq: number,
  onEntry: (seq: number, hash: string) => void,
): Promise<ChainWalk> {
  let chain = chainStart
  for (;;) {
    const next = await read(
      ctx,
      async (trx) => await walkChain(trx, chain, { untilSeq, pageSize, onEntry, dialect: ctx.engine.dialect }),
    )
    if (next.finding || next.entries === chain.entries) return next
    chain = next
  }
}

async function records(ctx: JournalContext): Promise<Finding | undefined> {
  let ordinal = 0n
  for (;;) {
    const page = await read(
      ctx,
      async (trx) => await verifyIntents(trx, { afterOrdinal: ordinal, pageSize, dialect: ctx.engine.dialect }),
    )
    if (page.finding) return page.finding
    if (page.lastOrdinal === undefined) break
    ordinal = page.lastOrdinal
  }
  return await read(ctx, verifyLedger)
}

/** The first finding wins; a broken entry is named before what follows from it. */
function verdict(chain: ChainWalk, finding: Finding | undefined): AuditVerdict {
  const { entries, hash } = chain
  const first = chain.finding ?? finding
  if (!first) return { ok: true, entries, head: hash }
  return {
    ok: false,
    entries,
    head: hash,
    problem: first.problem,
    ...(first.seq === undefined ? {} : { firstBad: first.seq }),
  }
}
