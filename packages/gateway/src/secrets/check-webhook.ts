import { ConfigError } from '@tidegate/trading-model'
import { isLoopbackHost } from '../config/value-readers.js'

/** A webhook's path is its password: https, or http to this machine. @throws {ConfigError} without the address in it. */
export function checkWebhook(value: string, label: string): void {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname))) return
  throw new ConfigError('ERR_CONFIG_INVALID', `${label} is no https address`, {
    hint: 'Write https:// and the address your chat program gave you (http only to localhost)',
  })
}
