import type { Clock } from '@tidegate/trading-model'
import type { ExchangeKey } from './exchange-key.js'
import { createNonceMemory } from './nonce-memory.js'
import { type TokenUse, verifyJwt } from './verify-jwt.js'

/**
 * How much a token must be like the documentation. `lenient` takes every dialect that clients are known to speak. `strict` takes
 * only what the documentation shows: `iss` `cdp`, `typ` and `nonce` in the header, no nonce twice, one `uri` with the exact host,
 * none on a socket.
 */
export type TokenMode = 'lenient' | 'strict'

/** Says whose token it is, or why it is refused; the reason is for the log only. */
export interface TokenVerifier {
  verify(token: string, use: TokenUse): { readonly key: ExchangeKey } | { readonly refusal: string }
}

/** @param options - `hosts`: as what the exchange is reached, e.g. `127.0.0.1:8080`; strict mode compares with it. */
export function createTokenVerifier(options: {
  readonly mode: TokenMode
  /** Real time: that of the clients, whatever the exchange's clock does. */
  readonly clock: Clock
  /** The exchange's own time where it is another: clients that ask for it may sign by it. */
  readonly venueClock?: Clock
  readonly findKey: (name: string) => ExchangeKey | undefined
  readonly hosts: () => readonly string[]
}): TokenVerifier {
  const nonces = createNonceMemory()
  return {
    verify(token, use) {
      const strict =
        options.mode === 'strict'
          ? {
              hosts: options.hosts(),
              isFresh: (...nonce: Parameters<typeof nonces.isFresh>) => nonces.isFresh(...nonce),
            }
          : undefined
      const at = (clock: Clock) => verifyJwt(token, use, clock.nowMs(), options.findKey, strict)
      const result = at(options.clock)
      if ('key' in result || !options.venueClock) return result
      const byVenue = at(options.venueClock)
      return 'key' in byVenue ? byVenue : result
    },
  }
}
