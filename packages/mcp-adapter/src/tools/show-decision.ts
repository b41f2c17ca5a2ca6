import type { OrderEstimate, RiskDecision } from '@tidegate/risk-engine'
import type { Denial } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { publicCode } from '../public-code.js'

/** A reason why not: code, numbers, sentence, and what would pass. */
export function showDenial(denial: Denial): JsonObject {
  return {
    code: publicCode(denial.code),
    limit: denial.limit,
    actual: denial.actual,
    unit: denial.unit,
    message: denial.message,
    ...(denial.cure ? { cure: denial.cure } : {}),
  }
}

/** All reasons in one: the code of the first, every sentence, and what would pass. */
export function denialError(denials: readonly Denial[]): JsonObject {
  return {
    code: publicCode(denials[0]?.code ?? 'DENIED'),
    message: denials.map((denial) => `${publicCode(denial.code)}: ${denial.message}`).join(' '),
    fix: denialNext(denials),
  }
}

/** What to do about the denials, from their cures. */
export function denialNext(denials: readonly Denial[]): string {
  const cures = denials.flatMap((denial) => (denial.cure ? [denial.cure] : []))
  return cures.length > 0
    ? `Nothing was sent. To pass: ${cures.join('; ')}.`
    : 'Nothing was sent. The limits cannot be changed from here: change the order, or ask the owner.'
}

/** Cost and effect of the order at the prices of the decision. */
export function showEstimate(estimate: OrderEstimate): JsonObject {
  return {
    worst_price: estimate.worstPrice,
    base_size: estimate.baseSize,
    notional: estimate.notional,
    fee: estimate.fee,
    fee_rate: estimate.feeRate,
    total: estimate.total,
    notional_usd: estimate.notionalUsd,
    mid: estimate.mid,
    position_pct_after: estimate.positionPctAfter,
  }
}

/** What every rule found, the passed ones included. */
export function showFindings(decision: RiskDecision): readonly JsonObject[] {
  return decision.findings.map((finding) => ({
    rule: finding.rule,
    passed: finding.passed,
    limit: finding.limit,
    actual: finding.actual,
    unit: finding.unit,
  }))
}
