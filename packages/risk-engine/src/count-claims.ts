import { type Decimal, isTerminal, MICRO_USD, ONE, toUnitsDown, toUnitsUp, ZERO } from '@tidegate/trading-model'
import { type Claim, rowUsed } from './claims.js'
import { clampCap } from './currencies.js'
import type { Policy } from './policy.js'
import type { RiskSnapshot } from './snapshot.js'
import { EXTERNAL_PRINCIPAL, externalOrderUsd, type UsdPrices } from './valuation.js'

/** Claims on the rows that count orders which add exposure; those that reduce it claim none and are refused by none. */
export interface CountClaims {
  /** Value of the UTC day: the account's row, and those of the agent and the book where the policy has a limit for them. */
  readonly dailyValue: readonly Claim[]
  /** One open order. */
  readonly openOrders: Claim | undefined
  /** Value of the open orders; `unknown` when an order from outside cannot be valued. */
  readonly openValue: Claim | 'unknown' | undefined
}

/** No claims: the order reduces exposure, or nobody counted. */
export const noCounts: CountClaims = { dailyValue: [], openOrders: undefined, openValue: undefined }

/** UTC day of a moment, `2026-11-24`: the window of amounts that are counted per day. */
export function utcDayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

/**
 * What an order that adds exposure counts for. The rows are taken in transaction 1 like all others, so the limits hold across
 * processes, and a restart finds them as they were.
 *
 * @param worstValueUsd - Fee included.
 */
export function claimCounts(
  policy: Policy,
  snapshot: RiskSnapshot,
  worstValueUsd: Decimal,
  prices: UsdPrices,
): CountClaims {
  const { maxOpenOrders, maxOpenValueUsd } = policy
  const outside = snapshot.openIntents.filter(
    (intent) => intent.principal === EXTERNAL_PRINCIPAL && !isTerminal(intent.state),
  )
  return {
    dailyValue: dailyClaims(policy, snapshot, worstValueUsd),
    openOrders: maxOpenOrders === undefined ? undefined : countClaim(snapshot, maxOpenOrders - outside.length),
    openValue: maxOpenValueUsd && openValueClaim(snapshot, maxOpenValueUsd, worstValueUsd, prices),
  }
}

/** Every claim as a list, for the journal. */
export function countClaimsOf({ dailyValue, openOrders, openValue }: CountClaims): readonly Claim[] {
  return [
    ...dailyValue,
    ...(openOrders ? [openOrders] : []),
    ...(openValue === undefined || openValue === 'unknown' ? [] : [openValue]),
  ]
}

function dailyClaims(policy: Policy, snapshot: RiskSnapshot, worstValueUsd: Decimal): readonly Claim[] {
  const limits: readonly (readonly [string, Decimal | undefined])[] = [
    ['value:account', policy.maxValuePerDayUsd],
    [`value:agent:${snapshot.principal}`, policy.maxValuePerDayPerAgentUsd],
    [`value:product:${snapshot.bookProductId}`, policy.maxValuePerDayPerProductUsd],
  ]
  const window = utcDayOf(snapshot.nowMs)
  return limits.flatMap(([scope, limit]) =>
    limit ? [valueClaim(snapshot, { scope, window, amountUsd: worstValueUsd, capUsd: limit })] : [],
  )
}

function openValueClaim(
  snapshot: RiskSnapshot,
  limit: Decimal,
  amountUsd: Decimal,
  prices: UsdPrices,
): Claim | 'unknown' {
  let outsideUsd = ZERO
  for (const intent of snapshot.openIntents) {
    if (intent.principal !== EXTERNAL_PRINCIPAL || isTerminal(intent.state)) continue
    const value = externalOrderUsd(intent, prices)
    if (!value) return 'unknown'
    outsideUsd = outsideUsd.plus(value)
  }
  return valueClaim(snapshot, {
    scope: 'open-value:account',
    window: 'open',
    amountUsd,
    capUsd: limit.minus(outsideUsd),
  })
}

interface ValueClaim {
  readonly scope: string
  readonly window: string
  readonly amountUsd: Decimal
  readonly capUsd: Decimal
}

function valueClaim(snapshot: RiskSnapshot, { scope, window, amountUsd, capUsd }: ValueClaim): Claim {
  return {
    scope,
    window,
    amount: toUnitsUp(amountUsd, MICRO_USD),
    cap: clampCap(toUnitsDown(capUsd, MICRO_USD)),
    unit: `${MICRO_USD.toFixed()} USD`,
    used: rowUsed(snapshot, scope, window),
    unitValue: MICRO_USD,
  }
}

function countClaim(snapshot: RiskSnapshot, cap: number): Claim {
  const scope = 'open-orders:account'
  return {
    scope,
    window: 'open',
    amount: 1n,
    cap: BigInt(cap),
    unit: '1 order',
    used: rowUsed(snapshot, scope, 'open'),
    unitValue: ONE,
  }
}
