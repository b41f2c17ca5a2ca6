import {
  type Decimal,
  EXTERNAL_PRINCIPAL,
  type Intent,
  isTerminal,
  MICRO_USD,
  ONE,
  toUnitsDown,
  toUnitsUp,
  ZERO,
} from '@tidegate/trading-model'
import { type Claim, rowUsed } from './claims.js'
import { clampCap, isCash, pairOf } from './currencies.js'
import type { Policy } from './policy.js'
import type { RiskSnapshot } from './snapshot.js'
import { externalOrderUsd, type UsdPrices } from './valuation.js'

/** Claims on the rows that count orders which add exposure; those that reduce it claim none and are refused by none. */
export interface CountClaims {
  /** Value of the UTC day: the account's row, and those of the agent and the book where the policy has a limit for them. */
  readonly dailyValue: readonly Claim[]
  /** One open order: the account's row, and the agent's where the policy has a limit for it. */
  readonly openOrders: readonly Claim[]
  /** Value of the open orders, by the same rows; `unknown` when an order from outside cannot be valued. */
  readonly openValue: readonly Claim[] | 'unknown'
}

/** No claims: the order reduces exposure, or nobody counted. */
export const noCounts: CountClaims = { dailyValue: [], openOrders: [], openValue: [] }

/** UTC day of a moment, `2026-11-24`: the window of amounts that are counted per day. */
export function utcDayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

/** The UTC day of a decision: by the clock of the store where it has told, so that no host opens a day before the others. */
export function utcDayAt(snapshot: Pick<RiskSnapshot, 'nowMs' | 'usage'>): string {
  return utcDayOf(snapshot.usage.nowMs ?? snapshot.nowMs)
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
  const outside = snapshot.openIntents.filter((intent) => isFromOutside(intent) && !isExit(intent))
  return {
    dailyValue: dailyClaims(policy, snapshot, worstValueUsd),
    openOrders: openOrderClaims(policy, snapshot, outside.length),
    openValue: openValueClaims(policy, snapshot, worstValueUsd, prices),
  }
}

/** Every claim as a list, for the journal. */
export function countClaimsOf({ dailyValue, openOrders, openValue }: CountClaims): readonly Claim[] {
  return [...dailyValue, ...openOrders, ...(openValue === 'unknown' ? [] : openValue)]
}

function dailyClaims(policy: Policy, snapshot: RiskSnapshot, worstValueUsd: Decimal): readonly Claim[] {
  const limits: readonly (readonly [string, Decimal | undefined])[] = [
    ['value:account', policy.maxValuePerDayUsd],
    [`value:agent:${snapshot.principal}`, policy.maxValuePerDayPerAgentUsd],
    [`value:product:${snapshot.bookProductId}`, policy.maxValuePerDayPerProductUsd],
  ]
  const window = utcDayAt(snapshot)
  return limits.flatMap(([scope, limit]) =>
    limit ? [valueClaim(snapshot, { scope, window, amountUsd: worstValueUsd, capUsd: limit })] : [],
  )
}

/** Orders from outside are the account's, no agent's. */
function openOrderClaims(policy: Policy, snapshot: RiskSnapshot, outside: number): readonly Claim[] {
  const { maxOpenOrders, maxOpenOrdersPerAgent } = policy
  return [
    ...(maxOpenOrders === undefined ? [] : [countClaim(snapshot, 'open-orders:account', maxOpenOrders - outside)]),
    ...(maxOpenOrdersPerAgent === undefined
      ? []
      : [countClaim(snapshot, `open-orders:agent:${snapshot.principal}`, maxOpenOrdersPerAgent)]),
  ]
}

function openValueClaims(
  { maxOpenValueUsd, maxOpenValuePerAgentUsd }: Policy,
  snapshot: RiskSnapshot,
  amountUsd: Decimal,
  prices: UsdPrices,
): readonly Claim[] | 'unknown' {
  const window = 'open'
  const claims: Claim[] = []
  if (maxOpenValueUsd) {
    const outsideUsd = outsideValueUsd(snapshot, prices)
    if (!outsideUsd) return 'unknown'
    const capUsd = maxOpenValueUsd.minus(outsideUsd)
    claims.push(valueClaim(snapshot, { scope: 'open-value:account', window, amountUsd, capUsd }))
  }
  if (maxOpenValuePerAgentUsd) {
    const scope = `open-value:agent:${snapshot.principal}`
    claims.push(valueClaim(snapshot, { scope, window, amountUsd, capUsd: maxOpenValuePerAgentUsd }))
  }
  return claims
}

function outsideValueUsd(snapshot: RiskSnapshot, prices: UsdPrices): Decimal | undefined {
  let outsideUsd = ZERO
  for (const intent of snapshot.openIntents) {
    if (!isFromOutside(intent) || isExit(intent)) continue
    const value = externalOrderUsd(intent, prices)
    if (!value) return undefined
    outsideUsd = outsideUsd.plus(value)
  }
  return outsideUsd
}

function isFromOutside(intent: Intent): boolean {
  return intent.principal === EXTERNAL_PRINCIPAL && !isTerminal(intent.state)
}

/** The exits that the venue made for our own buys come from outside, too; they only bring exposure down. */
function isExit({ terms }: Intent): boolean {
  return terms.orderType === 'BRACKET' && terms.side === 'SELL' && isCash(pairOf(terms.productId).quote)
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

function countClaim(snapshot: RiskSnapshot, scope: string, cap: number): Claim {
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
