import type { JsonObject } from '@tidegate/mcp-adapter'
import { deserializeSnapshot, evaluateOrder, type Policy } from '@tidegate/risk-engine'
import { type ApprovalRow, formatDecimal, fromUnits, type Journal, ONE, readDecimal } from '@tidegate/trading-model'
import { showApproval } from '../control/show-intent.js'

/** Digits of a hash that are shown, and asked for. */
const HASH_DIGITS = 12

export interface ChallengeDeps {
  readonly journal: Pick<Journal, 'decisionInput'>
  readonly policyFor: (principalName: string) => Policy
  readonly nowMs: () => number
}

/**
 * What a person reads before deciding, from the store alone: nothing in it was written by the agent but the terms themselves.
 * `terms_hash_prefix` is what an approval has to name.
 */
export async function showChallenge(row: ApprovalRow, deps: ChallengeDeps): Promise<JsonObject> {
  const { intent, expiresAtMs } = row
  return {
    ...showApproval(row),
    kind: intent.kind,
    account: intent.account,
    requested_by: intent.principal,
    product_id: intent.terms.productId,
    side: intent.terms.side,
    terms_hash_prefix: intent.termsHash.slice(0, HASH_DIGITS),
    expires_in_ms: Math.max(0, expiresAtMs - deps.nowMs()),
    limits: await showLimits(row, deps),
  }
}

/** The recorded decision under the limits of now: what the order claims of each. A change is decided beside its order: not shown. */
async function showLimits({ intent }: ApprovalRow, { journal, policyFor }: ChallengeDeps): Promise<JsonObject> {
  const input = intent.kind === 'order' ? await journal.decisionInput(intent.intentId) : undefined
  if (input === undefined || input === '{}') return { verdict: 'not shown' }
  const decision = evaluateOrder(policyFor(intent.principal), deserializeSnapshot(input), intent.terms)
  if (decision.kind === 'denied') {
    return { verdict: 'denied', denials: decision.denials.map(({ code, message }) => ({ code, message })) }
  }
  const { expectedPrice, worstPrice, fee, mid, positionPctAfter } = decision.estimate
  return {
    verdict: 'passed',
    mid,
    expected_price: expectedPrice ?? null,
    worst_price: worstPrice,
    fee,
    position_pct_after: positionPctAfter,
    claims: decision.order.reservations.map(({ scope, window, amount, cap, unit }) => ({
      scope,
      window,
      amount: inUnits(amount, unit),
      cap: inUnits(cap, unit),
    })),
  }
}

/** `12.5 USD`, from whole units of `0.000001 USD`. */
function inUnits(amount: bigint, unit: string): string {
  const [step, ...name] = unit.split(' ')
  return [formatDecimal(fromUnits(amount, readDecimal(step) ?? ONE)), ...name].join(' ')
}
