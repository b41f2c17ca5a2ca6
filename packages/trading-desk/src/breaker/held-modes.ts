import { MODES, type Mode, type ModeRow } from '@tidegate/trading-model'

/** Modes that this process keeps to although the store has not taken them yet. */
export interface HeldModes {
  /** From now on at least this strict; a stricter one that is held already stays. */
  hold(row: ModeRow): void
  /** The store has it, or a person decided otherwise. */
  release(scope: string): void
  of(scope: string): ModeRow | undefined
  list(): readonly ModeRow[]
  /** The strictest of those that concern one of the scopes. */
  over(scopes: readonly string[]): ModeRow | undefined
}

/**
 * The breaker's memory for the time in which its rows cannot be written. It fails closed: a mode is held before the first try to write
 * it, so neither a busy store nor a full disk lets an order through that the trip should have stopped. It ends with the process.
 */
export function createHeldModes(): HeldModes {
  const rows = new Map<string, ModeRow>()
  return {
    hold(row) {
      const before = rows.get(row.scope)
      if (!before || strictness(row.mode) > strictness(before.mode)) rows.set(row.scope, row)
    },
    release: (scope) => void rows.delete(scope),
    of: (scope) => rows.get(scope),
    list: () => [...rows.values()],
    over: (scopes) =>
      [...rows.values()]
        .filter((row) => scopes.includes(row.scope))
        .reduce<ModeRow | undefined>((a, b) => (a && strictness(a.mode) >= strictness(b.mode) ? a : b), undefined),
  }
}

/** How much a mode stops: the larger the more. */
export function strictness(mode: Mode): number {
  return MODES.indexOf(mode)
}

/** Why a held mode is in force, as a sentence for whoever is refused. */
export function sayHeld({ scope, reason }: ModeRow): string {
  return `${scope}: ${reason} (kept in memory by this process, because the store has not taken it yet)`
}
