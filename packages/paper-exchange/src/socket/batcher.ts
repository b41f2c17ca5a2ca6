import type { Timer, Timers } from '@tidegate/trading-model'

/**
 * Gathers items per book and hands them over together: `delayMs` after the first, and while a book stays busy every `delayMs`. Each book
 * has its own clock, and a quiet book has none.
 */
export class Batcher<T> {
  private readonly waiting = new Map<string, { items: T[]; timer: Timer }>()

  constructor(
    private readonly timers: Timers,
    private readonly delayMs: number,
    private readonly deliver: (bookId: string, items: readonly T[]) => void,
  ) {}

  add(bookId: string, item: T): void {
    const batch = this.waiting.get(bookId)
    if (batch) batch.items.push(item)
    else this.wait(bookId, [item])
  }

  clear(): void {
    for (const { timer } of this.waiting.values()) timer.cancel()
    this.waiting.clear()
  }

  private wait(bookId: string, items: T[]): void {
    this.waiting.set(bookId, { items, timer: this.timers.after(this.delayMs, () => this.flush(bookId)) })
  }

  private flush(bookId: string): void {
    const items = this.waiting.get(bookId)?.items ?? []
    this.waiting.delete(bookId)
    if (items.length === 0) return
    // The next batch is due one delay after this one, not after the next item: a busy book keeps its pace.
    this.wait(bookId, [])
    this.deliver(bookId, items)
  }
}
