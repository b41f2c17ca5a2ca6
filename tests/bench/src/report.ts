import { type Spread, spreadOf } from './statistics.js'

/** One contender's figures, in the axis's unit. */
export interface Measured extends Spread {
  readonly name: string
  /** Of the library; absent for our own code. */
  readonly version?: string
}

/** What an axis is held to. */
export interface Target {
  readonly of: 'oursOverBestPeer' | 'oursOverLimit' | 'claims'
  readonly atLeast: number
  readonly met: boolean
}

/** A yes-or-no statement of an axis, with what it was decided on. */
export interface Claim {
  readonly claim: string
  readonly held: boolean
  readonly observed: string
}

/** One axis of the document. Ratios are taken round by round; the plain numbers are their medians. */
export interface AxisReport {
  readonly axis: string
  readonly unit: string
  readonly ours: Measured
  readonly peers: readonly Measured[]
  /** What the machine or the bare mechanism could do. */
  readonly limit: Measured | null
  readonly oursOverBestPeer: number | null
  readonly oursOverLimit: number | null
  readonly target: Target | null
  readonly rounds: number
  /** Spread of the two ratios. */
  readonly ratios: { readonly bestPeer: Spread | null; readonly limit: Spread | null }
  readonly claims: readonly Claim[]
  /** What else was seen, in words and numbers. */
  readonly notes: Readonly<Record<string, string | number>>
}

/** The document of `npm run -s bench -- --json`. */
export interface BenchDocument {
  readonly schema: 'tidegate.bench/1'
  readonly node: string
  readonly axes: readonly AxisReport[]
}

/** One contender's rates, one a round; the rounds of all contenders belong together by their index. */
export interface Rates {
  readonly name: string
  readonly version?: string
  readonly perRound: readonly number[]
}

/**
 * Makes the report of an axis that compares rates, the higher the better.
 *
 * @param atLeast - Target of {@link AxisReport.oursOverBestPeer}.
 */
export function compareRates(options: {
  readonly axis: string
  readonly unit: string
  readonly ours: Rates
  readonly peers: readonly Rates[]
  readonly limit?: Rates | undefined
  readonly atLeast?: number | undefined
  readonly notes?: Readonly<Record<string, string | number>>
}): AxisReport {
  const { ours, peers, limit, atLeast } = options
  // In each round against whichever peer was fastest in that round.
  const best = ours.perRound.map((_, round) => Math.max(...peers.map((peer) => peer.perRound[round] ?? 0)))
  const overPeer = peers.length === 0 ? null : spreadOf(ours.perRound.map((rate, round) => rate / (best[round] ?? 0)))
  const overLimit = limit ? spreadOf(ours.perRound.map((rate, round) => rate / (limit.perRound[round] ?? 0))) : null
  return {
    axis: options.axis,
    unit: options.unit,
    ours: measured(ours),
    peers: peers.map(measured),
    limit: limit ? measured(limit) : null,
    oursOverBestPeer: overPeer?.median ?? null,
    oursOverLimit: overLimit?.median ?? null,
    target:
      atLeast === undefined || overPeer === null
        ? null
        : { of: 'oursOverBestPeer', atLeast, met: overPeer.median >= atLeast },
    rounds: ours.perRound.length,
    ratios: { bestPeer: overPeer, limit: overLimit },
    claims: [],
    notes: options.notes ?? {},
  }
}

/** True when no target was missed and every claim held. */
export function isGood({ axes }: BenchDocument): boolean {
  return axes.every((axis) => axis.target?.met !== false && axis.claims.every((claim) => claim.held))
}

function measured({ name, version, perRound }: Rates): Measured {
  return { name, ...(version === undefined ? {} : { version }), ...spreadOf(perRound) }
}
