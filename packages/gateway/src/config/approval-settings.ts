import type { Environment } from '@tidegate/trading-model'
import { refuseValue } from './raw-value.js'
import type { Resolve } from './resolve-settings.js'
import type { Setting } from './settings.js'
import { readBoolean, readSeconds, readUrl } from './value-readers.js'

const HOUR_MS = 3_600_000
/** Where money is at stake, what was read has to be what still holds when the yes comes. */
const MAX_LIVE_MS = 120_000

/** How orders that wait are decided. */
export interface ApprovalConfig {
  readonly expireAfterMs: number
  /** Approving takes a code of the approver's authenticator; in production always. */
  readonly requireTotp: boolean
  /** Under which address people reach our HTTP door, no slash at the end; absent: the loopback one, where it listens there. */
  readonly pageUrl?: string
}

export const approvalSettings = {
  /** At most an hour in practice, when a person may first have to read how to approve; in production two minutes. */
  approvalsExpireAfterMs: {
    path: 'approvals.expire_after_seconds',
    read: readSeconds(1_000, HOUR_MS),
    fallback: 120_000,
  },
  /** A code of an authenticator with every approval; in production always. */
  approvalsRequireTotp: { path: 'approvals.require_totp', read: readBoolean, fallback: undefined } as Setting<
    boolean | undefined
  >,
  approvalsPageUrl: {
    path: 'approvals.page_url',
    read: readUrl('https:', 'http:'),
    fallback: undefined,
  } as Setting<string | undefined>,
} as const

/**
 * The section `approvals`.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID`: in production no code is wanted, or an approval may come after more than two minutes.
 */
export function readApprovals(environment: Environment, resolve: Resolve): ApprovalConfig {
  const isLive = environment === 'production'
  const expires = resolve(approvalSettings.approvalsExpireAfterMs)
  if (isLive && expires.value > MAX_LIVE_MS) {
    throw refuseValue(
      expires.origin,
      `is ${expires.value / 1_000}, in production`,
      `write at most ${MAX_LIVE_MS / 1_000}: what was read has to hold still when it is approved`,
    )
  }
  const totp = resolve(approvalSettings.approvalsRequireTotp)
  if (isLive && totp.value === false) {
    throw refuseValue(totp.origin, 'is false, in production', 'leave it out: approving takes a code there')
  }
  const pageUrl = resolve(approvalSettings.approvalsPageUrl).value
  return {
    expireAfterMs: expires.value,
    requireTotp: isLive || (totp.value ?? false),
    ...(pageUrl === undefined ? {} : { pageUrl }),
  }
}
