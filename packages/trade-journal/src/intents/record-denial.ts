import { type DeniedIntent, type Intent, InvariantError } from '@tidegate/trading-model'
import { canonicalJson } from '../codec/canonical-json.js'
import type { JournalContext } from '../context.js'
import { write } from '../write.js'
import { changeFields } from './change-target.js'
import { wishHashOf } from './find-earlier.js'
import { insertIntent } from './store-intent.js'

/** Keeps a refusal of our own rules: see {@link Journal.recordDenial}. */
export async function recordDenial(ctx: JournalContext, denied: DeniedIntent): Promise<Intent> {
  const first = denied.denials[0]
  if (!first) throw new InvariantError(`Intent ${denied.intentId} is denied for no reason`)
  return await write(ctx, async (tx) => {
    const intent: Intent = {
      intentId: denied.intentId,
      clientOrderId: denied.clientOrderId,
      ...changeFields(denied),
      environment: ctx.environment,
      account: denied.account,
      principal: denied.principal,
      ...(denied.key === undefined ? {} : { key: denied.key }),
      terms: denied.terms,
      termsHash: denied.termsHash,
      state: 'DENIED',
      cancel: 'none',
      worstNotionalUsd: '0',
      needsApproval: false,
      reducesExposure: false,
      priceBand: { low: '0', high: '0' },
      filledSize: '0',
      filledValue: '0',
      totalFees: '0',
      outcomeCode: first.code,
      outcomeReason: denied.denials.map((denial) => denial.message).join('; '),
      createdAtMs: tx.nowMs,
      updatedAtMs: tx.nowMs,
      version: 1,
    }
    await insertIntent(tx, intent, {
      wishHash: wishHashOf(denied),
      actor: denied.principal,
      type: 'intent.denied',
      body: { denials: denied.denials },
      decision: {
        policyVersion: denied.policyVersion,
        input: denied.decisionInput,
        denials: canonicalJson(denied.denials),
      },
    })
    return intent
  })
}
