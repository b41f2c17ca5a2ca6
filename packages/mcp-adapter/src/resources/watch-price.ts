import type { SurfaceContext } from '../surface-deps.js'

/** Tells of every change of a product's price or book, and opens the venue's stream for it where there is one. */
export function watchPrice(context: SurfaceContext, productId: string, changed: () => void): () => void {
  const stop = context.market.watch(productId, changed)
  context.subscribeTicker?.([productId]).catch((error: unknown) => {
    // The reader still refreshes on demand; only the pace of the notices suffers.
    context.log.warn('stream_not_opened', { productId, error })
  })
  return stop
}
