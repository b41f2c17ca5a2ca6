import { type Journal, ROLES, type TokenRow } from '@tidegate/trading-model'
import { z } from 'zod'
import { intColumn, present, readRow } from '../codec/read-row.js'
import type { JournalContext } from '../context.js'
import { read, Undo, type WriteTx, write } from '../write.js'

type Token = Parameters<Journal['saveToken']>[0]

/** How exact the time of the last use is: a token that is used all day costs a write a minute. */
const USE_EVERY_MS = 60_000

const tokenRow = z
  .object({
    hash: z.string(),
    principal: z.string(),
    role: z.enum(ROLES),
    created_at_ms: intColumn,
    expires_at_ms: intColumn.nullable(),
    revoked_at_ms: intColumn.nullable(),
    last_used_at_ms: intColumn.nullable(),
  })
  .transform(
    (row): TokenRow => ({
      hash: row.hash,
      principal: row.principal,
      role: row.role,
      createdAtMs: row.created_at_ms,
      ...present({
        expiresAtMs: row.expires_at_ms,
        revokedAtMs: row.revoked_at_ms,
        lastUsedAtMs: row.last_used_at_ms,
      }),
    }),
  )

const isActive = (token: TokenRow, nowMs: number): boolean =>
  token.revokedAtMs === undefined && (token.expiresAtMs === undefined || nowMs < token.expiresAtMs)

/** See {@link Journal.saveToken}. */
export async function saveToken(ctx: JournalContext, token: Token): Promise<boolean> {
  return await write(ctx, async (tx) => {
    if (token.maxActive !== undefined && (await countActive(tx, token)) >= token.maxActive) return false
    const { numInsertedOrUpdatedRows } = await tx.trx
      .insertInto('tokens')
      .values({
        hash: token.hash,
        principal: token.principal,
        role: token.role,
        created_at_ms: BigInt(token.createdAtMs),
        expires_at_ms: token.expiresAtMs === undefined ? null : BigInt(token.expiresAtMs),
      })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 1n) await note(tx, 'journal', 'credential.saved', token)
    return true
  })
}

/** See {@link Journal.findToken}. */
export async function findToken(ctx: JournalContext, hash: string): Promise<TokenRow | undefined> {
  return await read(ctx, async (trx) => {
    const row = await trx.selectFrom('tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
    const token = row && readRow(tokenRow, row, 'tokens')
    return token && isActive(token, await ctx.engine.nowMs(trx)) ? token : undefined
  })
}

/** Every token there ever was, revoked and expired ones too, oldest first. */
export async function listTokens(ctx: JournalContext): Promise<readonly TokenRow[]> {
  return await read(ctx, async (trx) => {
    const rows = await trx.selectFrom('tokens').selectAll().orderBy('created_at_ms').orderBy('hash').execute()
    return rows.map((row) => readRow(tokenRow, row, 'tokens'))
  })
}

/** See {@link Journal.revokeToken}. */
export async function revokeToken(ctx: JournalContext, hash: string, by: string): Promise<TokenRow | undefined> {
  return await write(ctx, async (tx) => {
    const row = await tx.trx
      .updateTable('tokens')
      .set({ revoked_at_ms: BigInt(tx.nowMs) })
      .where('hash', '=', hash)
      .where('revoked_at_ms', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (!row) throw new Undo(undefined)
    const token = readRow(tokenRow, row, 'tokens')
    await note(tx, by, 'credential.revoked', token)
    return token
  })
}

/** Keeps when a token was last used, to the minute. No audit entry: what was done with it has its own. */
export async function noteTokenUse(ctx: JournalContext, hash: string): Promise<void> {
  await write(ctx, async (tx) => {
    const before = BigInt(tx.nowMs - USE_EVERY_MS)
    await tx.trx
      .updateTable('tokens')
      .set({ last_used_at_ms: BigInt(tx.nowMs) })
      .where('hash', '=', hash)
      .where((e) => e.or([e('last_used_at_ms', 'is', null), e('last_used_at_ms', '<', before)]))
      .execute()
  })
}

async function countActive(tx: WriteTx, { hash, principal }: Token): Promise<number> {
  const rows = await tx.trx
    .selectFrom('tokens')
    .selectAll()
    .where('principal', '=', principal)
    .where('hash', '<>', hash)
    .execute()
  return rows.map((row) => readRow(tokenRow, row, 'tokens')).filter((token) => isActive(token, tx.nowMs)).length
}

async function note(
  tx: WriteTx,
  actor: string,
  type: string,
  { hash, principal, role }: Pick<TokenRow, 'hash' | 'principal' | 'role'>,
): Promise<void> {
  await tx.audit({ actor, type, body: { principal, role, id: hash.slice(0, 8) } })
}
