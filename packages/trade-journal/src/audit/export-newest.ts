import { createPublicKey } from 'node:crypto'
import type { JournalContext } from '../context.js'
import { exportHead } from '../write.js'

/** Copies the newest signed head outside: see {@link Journal.exportHead}. Without anything new it does nothing. */
export async function exportNewestHead(ctx: JournalContext): Promise<void> {
  const row = await ctx.db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow()
  const { hash, signature } = row
  const head = { storeId: ctx.storeId, seq: Number(row.seq), hash, exportedSeq: Number(row.exported_seq), signature }
  if (head.seq > ctx.heads.exportedSeq()) exportHead(ctx, head)
}

/**
 * Writes the public key beside the heads, once. One that is there and differs is left as it is: whoever checks the log must stumble over
 * it.
 */
export function showPublicKey(ctx: JournalContext): void {
  const path = `${ctx.headsPath}.pub`
  const pem = publicKeyPem(ctx.signer.publicKey)
  const there = ctx.disk.readText(path)
  if (there === undefined) ctx.disk.writeTextAtomically(path, pem)
  else if (there !== pem) ctx.log.error('audit_public_key_differs', { path })
}

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

function publicKeyPem(hex: string): string {
  const key = Buffer.concat([spkiPrefix, Buffer.from(hex, 'hex')])
  return String(createPublicKey({ key, format: 'der', type: 'spki' }).export({ format: 'pem', type: 'spki' }))
}
