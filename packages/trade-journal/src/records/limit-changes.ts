import {
  type Journal,
  LIMIT_CHANGE_KINDS,
  type LimitChange,
  type LimitChangeResult,
  type NewLimitChange,
} from '@tidegate/trading-model'
import { z } from 'zod'
import { useFactor } from '../approvals/use-factor.js'
import { sha256 } from '../codec/digest.js'
import { intColumn, readRow } from '../codec/read-row.js'
import type { JournalContext } from '../context.js'
import { read, type WriteTx, write } from '../write.js'

/** Locked by whoever changes the limits: changes come one by one, each decided behind the one before. */
export const LIMITS_SCOPE = 'limits'

type Refusal = Omit<Extract<LimitChangeResult, { kind: 'refused' }>, 'kind'>

const changeRow = z
  .object({
    seq: intColumn,
    kind: z.enum(LIMIT_CHANGE_KINDS),
    body: z.string(),
    changed_by: z.string(),
    at_ms: intColumn,
  })
  .transform(({ seq, kind, body, changed_by: by, at_ms: atMs }): LimitChange => ({ seq, kind, body, by, atMs }))

/** See {@link Journal.changeLimits}. */
export async function changeLimits(ctx: JournalContext, wanted: NewLimitChange): Promise<LimitChangeResult> {
  return await write<LimitChangeResult>(ctx, async (tx) => {
    const { kind, body, by, audit } = wanted
    const last = await tx.trx
      .selectFrom('limit_changes')
      .select('seq')
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst()
    const newest = Number(last?.seq ?? 0n)
    const refusal = await whyRefused(tx, wanted, newest)
    if (refusal) {
      // Another change that came first is no fault of anybody.
      if (refusal.why !== 'moved') {
        const { why, reason } = refusal
        await tx.audit({ actor: by, type: 'policy.refused', body: { wanted: audit.type, why, reason } })
      }
      return { kind: 'refused', ...refusal }
    }
    const change: LimitChange = { seq: newest + 1, kind, body, by, atMs: tx.nowMs }
    await tx.trx
      .insertInto('limit_changes')
      .values({ seq: BigInt(change.seq), kind, body, changed_by: by, at_ms: BigInt(tx.nowMs) })
      .execute()
    await tx.audit({
      actor: by,
      type: audit.type,
      body: {
        ...audit.body,
        seq: change.seq,
        text: sha256(body),
        ...(wanted.factor === undefined ? {} : { factor: 'totp' }),
      },
    })
    return { kind: 'recorded', change }
  })
}

/** See {@link Journal.limitChanges}. */
export async function limitChanges(
  ctx: JournalContext,
  { after = 0, kind, newest = false }: NonNullable<Parameters<Journal['limitChanges']>[0]> = {},
): Promise<readonly LimitChange[]> {
  return await read(ctx, async (trx) => {
    let query = trx.selectFrom('limit_changes').selectAll().where('seq', '>', BigInt(after))
    if (kind !== undefined) query = query.where('kind', '=', kind)
    query = newest ? query.orderBy('seq', 'desc').limit(1) : query.orderBy('seq')
    return (await query.execute()).map((row) => readRow(changeRow, row, 'limit_changes'))
  })
}

/** The first reason that holds; only what could be recorded lets a code be tried. */
async function whyRefused(tx: WriteTx, wanted: NewLimitChange, newest: number): Promise<Refusal | undefined> {
  const { by, after, factor, factorRequired, loosens = [] } = wanted
  if (newest !== after) {
    return {
      why: 'moved',
      reason: `The limits were changed meanwhile (change ${newest}, this was decided after ${after})`,
    }
  }
  const own = loosens.find((name) => isSamePerson(name, by))
  if (own !== undefined)
    return { why: 'requester', reason: `This makes limits of ${own} looser, who cannot agree to it` }
  if (factor) return await useFactor(tx, by, factor)
  return factorRequired ? { why: 'code_missing', reason: `${by} agrees with a code, and none came` } : undefined
}

function isSamePerson(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}
