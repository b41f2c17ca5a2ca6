import type { SurfaceContext } from '../surface-deps.js'

/** Tells of everything that can move balances, positions and orders: intents, fills, reconciliation. */
export function watchAccount(context: SurfaceContext, changed: () => void): () => void {
  return context.desk.listen((event) => {
    if (event.type !== 'mode') changed()
  })
}
