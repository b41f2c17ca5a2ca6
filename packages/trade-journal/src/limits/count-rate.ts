import { InvariantError, type OrderRate } from '@tidegate/trading-model'
import type { Kysely } from 'kysely'
import type { Database } from '../sql/database.js'

export interface RateCount {
  readonly count: number
  readonly oldestAtMs?: number
}

/**
 * Counts intents of the scope in `(nowMs - windowMs, nowMs]`, denied ones too, orders from outside not.
 *
 * @throws InvariantError for a scope that is neither `account` nor `agent:NAME` and names no products.
 */
export async function countRate(trx: Kysely<Database>, rate: OrderRate, nowMs: number): Promise<RateCount> {
  let query = trx
    .selectFrom('intents')
    .select((e) => [e.fn.countAll<bigint>().as('count'), e.fn.min('created_at_ms').as('oldest')])
    .where('created_at_ms', '>', BigInt(nowMs - rate.windowMs))
    .where('principal', '<>', 'external')
  if (rate.scope.startsWith('agent:')) query = query.where('principal', '=', rate.scope.slice('agent:'.length))
  else if (rate.productIds && rate.productIds.length > 0) query = query.where('product_id', 'in', [...rate.productIds])
  else if (rate.scope !== 'account') throw new InvariantError(`There is no order rate for ${rate.scope}`)
  const { count, oldest } = await query.executeTakeFirstOrThrow()
  // `min` is null without rows, whatever its type says.
  const oldestAtMs = oldest as bigint | null
  return { count: Number(count), ...(oldestAtMs === null ? {} : { oldestAtMs: Number(oldestAtMs) }) }
}
