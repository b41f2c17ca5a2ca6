import type { Round, Scale } from '../contender.js'
import { stopwatch } from '../stopwatch.js'
import { matchingWorkload, type Operation } from './workload.js'

/** A book under test: new and empty. */
export interface BookUnderTest {
  passive(operation: Operation): void
  cancel(operation: Operation): void
  /** @returns Base units that were traded. */
  take(operation: Operation): number
  openOrders(): number
}

const seed = 42

/** Runs the stream on a fresh book each round. Only the stream is timed. */
export function runWorkload(open: () => BookUnderTest, scale: Scale): () => Round {
  const { opening, stream } = matchingWorkload(seed, scale)
  return () => {
    const book = open()
    for (const operation of opening) book.passive(operation)
    let volume = 0
    const stop = stopwatch()
    for (const operation of stream) {
      if (operation.kind === 'passive') book.passive(operation)
      else if (operation.kind === 'cancel') book.cancel(operation)
      else volume += book.take(operation)
    }
    return { operations: stream.length, ...stop(), outcome: { volume, openOrders: book.openOrders() } }
  }
}
