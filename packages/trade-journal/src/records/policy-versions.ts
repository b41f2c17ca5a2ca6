import { InvariantError } from '@tidegate/trading-model'
import { sha256 } from '../codec/digest.js'
import type { JournalContext } from '../context.js'
import { write } from '../write.js'

/**
 * Keeps the text of a policy under its version, once.
 *
 * @throws InvariantError when the version was recorded with another text.
 */
export async function recordPolicy(ctx: JournalContext, version: string, text: string): Promise<void> {
  await write(ctx, async (tx) => {
    const { numInsertedOrUpdatedRows } = await tx.trx
      .insertInto('policy_versions')
      .values({ version, body: text, recorded_at_ms: BigInt(tx.nowMs) })
      .onConflict((conflict) => conflict.column('version').doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 1n) {
      await tx.audit({ actor: 'journal', type: 'policy.recorded', body: { version, text: sha256(text) } })
      return
    }
    const { body } = await tx.trx
      .selectFrom('policy_versions')
      .select('body')
      .where('version', '=', version)
      .executeTakeFirstOrThrow()
    if (body !== text) throw new InvariantError(`Policy version ${version} was recorded with another text`)
  })
}
