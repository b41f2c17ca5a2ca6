/** No slot: the end of a chain. */
export const NO_SLOT = -1

/**
 * Storage of one side's orders: a row of typed arrays per order, rows reused through a free list, chained per level. Nothing is
 * allocated for an order that comes and goes.
 */
export class OrderSlots {
  ticks = new Float64Array(16)
  /** Base increments that are still wanted. */
  left = new Float64Array(16)
  /** Base increments of other people in front; `NaN` while nobody knows. */
  ahead = new Float64Array(16)
  priority = new Float64Array(16)
  level = new Int32Array(16)
  next = new Int32Array(16)
  previous = new Int32Array(16)
  private used = 0
  private free = NO_SLOT

  /** Takes a row; its contents are the caller's to fill. */
  take(): number {
    const slot = this.free
    if (slot !== NO_SLOT) {
      this.free = this.next[slot] as number
      return slot
    }
    if (this.used === this.ticks.length) this.grow()
    return this.used++
  }

  give(slot: number): void {
    this.next[slot] = this.free
    this.free = slot
  }

  private grow(): void {
    const rows = this.ticks.length * 2
    this.ticks = wider(this.ticks, rows)
    this.left = wider(this.left, rows)
    this.ahead = wider(this.ahead, rows)
    this.priority = wider(this.priority, rows)
    this.level = narrower(this.level, rows)
    this.next = narrower(this.next, rows)
    this.previous = narrower(this.previous, rows)
  }
}

function wider(from: Float64Array<ArrayBuffer>, rows: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(rows)
  to.set(from)
  return to
}

function narrower(from: Int32Array<ArrayBuffer>, rows: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(rows)
  to.set(from)
  return to
}
