import { SeededRandom } from '@tidegate/testkit'
import { Decimal, type PriceEvent, type PriceSource } from '@tidegate/trading-model'

export type Side = 'bid' | 'ask'

/** A book in one line, the same for the same levels. */
export function fingerprint(levels: ReadonlyMap<string, number>): string {
  return [...levels]
    .map(([key, size]) => `${key}=${size}`)
    .sort()
    .join(' ')
}

/** Prices that the test moves: a still book for orders and fills, and one that moves and remembers what it was. */
export function movingBook(productId: string, stillIds: readonly string[]) {
  const random = new SeededRandom(11)
  const levels = new Map<string, number>()
  /** When the book was last as the fingerprint says: the count of moves by then. */
  const history = new Map<string, number>()
  let sink: ((event: PriceEvent) => void) | undefined
  let moves = 0

  const tell = (id: string, isSnapshot: boolean, changes: readonly [Side, number, number][]) =>
    sink?.({
      kind: 'levels',
      productId: id,
      atMs: Date.now(),
      isSnapshot,
      changes: changes.map(([side, price, size]) => ({ side, price: new Decimal(price), size: new Decimal(size) })),
    })

  function move(isSnapshot = false): void {
    const changes: [Side, number, number][] = []
    const seen = new Set<string>()
    for (let count = isSnapshot ? 16 : 3; count > 0; count--) {
      const side: Side = random.below(2) === 0 ? 'bid' : 'ask'
      const price = (side === 'bid' ? 2_900 : 3_001) + random.below(90)
      const size = isSnapshot ? 1 + random.below(5) : random.below(6)
      const key = `${side} ${price}`
      if (seen.has(key)) continue
      seen.add(key)
      changes.push([side, price, size])
      if (size === 0) levels.delete(key)
      else levels.set(key, size)
    }
    tell(productId, isSnapshot, changes)
    history.set(fingerprint(levels), ++moves)
  }

  const source: PriceSource = {
    name: 'moved by the test',
    open: (given) => {
      sink = given
      for (const id of stillIds) {
        tell(id, true, [
          ['bid', 2_999, 1_000],
          ['ask', 3_001, 1_000],
        ])
      }
      move(true)
      return () => {
        sink = undefined
      }
    },
  }
  return { source, move: () => move(), history, moves: () => moves }
}
