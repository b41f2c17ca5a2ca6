import { type Clock, type Disk, InputError, type PriceSource } from '@tidegate/trading-model'
import type { z } from 'zod'
import type { ListedProduct } from '../products.js'
import { formatTapeLine, type tapeHeaderSchema } from './tape.js'
import { toTapeProduct } from './tape-products.js'

/** A recording under way. */
export interface TapeRecording {
  /** Events on the tape so far. */
  events(): number
  /** Stops listening and ends the tape in order. */
  stop(): void
}

/** Lines are put on disk together, this many at a time. */
const linesPerWrite = 256

/**
 * Writes everything that a price source says to a file, one line an event, exact to the digit: what
 * {@link createTapePrices} plays again. Books of products that are not asked for are left out.
 *
 * @param options - `path`: absolute. `products`: those that are recorded, and aliases of them, go into the head of the tape, so that it
 * can be played without knowing them otherwise.
 * @throws {InputError} when the file exists: a tape is never written over or behind another.
 */
export function recordTape(options: {
  readonly source: PriceSource
  readonly productIds: readonly string[]
  readonly products?: readonly ListedProduct[]
  readonly disk: Disk
  readonly path: string
  readonly clock: Clock
}): TapeRecording {
  const { source, productIds, clock } = options
  if (options.disk.readText(options.path) !== undefined) {
    throw new InputError([{ field: 'out', problem: `is there already: ${options.path}`, fix: 'Name a new file' }])
  }
  const startMs = clock.nowMs()
  const file = options.disk.openAppend(options.path)
  const known = (options.products ?? []).filter(({ productId, alias }) => productIds.includes(alias ?? productId))
  const head: z.input<typeof tapeHeaderSchema> = {
    schema: 'tidegate.tape/1',
    source: source.name,
    productIds: [...productIds],
    startMs,
    ...(known.length === 0 ? {} : { products: known.map(toTapeProduct) }),
  }
  file.append(`${JSON.stringify(head)}\n`)
  let waiting: string[] = []
  let previousMs = startMs
  let count = 0
  let isStopped = false
  const flush = () => {
    if (waiting.length > 0) file.append(`${waiting.join('\n')}\n`)
    waiting = []
  }
  const close = source.open((event) => {
    const index = productIds.indexOf(event.productId)
    if (isStopped || index < 0) return
    waiting.push(formatTapeLine(event, previousMs, index))
    // Two products' events may be a moment out of order; a tape runs forward only.
    previousMs = Math.max(previousMs, event.atMs)
    count++
    if (waiting.length >= linesPerWrite) flush()
  })
  return {
    events: () => count,
    stop() {
      if (isStopped) return
      isStopped = true
      close()
      waiting.push(JSON.stringify({ end: count }))
      flush()
      file.close()
    },
  }
}
