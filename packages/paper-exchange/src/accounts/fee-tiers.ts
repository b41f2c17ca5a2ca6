import { Decimal, ZERO } from '@tidegate/trading-model'
import type { ExchangeState } from '../engine/exchange-state.js'

const monthMs = 30 * 86_400_000
const usdLike: ReadonlySet<string> = new Set(['USD', 'USDC'])

/** What trading costs from a 30-day volume on. Rates are fractions: 0.012 is 1.2 %. */
export interface FeeTier {
  readonly name: string
  /** USD traded in the last 30 days. */
  readonly fromVolumeUsd: Decimal
  readonly takerRate: Decimal
  readonly makerRate: Decimal
}

function tier(name: string, from: string, takerRate: string, makerRate: string): FeeTier {
  const amount = (value: string) => new Decimal(value)
  return { name, fromVolumeUsd: amount(from), takerRate: amount(takerRate), makerRate: amount(makerRate) }
}

/** The one tier that was captured from production (2025-26). What follows above 10,000 USD was not. */
export const CAPTURED_FEE_TIERS: readonly FeeTier[] = [tier('Intro 1', '0', '0.012', '0.006')]

/**
 * The table of 2024 and before, as clients of that time carried it. **Unverified**: it is certainly not today's, and is here for tests
 * of code that must cope with changing tiers.
 */
export const UNVERIFIED_2024_FEE_TIERS: readonly FeeTier[] = [
  tier('0-10K', '0', '0.006', '0.004'),
  tier('10K-50K', '10000', '0.004', '0.0025'),
  tier('50K-100K', '50000', '0.0025', '0.0015'),
  tier('100K-1M', '100000', '0.002', '0.001'),
  tier('1M-15M', '1000000', '0.0018', '0.0008'),
  tier('15M-75M', '15000000', '0.0016', '0.0006'),
  tier('75M-250M', '75000000', '0.0012', '0.0003'),
  tier('250M-400M', '250000000', '0.0008', '0'),
  tier('400M+', '400000000', '0.0005', '0'),
]

/**
 * The tier of a moment: the last one whose volume the fills of the 30 days before have reached. Fills in other quote currencies than
 * USD and USDC do not count. Looks at each fill once, as it comes in and as it grows old.
 */
export class FeeSchedule {
  private volumeUsd = ZERO
  /** Fills `[oldest, next)` of the state are inside the window. */
  private oldest = 0
  private next = 0
  private readonly tiers: readonly FeeTier[]

  constructor(
    private readonly state: ExchangeState,
    tiers: readonly FeeTier[],
  ) {
    this.tiers = [...tiers].sort((a, b) => a.fromVolumeUsd.cmp(b.fromVolumeUsd))
  }

  /** @throws {RangeError} when the table has no tier for a volume of zero. */
  at(nowMs: number): FeeTier {
    const volume = this.volumeAt(nowMs)
    const reached = this.tiers.findLast((candidate) => candidate.fromVolumeUsd.lte(volume))
    if (!reached) throw new RangeError('The fee table has no tier that starts at zero')
    return reached
  }

  /** USD traded in the 30 days before. */
  volumeAt(nowMs: number): Decimal {
    const { fills } = this.state
    for (; this.next < fills.length; this.next++) this.volumeUsd = this.volumeUsd.add(this.valueOf(this.next))
    while (this.oldest < this.next && (fills[this.oldest]?.atMs ?? nowMs) < nowMs - monthMs) {
      this.volumeUsd = this.volumeUsd.sub(this.valueOf(this.oldest++))
    }
    return this.volumeUsd
  }

  private valueOf(index: number): Decimal {
    const fill = this.state.fills[index]
    const quote = fill && this.state.orders.get(fill.orderId)?.quoteCurrency
    return fill && quote !== undefined && usdLike.has(quote) ? fill.quoteValue : ZERO
  }
}
