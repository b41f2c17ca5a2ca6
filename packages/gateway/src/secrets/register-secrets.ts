import { Secret } from 'otpauth'
import type { Config } from '../config/config.js'
import type { Scrubber } from './create-scrubber.js'

/** Tells the scrubber every secret that a configuration holds. Of addresses only the password: their hosts are no secret. */
export function registerSecrets(config: Config, scrubber: Scrubber): void {
  const secret = config.coinbase.apiSecret?.reveal()
  if (secret !== undefined) scrubber.register(secret)
  const store = config.store.url && URL.parse(config.store.url.reveal())
  if (store && store.password !== '') {
    scrubber.register(store.password)
    scrubber.register(decodeURIComponent(store.password))
  }
  const webhook = config.alerts.webhookUrl && URL.parse(config.alerts.webhookUrl.reveal())
  // Who has the path may write into the channel.
  if (webhook) scrubber.register(`${webhook.pathname}${webhook.search}`.slice(1))
}

/** Tells the scrubber the authenticator secret of an approver: as apps show it and as the bytes it stands for. */
export function registerApprover(secret: string, scrubber: Scrubber): void {
  const bytes = Buffer.from(Secret.fromBase32(secret).buffer)
  for (const form of [secret, secret.toLowerCase(), bytes.toString('hex'), bytes.toString('base64')]) {
    scrubber.register(form)
  }
}
