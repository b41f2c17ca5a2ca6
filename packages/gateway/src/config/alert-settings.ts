import { suggest } from '@tidegate/trading-model'
import { ALERT_KINDS, type AlertKind } from '../alerts/alert-table.js'
import { checkWebhook } from '../secrets/check-webhook.js'
import type { Secret } from '../secrets/secret.js'
import { quote, refuseValue } from './raw-value.js'
import type { Resolve } from './resolve-settings.js'
import type { Setting } from './settings.js'
import { type ReadValue, readInteger, readList, readSeconds, readSecret } from './value-readers.js'

/** Who is told when a person is needed, and how often. */
export interface AlertConfig {
  readonly webhookUrl?: Secret
  readonly windowMs: number
  readonly unknownOver: number
  readonly mute: readonly AlertKind[]
}

const readKinds: ReadValue<readonly AlertKind[]> = (raw, origin) =>
  readList(raw, origin).map((word) => {
    const kind = ALERT_KINDS.find((known) => known === word)
    if (kind) return kind
    const meant = suggest(word, ALERT_KINDS)
    throw refuseValue(
      origin,
      `names ${quote(word)}, which is no kind of alert`,
      meant === undefined ? `write kinds such as ${ALERT_KINDS.slice(0, 3).join(', ')}` : `did you mean ${meant}?`,
    )
  })

const readWebhook: ReadValue<Secret | undefined> = (raw, origin) => {
  const secret = readSecret(raw, origin)
  if (secret) checkWebhook(secret.reveal(), origin.label)
  return secret
}

export const alertSettings = {
  alertsWebhookUrl: { path: 'alerts.webhook_url', read: readWebhook, fallback: undefined } as Setting<
    Secret | undefined
  >,
  alertsWindowMs: { path: 'alerts.window_seconds', read: readSeconds(1_000, 86_400_000), fallback: 300_000 },
  alertsUnknownOver: { path: 'alerts.unknown_over', read: readInteger(0, 1_000), fallback: 0 },
  alertsMute: { path: 'alerts.mute', read: readKinds, fallback: [] as readonly AlertKind[] },
} as const

/** The section `alerts`. */
export function readAlerts(resolve: Resolve): AlertConfig {
  const webhookUrl = resolve(alertSettings.alertsWebhookUrl).value
  return {
    ...(webhookUrl === undefined ? {} : { webhookUrl }),
    windowMs: resolve(alertSettings.alertsWindowMs).value,
    unknownOver: resolve(alertSettings.alertsUnknownOver).value,
    mute: resolve(alertSettings.alertsMute).value,
  }
}
