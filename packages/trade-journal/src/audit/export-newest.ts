import type { JournalContext } from '../context.js'
import { exportHead } from '../write.js'
import { publicKeyOf } from './audit-key.js'
import type { KeyRing } from './key-change.js'

/** Copies the newest signed head outside: see {@link Journal.exportHead}. Without anything new it does nothing. */
export async function exportNewestHead(ctx: JournalContext): Promise<void> {
  const row = await ctx.db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow()
  const { hash, signature } = row
  const head = { storeId: ctx.storeId, seq: Number(row.seq), hash, exportedSeq: Number(row.exported_seq), signature }
  if (head.seq > ctx.heads.exportedSeq()) exportHead(ctx, head)
}

/**
 * Writes the public keys beside the heads: the one that signs now first, those before it below, for whoever checks what they signed. One
 * that is there and is none of these is left as it is: whoever checks the log must stumble over it.
 */
export function showPublicKeys(ctx: JournalContext, ring: KeyRing): void {
  const path = `${ctx.headsPath}.pub`
  const upTo = (count: number) => ring.keys.slice(0, count).reverse().map(publicKeyPem).join('')
  const text = upTo(ring.keys.length)
  const there = ctx.disk.readText(path)
  if (there === text) return
  if (there === undefined || ring.keys.some((_, index) => there === upTo(index + 1))) {
    ctx.disk.writeTextAtomically(path, text)
  } else ctx.log.error('audit_public_key_differs', { path })
}

function publicKeyPem(hex: string): string {
  return String(publicKeyOf(hex).export({ format: 'pem', type: 'spki' }))
}
