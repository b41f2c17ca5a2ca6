import { BaseError } from '@tidegate/trading-model'
import type { WireMessage } from './line-transport.js'

/**
 * Follows the URIs of a `subscriptions/listen` and takes out those that cannot be followed (unknown, not live, not
 * permitted), so that the acknowledgement names exactly what will be delivered.
 *
 * @param acquire - Begins to follow one URI, returns the way to stop.
 */
export function narrowListen(
  message: WireMessage,
  acquire: (uri: string) => () => void,
): { readonly message: WireMessage; readonly release: () => void } {
  const notifications = message.params?.['notifications'] as Readonly<Record<string, unknown>> | undefined
  const asked = notifications?.['resourceSubscriptions']
  if (!Array.isArray(asked)) return { message, release: () => {} }
  const releases: (() => void)[] = []
  const followed: string[] = []
  for (const uri of new Set(asked.filter((item) => typeof item === 'string'))) {
    try {
      releases.push(acquire(uri))
      followed.push(uri)
    } catch (error) {
      if (!BaseError.isInstance(error)) throw error
    }
  }
  return {
    message: {
      ...message,
      params: { ...message.params, notifications: { ...notifications, resourceSubscriptions: followed } },
    },
    release() {
      for (const release of releases) release()
    },
  }
}
