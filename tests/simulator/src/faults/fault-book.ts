import type { Prng } from '../core/prng.js'
import type { FaultKind, FaultMix } from './fault-mix.js'

/** Draws faults from a mix and counts those that struck. */
export interface FaultBook {
  readonly mix: FaultMix
  /** The one of these kinds that strikes here, if any. `weight`: how much likelier than usual. */
  draw<K extends FaultKind>(kinds: readonly K[], weight?: number): K | undefined
  /** Notes a fault that struck by itself. */
  note(kind: FaultKind): void
  readonly struck: ReadonlyMap<string, number>
  readonly prng: Prng
}

/** @returns The book of one seed. */
export function createFaultBook(mix: FaultMix, prng: Prng): FaultBook {
  const struck = new Map<string, number>()
  const note = (kind: FaultKind): void => {
    struck.set(kind, (struck.get(kind) ?? 0) + 1)
  }
  return {
    mix,
    prng,
    struck,
    note,
    draw(kinds, weight = 1) {
      if (!mix.isOn) return undefined
      for (const kind of kinds) {
        const rate = mix.rates[kind]
        if (rate === 0 || prng.unit() >= rate * weight) continue
        note(kind)
        return kind
      }
      return undefined
    },
  }
}
