const shortMove = 48

/**
 * The price levels of one side, sorted with the best one last: the levels that change most are the ones that move least.
 * Keys are whole ticks for bids and negated ticks for asks, so that the largest key is the best price on both sides.
 */
export class LevelLadder {
  /** Levels that hold at least one order. */
  count = 0
  private keys = new Float64Array(16)
  private levels = new Int32Array(16)

  /** Key of the `index`-th level, worst first. */
  keyAt(index: number): number {
    return this.keys[index] as number
  }

  /** Level id of the `index`-th level, worst first. */
  levelAt(index: number): number {
    return this.levels[index] as number
  }

  /** Index of `key`, or of the place where it belongs. Gallops from the best end, where nearly everything happens. */
  find(key: number): number {
    const { keys } = this
    let high = this.count
    let step = 1
    while (high - step >= 0 && (keys[high - step] as number) >= key) {
      high -= step
      step *= 2
    }
    let low = Math.max(0, high - step)
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((keys[middle] as number) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  insert(index: number, key: number, level: number): void {
    if (this.count === this.keys.length) this.grow()
    const { keys, levels, count } = this
    // Below some forty elements a plain loop beats the call.
    if (count - index > shortMove) {
      keys.copyWithin(index + 1, index, count)
      levels.copyWithin(index + 1, index, count)
    } else {
      for (let at = count; at > index; at--) {
        keys[at] = keys[at - 1] as number
        levels[at] = levels[at - 1] as number
      }
    }
    keys[index] = key
    levels[index] = level
    this.count++
  }

  remove(index: number): void {
    const { keys, levels } = this
    this.count--
    if (this.count - index > shortMove) {
      keys.copyWithin(index, index + 1, this.count + 1)
      levels.copyWithin(index, index + 1, this.count + 1)
      return
    }
    for (let at = index; at < this.count; at++) {
      keys[at] = keys[at + 1] as number
      levels[at] = levels[at + 1] as number
    }
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2)
    keys.set(this.keys)
    this.keys = keys
    const levels = new Int32Array(keys.length)
    levels.set(this.levels)
    this.levels = levels
  }
}
