import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Database } from '../sql/database.js'
import type { WriteTx } from '../write.js'

/** Tells every decision under way that its snapshot is out of date. */
export async function bumpReleaseEpoch(tx: WriteTx): Promise<void> {
  await tx.trx.updateTable('meta').set({ release_epoch: sql<bigint>`release_epoch + 1` }).where('id', '=', 1n).execute()
}

/** The count of releases and fills so far: a snapshot read under another count is out of date. */
export async function releaseEpoch(trx: Kysely<Database>): Promise<number> {
  const { release_epoch } = await trx
    .selectFrom('meta')
    .select('release_epoch')
    .where('id', '=', 1n)
    .executeTakeFirstOrThrow()
  return Number(release_epoch)
}
