import type { Config } from '../config/config.js'
import { isLoopbackHost } from '../config/value-readers.js'
import { approvalPageUrl } from '../http/approval-page.js'

/**
 * Says where an order's page is for the people who use this gateway: under the address they were given, else at the loopback door while
 * nobody comes from elsewhere. A loopback address shown to somebody on another machine would be a page of theirs, not of ours.
 *
 * @param doorUrl - Where the HTTP door listens, once it does.
 */
export function createApprovalUrl(
  { approvals, server, http }: Pick<Config, 'approvals' | 'server' | 'http'>,
  doorUrl: (() => string | undefined) | undefined,
): (intentId: string) => string | undefined {
  const isLocal = isLoopbackHost(server.host) && http.allowedHosts.length === 0
  return (intentId) => {
    const door = approvals.pageUrl ?? (isLocal ? doorUrl?.() : undefined)
    return door === undefined ? undefined : approvalPageUrl(door, intentId)
  }
}
