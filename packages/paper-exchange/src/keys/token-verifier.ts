import type { Clock } from '@tidegate/trading-model'
import type { ExchangeKey } from './exchange-key.js'
import { createNonceMemory } from './nonce-memory.js'
import { type TokenUse, verifyJwt } from './verify-jwt.js'

/**
 * How much a token must be like those that production takes. Both modes take the dialects of every client that works there.
 * `lenient` also takes any host in `uri`, since clients write it wrongly over plain http. `strict` wants the host exactly, a nonce of
 * 16 characters or more, no nonce in two requests, and no `uri` on a socket.
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
