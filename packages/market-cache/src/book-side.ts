const SHIFT_BY_LOOP_BELOW = 48

/**
 * One side of a book as two parallel number arrays, sorted by key with the best level last, so that a change near the
 * touch moves only the few elements behind it. The caller chooses the key's sign: bids use the price, asks its negative.
 * Keys and sizes are whole numbers below 2^53.
 */
export class BookSide {
  private keys: Float64Array
  private sizes: Float64Array
  private count = 0

  constructor(capacity = 64) {
    this.keys = new Float64Array(capacity)
    this.sizes = new Float64Array(capacity)
  }

  get length(): number {
    return this.count
  }

  /** Key of the level `depth` places from the best; `NaN` beyond the end. */
  keyAt(depth: number): number {
    return this.keys[this.count - 1 - depth] ?? Number.NaN
  }

  sizeAt(depth: number): number {
    return this.sizes[this.count - 1 - depth] ?? Number.NaN
  }

  /** Sets the size of a level; 0 removes it. */
  set(key: number, size: number): void {
    const index = this.find(key)
    if (index < this.count && this.keys[index] === key) {
      if (size === 0) this.removeAt(index)
      else this.sizes[index] = size
    } else if (size !== 0) {
      this.insertAt(index, key, size)
    }
  }

  /** Replaces everything. The levels may come in any order; of equal keys the last one stands. */
  load(keys: readonly number[], sizes: readonly number[]): void {
    const order = sortedOrder(keys)
    this.count = 0
    this.reserve(keys.length)
    for (const at of order) {
      const key = keys[at] ?? Number.NaN
      const size = sizes[at] ?? 0
      const isRepeat = this.count > 0 && this.keys[this.count - 1] === key
      if (isRepeat) this.count--
      if (size === 0) continue
      this.keys[this.count] = key
      this.sizes[this.count] = size
      this.count++
    }
  }

  /** First index whose key is not below `key`: gallops from the best end, then halves. */
  private find(key: number): number {
    const keys = this.keys
    let high = this.count
    let step = 1
    let low = high - 1
    while (low >= 0 && (keys[low] ?? 0) >= key) {
      high = low
      low -= step
      step *= 2
    }
    if (low < 0) low = -1
    while (high - low > 1) {
      const middle = (high + low) >>> 1
      if ((keys[middle] ?? 0) >= key) high = middle
      else low = middle
    }
    return high
  }

  private insertAt(index: number, key: number, size: number): void {
    this.reserve(this.count + 1)
    this.shift(index, index + 1, this.count - index)
    this.keys[index] = key
    this.sizes[index] = size
    this.count++
  }

  private removeAt(index: number): void {
    this.shift(index + 1, index, this.count - index - 1)
    this.count--
  }

  private shift(from: number, to: number, howMany: number): void {
    const { keys, sizes } = this
    if (howMany >= SHIFT_BY_LOOP_BELOW) {
      keys.copyWithin(to, from, from + howMany)
      sizes.copyWithin(to, from, from + howMany)
      return
    }
    if (to > from) {
      for (let offset = howMany - 1; offset >= 0; offset--) {
        keys[to + offset] = keys[from + offset] ?? 0
        sizes[to + offset] = sizes[from + offset] ?? 0
      }
    } else {
      for (let offset = 0; offset < howMany; offset++) {
        keys[to + offset] = keys[from + offset] ?? 0
        sizes[to + offset] = sizes[from + offset] ?? 0
      }
    }
  }

  private reserve(capacity: number): void {
    if (capacity <= this.keys.length) return
    const grown = Math.max(capacity, this.keys.length * 2)
    const keys = new Float64Array(grown)
    const sizes = new Float64Array(grown)
    keys.set(this.keys)
    sizes.set(this.sizes)
    this.keys = keys
    this.sizes = sizes
  }
}

/** Indices in ascending order of key; stable, so a later repeat follows an earlier one. Sorted input costs no sort. */
function sortedOrder(keys: readonly number[]): readonly number[] {
  const order = Array.from(keys, (_, index) => index)
  let isAscending = true
  let isDescending = true
  for (let index = 1; index < keys.length; index++) {
    const before = keys[index - 1] ?? 0
    const here = keys[index] ?? 0
    if (here < before) isAscending = false
    // Equal keys must keep their order, which a reversal would not.
    if (here >= before) isDescending = false
  }
  if (isAscending) return order
  if (isDescending) return order.reverse()
  return order.sort((left, right) => (keys[left] ?? 0) - (keys[right] ?? 0))
}
