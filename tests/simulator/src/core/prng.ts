import type { Ids, Random } from '@tidegate/trading-model'

/** A stream of numbers that follows from its seed and its name alone (sfc32). */
export interface Prng {
  /** In `[0, 1)`. */
  unit(): number
  /** Whole, in `[0, below)`. */
  below(below: number): number
  /** Whole, in `[from, to]`. */
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** A stream of its own: what is drawn from it disturbs nobody else's. */
  fork(name: string): Prng
}

/** @param name - Streams of the same seed with different names have nothing to do with each other. */
export function createPrng(seed: number, name = ''): Prng {
  let a = mixText(seed, `${name}:a`)
  let b = mixText(seed, `${name}:b`)
  let c = mixText(seed, `${name}:c`)
  let d = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 12; round++) next()
  const unit = (): number => next() / 4_294_967_296
  const below = (limit: number): number => Math.floor(unit() * limit)
  return {
    unit,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => probability > 0 && unit() < probability,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    fork: (child) => createPrng(seed, `${name}/${child}`),
  }
}

/** The Random port over a stream. */
export function seededRandom(prng: Prng): Random {
  return { bytes: (length) => Uint8Array.from({ length }, () => prng.below(256)) }
}

/** Well-formed v4 ids, counted up under a prefix of 8 hex digits. */
export function countingIds(prefix: string): Ids {
  let count = 0
  return {
    uuid() {
      count++
      return `${prefix}-0000-4000-8000-${count.toString(16).padStart(12, '0')}`
    },
  }
}

function mixText(seed: number, text: string): number {
  let hash = (seed | 0) ^ Math.imul(Math.floor(seed / 4_294_967_296), 0x165667b1)
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return (hash ^ (hash >>> 16)) | 0
}
