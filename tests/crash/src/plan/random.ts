/** Random numbers that follow from a seed, so that a run can be repeated as far as processes can. */
export interface Dice {
  /** In `[0, below)`. */
  int(below: number): number
  /** True once in `n`. */
  oneIn(n: number): boolean
  pick<T>(items: readonly T[]): T
  shuffle<T>(items: readonly T[]): T[]
}

/** @param seed - Any whole number. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    int,
    oneIn: (n) => int(n) === 0,
    pick: (items) => items[int(items.length)] as (typeof items)[number],
    shuffle(items) {
      const mixed = [...items]
      for (let left = mixed.length - 1; left > 0; left--) {
        const other = int(left + 1)
        const kept = mixed[left] as (typeof mixed)[number]
        mixed[left] = mixed[other] as (typeof mixed)[number]
        mixed[other] = kept
      }
      return mixed
    },
  }
}
