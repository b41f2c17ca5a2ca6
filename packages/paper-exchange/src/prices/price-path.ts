import { latticeNoise } from './seeded-noise.js'

const hourMs = 3_600_000
const dayMs = 86_400_000
/** Octaves have spacings of `2^k` hours. The coarsest, 170 days, is how long the price takes to come back to its reference. */
const coarsest = 12
/** The finest, 3.5 seconds. */
const finest = -10
/** Below this nothing shows in a candle. */
const finestInCandles = -7

/**
 * The synthetic mid price as a pure function of seed and time: a sum of random octaves that moves like a random walk up to
 * some months and reverts to its reference beyond. Past candles, the present and the moment after a restart therefore fit together
 * without anything being stored. Purely synthetic: no real price is behind it.
 */
export class PricePath {
  private readonly slow: Octave[] = []
  private readonly fast: Octave[] = []
  private readonly slowActivity: Octave[]
  private readonly fastActivity: Octave
  private hour = Number.NaN
  private readonly atHour = { log: 0, logNext: 0, activity: 0, activityNext: 0 }

  /**
   * @param seed - Of this product.
   * @param dailyVolatility - Standard deviation of a day's log return, e.g. 0.025.
   */
  constructor(seed: number, dailyVolatility: number, detail: 'live' | 'candles' = 'live') {
    for (let power = coarsest; power >= (detail === 'live' ? finest : finestInCandles); power--) {
      const spacingMs = hourMs * 2 ** power
      // Increments over a lag gather about six times the square of the matching octave's amplitude.
      const amplitude = (dailyVolatility / Math.sqrt(6)) * Math.sqrt(spacingMs / dayMs)
      const octave = new Octave(seed, power + 100, spacingMs, amplitude)
      if (power >= 0) this.slow.push(octave)
      else this.fast.push(octave)
    }
    // Volatility itself wanders and comes back: over sixteen hours, two hours, half an hour.
    this.slowActivity = [new Octave(seed, 200, 16 * hourMs, 0.3), new Octave(seed, 201, 2 * hourMs, 0.3)]
    this.fastActivity = new Octave(seed, 202, hourMs / 2, 0.3)
  }

  /** Multiplier of volatility and activity, around 1. */
  activityAt(atMs: number): number {
    const share = this.enterHour(atMs)
    const { activity, activityNext } = this.atHour
    return Math.exp(activity + (activityNext - activity) * share + this.fastActivity.at(atMs) - 0.13)
  }

  /** Log of price over reference. */
  logAt(atMs: number): number {
    const activity = this.activityAt(atMs)
    const share = this.enterHour(atMs)
    const { log, logNext } = this.atHour
    let sum = log + (logNext - log) * share
    // Only fast octaves breathe with the activity: scaling slow ones would move the price by itself.
    for (const octave of this.fast) sum += octave.at(atMs) * activity
    return sum
  }

  /** Slow octaves are straight lines within an hour: their sum is computed at its ends only. */
  private enterHour(atMs: number): number {
    const hour = Math.floor(atMs / hourMs)
    if (hour !== this.hour) {
      this.hour = hour
      this.atHour.log = sumAt(this.slow, hour * hourMs)
      this.atHour.logNext = sumAt(this.slow, (hour + 1) * hourMs)
      this.atHour.activity = sumAt(this.slowActivity, hour * hourMs)
      this.atHour.activityNext = sumAt(this.slowActivity, (hour + 1) * hourMs)
    }
    return atMs / hourMs - hour
  }
}

function sumAt(octaves: readonly Octave[], atMs: number): number {
  let sum = 0
  for (const octave of octaves) sum += octave.at(atMs)
  return sum
}

/** One layer of interpolated noise; remembers the cell it is in, because time mostly moves forward in small steps. */
class Octave {
  private cell = Number.NaN
  private left = 0
  private right = 0

  constructor(
    private readonly seed: number,
    private readonly name: number,
    private readonly spacingMs: number,
    private readonly amplitude: number,
  ) {}

  at(atMs: number): number {
    const position = atMs / this.spacingMs
    const cell = Math.floor(position)
    if (cell !== this.cell) {
      this.left = cell === this.cell + 1 ? this.right : latticeNoise(this.seed, this.name, cell)
      this.right = latticeNoise(this.seed, this.name, cell + 1)
      this.cell = cell
    }
    return this.amplitude * (this.left + (this.right - this.left) * (position - cell))
  }
}
