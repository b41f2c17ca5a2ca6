import { InputError, type Log, type Principal } from '@tidegate/trading-model'
import type { SurfaceBackend } from '../backend.js'
import { isAllowed, requirePermissions } from '../permissions.js'
import { resources } from '../resources/list.js'
import { matchResource } from '../resources/parse-uri.js'
import { requireLive } from '../resources/require-live.js'

/** Most URIs one hub follows; a client that wants more is refused, not obeyed. */
const MAX_URIS = 1_024
/** Most that one principal follows, the same URI on two streams counted twice. */
const MAX_EACH = 256

export interface SubscriptionHub {
  /**
   * Follows a URI until the returned function is called. Several holders of one URI share one subscription of the
   * backend, so nobody hears of a change twice.
   *
   * @throws NotFoundError, InputError, PermissionError at once: nothing waits for the backend.
   */
  acquire(principal: Principal, uri: string): () => void
  closeAll(): void
}

interface Held {
  holders: number
  stop: (() => void) | undefined
}

/** Counts who follows what, over a backend that may not be there yet. */
export function createSubscriptionHub(options: {
  readonly backend: () => Promise<SurfaceBackend>
  readonly changed: (uri: string) => void
  readonly adminTrades?: boolean
  readonly log?: Log
}): SubscriptionHub {
  const held = new Map<string, Held>()
  const holding = new Map<string, number>()

  const begin = async (principal: Principal, uri: string, entry: Held): Promise<void> => {
    try {
      const backend = await options.backend()
      if (held.get(uri) !== entry) return
      entry.stop = backend.subscribe(principal, uri, () => {
        if (held.get(uri) === entry) options.changed(uri)
      })
    } catch (error) {
      if (held.get(uri) === entry) held.delete(uri)
      options.log?.warn('subscription_failed', { uri: uri.split('?')[0], error })
    }
  }

  return {
    acquire(principal, uri) {
      checkSubscribable(principal, uri, options.adminTrades)
      const mine = holding.get(principal.name) ?? 0
      if (mine >= MAX_EACH) throw tooMany(MAX_EACH)
      const known = held.get(uri)
      const entry: Held = known ?? { holders: 0, stop: undefined }
      if (!known) {
        if (held.size >= MAX_URIS) throw tooMany(MAX_URIS)
        held.set(uri, entry)
        void begin(principal, uri, entry)
      }
      entry.holders++
      holding.set(principal.name, mine + 1)
      let released = false
      return () => {
        if (released) return
        released = true
        entry.holders--
        const left = (holding.get(principal.name) ?? 1) - 1
        if (left > 0) holding.set(principal.name, left)
        else holding.delete(principal.name)
        if (entry.holders > 0) return
        if (held.get(uri) === entry) held.delete(uri)
        entry.stop?.()
      }
    },
    closeAll() {
      const entries = [...held.values()]
      held.clear()
      for (const entry of entries) entry.stop?.()
    },
  }
}

function checkSubscribable(principal: Principal, uri: string, adminTrades = false): void {
  const { resource } = matchResource(resources, uri, (item) => isAllowed(principal, item.permissions, adminTrades))
  requirePermissions(principal, resource.permissions, resource.path, adminTrades)
  requireLive(resource)
}

function tooMany(most: number): InputError {
  return new InputError([
    { field: 'uri', problem: `is one subscription more than ${most}`, fix: 'unsubscribe from others first' },
  ])
}
