import type { PriceEvent } from '@tidegate/trading-model'

type Change = Extract<PriceEvent, { kind: 'levels' }>['changes'][number]

/** Keeps what each book shows, so that a tape can be taken up in its middle. */
export function createShownBooks() {
  const books = new Map<string, Map<string, Change>>()
  return {
    take(event: PriceEvent): void {
      if (event.kind !== 'levels') return
      let levels = books.get(event.productId)
      if (!levels || event.isSnapshot) {
        levels = new Map()
        books.set(event.productId, levels)
      }
      for (const change of event.changes) {
        const name = `${change.side} ${change.price.toFixed()}`
        if (change.size.isZero()) levels.delete(name)
        else levels.set(name, change)
      }
    },
    /** One snapshot for every book that has shown anything. */
    snapshots: (atMs: number): readonly PriceEvent[] =>
      [...books].map(([productId, levels]) => ({
        kind: 'levels' as const,
        productId,
        atMs,
        isSnapshot: true,
        changes: [...levels.values()],
      })),
  }
}
