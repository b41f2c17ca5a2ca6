import type { SurfaceBackend } from '@tidegate/mcp-adapter'
import type { Log, Principal } from '@tidegate/trading-model'

interface Subscription {
  readonly principal: Principal
  readonly uri: string
  readonly changed: () => void
  stop: (() => void) | undefined
}

/** What is followed, whichever process answers at the moment. */
export interface Subscriptions {
  /** @throws what `backend.subscribe` throws, when there is a backend already. */
  add(principal: Principal, uri: string, changed: () => void, backend: SurfaceBackend | undefined): () => void
  /** Follows everything at a new backend; what changed meanwhile is not known, so each is called once. */
  moveTo(backend: SurfaceBackend): void
  close(): void
}

/** Makes an empty set. */
export function createSubscriptions(log: Log): Subscriptions {
  const all = new Set<Subscription>()
  return {
    add(principal, uri, changed, backend) {
      const entry: Subscription = { principal, uri, changed, stop: backend?.subscribe(principal, uri, changed) }
      all.add(entry)
      return () => {
        all.delete(entry)
        entry.stop?.()
      }
    },
    moveTo(backend) {
      for (const entry of all) {
        entry.stop?.()
        entry.stop = undefined
        try {
          entry.stop = backend.subscribe(entry.principal, entry.uri, entry.changed)
          entry.changed()
        } catch (error) {
          all.delete(entry)
          log.warn('subscription_failed', { uri: entry.uri.split('?')[0], error })
        }
      }
    },
    close() {
      for (const entry of all) entry.stop?.()
      all.clear()
    },
  }
}
