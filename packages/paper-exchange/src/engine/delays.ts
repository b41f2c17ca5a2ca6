/** Something that was accepted and has not happened yet. */
export interface Delayed {
  readonly atMs: number
  readonly orderId: string
  readonly what: 'open' | 'edit' | 'cancel'
  /** For what was found pending after a restart: it waits until the market has spoken. */
  readonly needsMarket?: boolean
}

/** What is on its way to the market, in order of its arrival. */
export class Delays {
  private waiting: Delayed[] = []

  add(item: Delayed): void {
    this.waiting.push(item)
  }

  clear(): void {
    this.waiting = []
  }

  /** Takes out what has arrived by now, earliest first. */
  ripe(nowMs: number, hasMarket: (orderId: string) => boolean): readonly Delayed[] {
    if (this.waiting.length === 0) return []
    const isRipe = (item: Delayed) => item.atMs <= nowMs && (item.needsMarket !== true || hasMarket(item.orderId))
    const ripe = this.waiting.filter(isRipe).sort((a, b) => a.atMs - b.atMs)
    if (ripe.length > 0) this.waiting = this.waiting.filter((item) => !ripe.includes(item))
    return ripe
  }
}
