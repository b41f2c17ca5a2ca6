import { Decimal, type Intent, isTerminal, type Reservation } from '@tidegate/trading-model'

interface Held {
  readonly reservation: Reservation
  held: bigint
}

/** Whole units held by limit row, with the claims of every intent behind them. */
export interface MemoryLimits {
  /** All claims or none; `undefined` when taken, otherwise the first row that is full. */
  take(
    intentId: string,
    reservations: readonly Reservation[],
    heldOf?: (reservation: Reservation) => bigint,
  ): string | undefined
  /** Brings the claims of an intent to `openFraction` of what was taken, those counted per day to `dayFraction`. True when any moved. */
  hold(intentId: string, openFraction: string, dayFraction: string): boolean
  /** Brings every claim of an intent to what `heldOf` says. True when any moved. */
  holdEach(intentId: string, heldOf: (reservation: Reservation) => bigint): boolean
  /** Gives an intent the claims of another one, which keeps none; what is held of them is set by the next `hold`. */
  handOver(fromIntentId: string, toIntentId: string): void
  rows(): readonly { readonly scope: string; readonly window: string; readonly used: bigint }[]
  heldBy(intentId: string): readonly { readonly reservation: Reservation; readonly held: bigint }[]
}

/** @returns Limit rows in memory, integers only, as the SQL journal keeps them. */
export function createMemoryLimits(): MemoryLimits {
  const used = new Map<string, bigint>()
  const claims = new Map<string, Held[]>()
  const rowKey = (row: { readonly scope: string; readonly window: string }) => `${row.scope}\n${row.window}`

  function add(reservation: Reservation, amount: bigint): void {
    const key = rowKey(reservation)
    const next = (used.get(key) ?? 0n) + amount
    if (next < 0n) throw new Error(`limit row ${reservation.scope} would fall below zero`)
    used.set(key, next)
  }

  function holdEach(intentId: string, heldOf: (reservation: Reservation) => bigint): boolean {
    let moved = false
    for (const claim of claims.get(intentId) ?? []) {
      const keep = heldOf(claim.reservation)
      if (keep === claim.held) continue
      add(claim.reservation, keep - claim.held)
      claim.held = keep
      moved = true
    }
    return moved
  }

  return {
    take(intentId, reservations, heldOf = (reservation) => reservation.amount) {
      const wanted = new Map<string, bigint>()
      for (const reservation of reservations) {
        const key = rowKey(reservation)
        const sum = (wanted.get(key) ?? 0n) + heldOf(reservation)
        wanted.set(key, sum)
        if (sum > 0n && (used.get(key) ?? 0n) + sum > reservation.cap) return reservation.scope
      }
      for (const reservation of reservations) add(reservation, heldOf(reservation))
      claims.set(
        intentId,
        reservations.map((reservation) => ({ reservation, held: heldOf(reservation) })),
      )
      return undefined
    },
    hold: (intentId, openFraction, dayFraction) =>
      holdEach(intentId, ({ amount, window }) => ceilShare(amount, window === 'open' ? openFraction : dayFraction)),
    holdEach,
    handOver(fromIntentId, toIntentId) {
      const given = claims.get(fromIntentId) ?? []
      const kept = (claims.get(toIntentId) ?? []).filter(
        (claim) => !given.some((each) => rowKey(each.reservation) === rowKey(claim.reservation)),
      )
      const old = claims.get(toIntentId) ?? []
      const heldBefore = (row: Reservation) =>
        old.find((claim) => rowKey(claim.reservation) === rowKey(row))?.held ?? 0n
      claims.set(toIntentId, [
        ...kept,
        ...given.map(({ reservation }) => ({ reservation, held: heldBefore(reservation) })),
      ])
    },
    rows: () =>
      [...used].map(([key, amount]) => {
        const [scope = '', window = ''] = key.split('\n')
        return { scope, window, used: amount }
      }),
    heldBy: (intentId) => (claims.get(intentId) ?? []).map((claim) => ({ ...claim })),
  }
}

function ceilShare(amount: bigint, fraction: string): bigint {
  return BigInt(new Decimal(amount.toString()).mul(fraction).ceil().toFixed(0))
}

/** Share of an amount counted per day that an intent has used up, as a decimal string; all of it while it may still trade. */
export function countedFraction({ state, terms, filledSize, filledValue, totalFees }: Intent): string {
  if (!isTerminal(state)) return '1'
  const used =
    terms.size.kind === 'base'
      ? new Decimal(filledSize).div(terms.size.baseSize)
      : new Decimal(filledValue).plus(totalFees).div(terms.size.quoteSize)
  return Decimal.min(used, 1).toFixed()
}
