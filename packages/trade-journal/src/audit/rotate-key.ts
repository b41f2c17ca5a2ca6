import type { Disk } from '@tidegate/trading-model'
import type { JournalContext } from '../context.js'
import { read, write } from '../write.js'
import { publicKeyOfStore } from './audit-chain.js'
import { type HeadSigner, newSigner, readSigners } from './audit-key.js'
import { exportNewestHead, showPublicKeys } from './export-newest.js'
import { formatKeyChange, type KeyChange } from './key-change.js'
import { loadRing } from './load-ring.js'

/**
 * Makes a new signing key and hands the log over to it: see {@link Journal.rotateAuditKey}. The key file holds both keys from before the
 * commit until after it, so that whichever of the two the store names is there after a crash; the one that signs no more is then dropped.
 *
 * @throws StoreError `ERR_STORE_IO` when the key file cannot be written: nothing was changed then.
 */
export async function rotateKey(
  ctx: JournalContext,
  by: string,
): Promise<{ readonly seq: number; readonly from: string; readonly to: string }> {
  const next = newSigner(ctx.random)
  const change = await write(
    ctx,
    async (tx) =>
      await tx.changeKey(by, next, (old) => ctx.disk.writeTextAtomically(ctx.keyPath, `${old.pem}${next.pem}`, 0o600)),
  )
  ctx.keys.signer = next
  await tellOutside(ctx, change)
  // Again while nobody else can change it: a file that two gateways share must not lose the key of the next change.
  await write(ctx, async (tx) => {
    await tx.nextAuditSeq()
    // Asked of the store: another gateway may have changed the key again, and the file then holds a key that must stay.
    if ((await publicKeyOfStore(tx.trx)) === next.publicKey) keepOnlyKey(ctx, next)
  })
  ctx.log.info('audit_key_changed', { seq: change.seq + 1, from: change.from, to: change.to })
  return { seq: change.seq + 1, from: change.from, to: change.to }
}

/** What fails here is done when the journal is opened next; the log itself tells of the change already. */
async function tellOutside(ctx: JournalContext, change: KeyChange): Promise<void> {
  try {
    ctx.heads.appendChange(change)
    ctx.onHead?.(formatKeyChange(change))
    await exportNewestHead(ctx)
    const { storeId, engine } = ctx
    const { publicKey } = ctx.keys.signer
    const ring = await read(
      ctx,
      async (trx) => await loadRing(trx, { storeId, publicKey, dialect: engine.dialect }, ctx.heads.changes()),
    )
    showPublicKeys(ctx, ring)
  } catch (error) {
    ctx.log.error('audit_key_change_not_told_outside', { path: ctx.headsPath, seq: change.seq + 1, error })
  }
}

/**
 * Drops every key but one from the key file: those of changes that a crash ended, and the old one of a change that was made. Only while the
 * head of the log is held, because whoever changes the key writes the file under it, too.
 */
export function keepOnlyKey(
  { disk, keyPath }: { readonly disk: Disk; readonly keyPath: string },
  key: HeadSigner,
): void {
  if (readSigners(disk, keyPath).length > 1) disk.writeTextAtomically(keyPath, key.pem, 0o600)
}
