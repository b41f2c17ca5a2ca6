import { definePolicy, type Policy } from '@tidegate/risk-engine'
import type { DeskSettings } from '@tidegate/trading-desk'
import type { HomeAddress } from '../protocol.js'

/**
 * Every wait short. The proof rule is the product's own with small times: in this world nothing is under way longer than the delays
 * that the parent asks the exchange for, so its premises hold.
 */
const settings = {
  waitMs: 600,
  cancelWaitMs: 800,
  readyWaitMs: 5_000,
  signWithinMs: 400,
  retryDelaysMs: [20, 50, 100],
  submitTimeoutMs: 3_000,
  storeRetryDelaysMs: [5, 20, 100],
  proof: { tokenLifetimeMs: 150, skewMarginMs: 50, processingMs: 200, minScans: 3, minSpreadMs: 60 },
  unknownPollMs: [30, 40, 50, 60, 80],
  trackPollMs: [30, 50, 80, 150],
  settleTimeoutMs: 2_000,
  openOrdersEveryMs: 400,
  startRetryMs: [40, 80, 150],
  differenceConfirmMs: 250,
  cancelAllMaxMs: 5_000,
  cancelAllPauseMs: 25,
} satisfies Partial<DeskSettings>

/**
 * On PostgreSQL another gateway may still be at work on what a dead one left: it is taken over when it is too old to be, at a regular
 * look. So what is too old comes soon here.
 */
const shared = {
  marketTtlMs: 500,
  limitTtlMs: 500,
  submitTimeoutMs: 900,
  fullEveryMs: 350,
} satisfies Partial<DeskSettings>

/** What a slow machine needs longer for; what the venue is waited for stays as it is. */
const stretched = [
  'waitMs',
  'cancelWaitMs',
  'readyWaitMs',
  'signWithinMs',
  'submitTimeoutMs',
  'marketTtlMs',
  'limitTtlMs',
  'settleTimeoutMs',
  'cancelAllMaxMs',
  'fullEveryMs',
] as const

/** @returns The desk's settings for a home of this kind. */
export function settingsOf({ engine, pace, leaseMs }: HomeAddress): Partial<DeskSettings> {
  const chosen: Partial<Record<(typeof stretched)[number], number>> & Partial<DeskSettings> =
    engine === 'postgres' ? { ...settings, ...shared } : settings
  const longer = stretched.flatMap((name) => {
    const value = chosen[name]
    return value === undefined ? [] : [[name, Math.round(value * pace)] as const]
  })
  return {
    ...chosen,
    ...Object.fromEntries(longer),
    ...(leaseMs === undefined ? {} : { instanceLeaseMs: leaseMs }),
  }
}

/** Room for a few dozen small orders, so that the limits are reached and hold. */
export const policy: Policy = definePolicy({
  maxOrderValueUsd: '3000',
  requireConfirmationAboveUsd: '1000000',
  maxPositionSizePct: '40',
  maxOrdersPerMinute: 1_000,
  maxLossPerDayUsd: '1000000',
  maxMarketAgeMs: 60_000,
  maxAccountAgeMs: 60_000,
})
