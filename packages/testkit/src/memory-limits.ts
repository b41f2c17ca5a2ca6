import { Decimal, type Reservation } from '@tidegate/trading-model'

interface Held {
  readonly reservation: Reservation
  held: bigint
}

/** Whole units held by limit row, with the claims of every intent behind them. */
export interface MemoryLimits {
  /** All claims or none; `undefined` when taken, otherwise the first row that is full. */
  take(intentId: string, reservations: readonly Reservation[]): string | undefined
  /** Brings the claims of an intent to `openFraction` of what was taken, those counted per day to `dayFraction`. True when any moved. */
  hold(intentId: string, openFraction: string, dayFraction: string): boolean
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

  return {
    take(intentId, reservations) {
      const wanted = new Map<string, bigint>()
      for (const reservation of reservations) {
        const key = rowKey(reservation)
        const sum = (wanted.get(key) ?? 0n) + reservation.amount
        wanted.set(key, sum)
        if ((used.get(key) ?? 0n) + sum > reservation.cap) return reservation.scope
      }
      for (const reservation of reservations) add(reservation, reservation.amount)
      claims.set(
        intentId,
        reservations.map((reservation) => ({ reservation, held: reservation.amount })),
      )
      return undefined
    },
    hold(intentId, openFraction, dayFraction) {
      let moved = false
      for (const claim of claims.get(intentId) ?? []) {
        const keep = ceilShare(
          claim.reservation.amount,
          claim.reservation.window === 'open' ? openFraction : dayFraction,
        )
        if (keep === claim.held) continue
        add(claim.reservation, keep - claim.held)
        claim.held = keep
        moved = true
      }
      return moved
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
