import type { Environment } from '@tidegate/trading-model'

/** When a request that was sent may be called never accepted; see `reconcile/proof-rule.ts`. */
export interface ProofSettings {
  /** How long a token lives after it was signed, ms: a request still under way cannot be accepted later. */
  readonly tokenLifetimeMs: number
  /** Allowance for what we do not know about the venue's clock, ms. */
  readonly skewMarginMs: number
  /** Longest time between acceptance and the order showing up in lists, ms. */
  readonly processingMs: number
  readonly minScans: number
  /** Time between the first and the last of the scans, ms. */
  readonly minSpreadMs: number
}

/** Every wait and bound of the desk. Tests shorten them; production may not go below the floors of the proof rule. */
export interface DeskSettings {
  /** Without a key, the same terms from the same principal within this time are the same wish. */
  readonly duplicateWindowMs: number
  /** How long `place` waits for a market or immediate order to finish. */
  readonly waitMs: number
  readonly cancelWaitMs: number
  /** How long a replacement waits for the proof that the order before it is over; then it is given up. */
  readonly replaceWaitMs: number
  /** How long an order that comes while recovery is under way waits for its end before it is turned away; 0 does not wait. */
  readonly readyWaitMs: number
  /** How long a read of an order waits for the venue before it answers from the journal. */
  readonly refreshWaitMs: number
  readonly approvalExpiresAfterMs: number
  readonly approvalTickMs: number
  /** How long a market order stays wanted after it was recorded or approved. */
  readonly marketTtlMs: number
  readonly limitTtlMs: number
  /** How long after transaction 2 the request may still be signed. */
  readonly signWithinMs: number
  readonly submitAttempts: number
  readonly retryDelaysMs: readonly number[]
  /** After this without an answer the outcome counts as unknown; a late answer is still used. */
  readonly submitTimeoutMs: number
  readonly storeRetryDelaysMs: readonly number[]
  readonly closeWaitMs: number
  /** Fresh snapshots after a lost race, before giving up. */
  readonly recordTries: number
  readonly proof: ProofSettings
  /** How long after an order was given up for never accepted scans still reach back to it. */
  readonly tombstoneWatchMs: number
  readonly unknownPollMs: readonly number[]
  readonly trackPollMs: readonly number[]
  /** How long an order that ended at the venue is kept open here while its fills do not add up. */
  readonly settleTimeoutMs: number
  readonly openOrdersEveryMs: number
  readonly fullEveryMs: number
  readonly startRetryMs: readonly number[]
  /** How far a scan reaches back before the previous one. */
  readonly scanOverlapMs: number
  /** So many UNKNOWN intents in the journal after a look at the venue halt the account; see `reconcile/count-unresolved.ts`. */
  readonly haltAtUnknown: number
  /** So many orders of one principal that the venue refused within `rejectWindowMs` leave it only exits; see `breaker/trip-at-rejects.ts`. */
  readonly rejectsPerAgent: number
  readonly rejectsPerAccount: number
  readonly rejectWindowMs: number
  /** Between two tries to write a mode that the store did not take. */
  readonly tripRetryMs: number
  readonly maxSkewMs: number
  /** How far our own clock may stand behind an earlier look (one a second) before that halts the account. */
  readonly maxStepBackMs: number
  /** Differences below this are rounding, USD. */
  readonly dustUsd: string
  /** A difference has to be seen twice, this far apart. */
  readonly differenceConfirmMs: number
  /** On a shared journal: a desk that stood still for longer reconciles before it submits again. Renewed three times as often. */
  readonly instanceLeaseMs: number
  readonly feeRatesMaxAgeMs: number
  /** Oldest price the portfolio is valued with; the traded product itself follows the policy. */
  readonly valuationMaxAgeMs: number
  readonly bookDepth: number
  /** Between two listings while a halt is being proven. */
  readonly haltWatchEveryMs: number
  readonly cancelAllMaxMs: number
  readonly cancelAllPauseMs: number
}

export const defaultSettings: DeskSettings = {
  duplicateWindowMs: 60_000,
  waitMs: 2_000,
  cancelWaitMs: 2_000,
  replaceWaitMs: 30_000,
  readyWaitMs: 8_000,
  refreshWaitMs: 1_500,
  approvalExpiresAfterMs: 120_000,
  approvalTickMs: 1_000,
  marketTtlMs: 3_000,
  limitTtlMs: 10_000,
  signWithinMs: 3_000,
  submitAttempts: 4,
  retryDelaysMs: [200, 500, 1_000],
  submitTimeoutMs: 30_000,
  storeRetryDelaysMs: [20, 100, 500, 2_000],
  closeWaitMs: 5_000,
  recordTries: 8,
  proof: {
    tokenLifetimeMs: 120_000,
    skewMarginMs: 5_000,
    processingMs: 15_000,
    minScans: 3,
    minSpreadMs: 30_000,
  },
  tombstoneWatchMs: 86_400_000,
  unknownPollMs: [300, 700, 1_500, 3_000, 6_000, 10_000],
  trackPollMs: [100, 200, 400, 800, 1_600, 3_000],
  settleTimeoutMs: 30_000,
  openOrdersEveryMs: 30_000,
  fullEveryMs: 300_000,
  startRetryMs: [1_000, 2_000, 5_000, 10_000, 30_000],
  scanOverlapMs: 3_600_000,
  haltAtUnknown: 3,
  rejectsPerAgent: 5,
  rejectsPerAccount: 10,
  rejectWindowMs: 60_000,
  tripRetryMs: 500,
  maxSkewMs: 10_000,
  maxStepBackMs: 1_000,
  dustUsd: '0.01',
  differenceConfirmMs: 3_000,
  instanceLeaseMs: 15_000,
  feeRatesMaxAgeMs: 60_000,
  valuationMaxAgeMs: 60_000,
  bookDepth: 50,
  haltWatchEveryMs: 1_000,
  cancelAllMaxMs: 20_000,
  cancelAllPauseMs: 250,
}

/** Merges what the owner set over the defaults. In production the proof rule cannot be weakened. */
export function resolveSettings(changes: Partial<DeskSettings> | undefined, environment: Environment): DeskSettings {
  const settings = { ...defaultSettings, ...changes }
  if (environment !== 'production') return settings
  const floor = defaultSettings.proof
  const { proof } = settings
  return {
    ...settings,
    tombstoneWatchMs: Math.max(settings.tombstoneWatchMs, defaultSettings.tombstoneWatchMs),
    proof: {
      tokenLifetimeMs: Math.max(proof.tokenLifetimeMs, floor.tokenLifetimeMs),
      skewMarginMs: Math.max(proof.skewMarginMs, floor.skewMarginMs),
      processingMs: Math.max(proof.processingMs, floor.processingMs),
      minScans: Math.max(proof.minScans, floor.minScans),
      minSpreadMs: Math.max(proof.minSpreadMs, floor.minSpreadMs),
    },
  }
}
