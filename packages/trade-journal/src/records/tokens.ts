import { type Journal, ROLES, type Role } from '@tidegate/trading-model'
import { z } from 'zod'
import { readRow } from '../codec/read-row.js'
import type { JournalContext } from '../context.js'
import { read, write } from '../write.js'

type Token = Parameters<Journal['saveToken']>[0]

const tokenRow = z.object({ principal: z.string(), role: z.enum(ROLES) })

/** Keeps the hash of a token, never the token; saving the same hash again changes nothing. */
export async function saveToken(ctx: JournalContext, token: Token): Promise<void> {
  await write(ctx, async (tx) => {
    const { numInsertedOrUpdatedRows } = await tx.trx
      .insertInto('tokens')
      .values({
        hash: token.hash,
        principal: token.principal,
        role: token.role,
        created_at_ms: BigInt(token.createdAtMs),
      })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows !== 1n) return
    await tx.audit({
      actor: 'journal',
      type: 'credential.saved',
      body: { principal: token.principal, role: token.role, id: token.hash.slice(0, 8) },
    })
  })
}

/** Whose token it is; `undefined` when unknown or revoked. */
export async function findToken(
  ctx: JournalContext,
  hash: string,
): Promise<{ readonly principal: string; readonly role: Role } | undefined> {
  const row = await read(
    ctx,
    async (trx) =>
      await trx
        .selectFrom('tokens')
        .select(['principal', 'role'])
        .where('hash', '=', hash)
        .where('revoked_at_ms', 'is', null)
        .executeTakeFirst(),
  )
  return row && readRow(tokenRow, row, 'tokens')
}
