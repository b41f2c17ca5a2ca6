/**
 * Reproducible pseudo-randomness for the synthetic market. Plain 32-bit arithmetic, the same on every machine.
 * Not for secrets: those come from the Random port.
 */

/** Mixes integers into one well-spread 32-bit number. */
export function mix(seed: number, a: number, b: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(a | 0, 0xc2b2ae35)
  hash ^= Math.imul(b | 0, 0x27d4eb2f) ^ Math.imul(Math.floor(b / 4_294_967_296), 0x165667b1)
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Mixes text into a seed. */
export function mixText(seed: number, text: string): number {
  let hash = seed >>> 0
  for (let index = 0; index < text.length; index++) hash = mix(hash, text.charCodeAt(index), index)
  return hash
}

/** A number in `[-√3, √3]` with variance 1 that belongs to `(seed, a, b)`. */
export function latticeNoise(seed: number, a: number, b: number): number {
  return (mix(seed, a, b) / 4_294_967_296 - 0.5) * 3.4641016151377544
}

/** A seeded stream of numbers (mulberry32). */
export class NoiseStream {
  private spare: number | undefined

  constructor(private state: number) {}

  /** In `[0, 1)`. */
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let value = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }

  /** In `[0, below)`. */
  below(below: number): number {
    return Math.floor(this.unit() * below)
  }

  /** Standard normal (Box–Muller). */
  normal(): number {
    if (this.spare !== undefined) {
      const spare = this.spare
      this.spare = undefined
      return spare
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()))
    const angle = 2 * Math.PI * this.unit()
    this.spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** How many things happen when `mean` are expected (Knuth; for small means). */
  poisson(mean: number): number {
    const limit = Math.exp(-Math.min(mean, 20))
    let count = 0
    for (let product = this.unit(); product > limit; product *= this.unit()) count++
    return count
  }
}
