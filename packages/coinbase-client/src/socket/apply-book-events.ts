import type { BookSink, BookWriter } from '@tidegate/trading-model'
import { scaleExact } from './scale-exact.js'

interface BookEvent {
  readonly type: string
  readonly product_id: string
  readonly updates: readonly { readonly side: string; readonly price_level: string; readonly new_quantity: string }[]
}

export interface ApplyBookOptions {
  readonly sink: BookSink
  /** The ids under which a product's book is wanted: itself, its aliases, or none. */
  readonly targetsOf: (productId: string) => readonly string[]
  /** Wanted ids whose book is whole on this connection; changes to any other say nothing. */
  readonly snapshots: Set<string>
  /** Time of the frame, ms since epoch (UTC). */
  readonly asOfMs: number
}

/** A book that can no longer be trusted: only a new snapshot makes it whole. */
export interface BookFault {
  /** As the venue calls it; absent when the event was so strange that no product could be read from it. */
  readonly venueId?: string
  readonly reason: string
}

/**
 * Writes the book events of one frame into the sink; all changes of the frame become visible together.
 * Checked by hand rather than by schema, because a snapshot has tens of thousands of levels.
 *
 * @returns What was wrong: the shape, values that cannot be held exactly, or a book that its sink does not take.
 */
export function applyBookEvents(events: readonly unknown[], options: ApplyBookOptions): readonly BookFault[] {
  const touched = new Map<string, { readonly writer: BookWriter; readonly venueId: string }>()
  const faults: BookFault[] = []
  const spoil = (productId: string, fault: BookFault) => {
    // From here on it takes a snapshot to make the book whole.
    options.snapshots.delete(productId)
    touched.delete(productId)
    faults.push(fault)
  }
  for (const event of events) {
    if (!isBookEvent(event)) {
      faults.push({ reason: 'a book event of unknown shape' })
      continue
    }
    const venueId = event.product_id
    for (const productId of options.targetsOf(venueId)) {
      const isSnapshot = event.type === 'snapshot'
      if (!isSnapshot && !options.snapshots.has(productId)) continue
      const writer = touched.get(productId)?.writer ?? options.sink.open(productId)
      if (!writer) {
        spoil(productId, { venueId, reason: `${productId}: its increments are not known yet` })
        continue
      }
      touched.set(productId, { writer, venueId })
      const wrong = write(event, writer)
      if (wrong === undefined) {
        options.snapshots.add(productId)
        continue
      }
      writer.invalidate(wrong)
      spoil(productId, { venueId, reason: `${productId}: ${wrong}` })
    }
  }
  for (const [productId, { writer, venueId }] of touched) {
    const flaw = writer.commit(options.asOfMs)
    if (flaw !== undefined) spoil(productId, { venueId, reason: `${productId}: ${flaw}` })
  }
  return faults
}

function write(event: BookEvent, writer: BookWriter): string | undefined {
  if (event.type === 'snapshot') writer.beginSnapshot()
  for (const update of event.updates) {
    const { side, price_level: price, new_quantity: quantity } = update
    if ((side !== 'bid' && side !== 'offer') || typeof price !== 'string' || typeof quantity !== 'string') {
      return 'a book level of unknown shape'
    }
    const ticks = scaleExact(price, writer.priceDecimals)
    const units = scaleExact(quantity, writer.sizeDecimals)
    if (ticks === undefined || ticks === 0) return `price ${price.slice(0, 40)} cannot be held exactly`
    if (units === undefined) return `size ${quantity.slice(0, 40)} cannot be held exactly`
    writer.level(side === 'bid' ? 'bid' : 'ask', ticks, units)
  }
  return undefined
}

function isBookEvent(event: unknown): event is BookEvent {
  if (typeof event !== 'object' || event === null) return false
  const { type, product_id, updates } = event as Record<string, unknown>
  return typeof type === 'string' && typeof product_id === 'string' && Array.isArray(updates)
}
