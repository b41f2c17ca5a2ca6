import { createPaperExchange, type PaperExchange, type PaperExchangeOptions } from '@tidegate/paper-exchange'

export type RunningExchange = PaperExchange

/** All that a client is told of an exchange. */
export type ExchangeAddress = Pick<PaperExchange, 'rest' | 'ws' | 'keyName' | 'privateKeyPem'>

/** An exchange in memory on a free port, with the same market each time. */
export function openExchange(options: PaperExchangeOptions = {}): Promise<RunningExchange> {
  return createPaperExchange({ seed: 7, rateLimits: 'off', ...options })
}
