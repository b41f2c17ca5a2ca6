import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { ExchangeKey, TokenUse, TokenVerifier } from '@tidegate/paper-exchange/in-process'
import type { Clock, Signer } from '@tidegate/trading-model'

const keyName = 'organizations/51300000-0000-4000-8000-000000000001/apiKeys/51300000-0000-4000-8000-000000000002'

/** The secret of the stub: it must never be seen in a log, an audit entry or an error (I11). */
export const CANARY = 'c4n4ry5ecretc4n4ry5ecretc4n4ry5ecretc4n4ry5ecretc4n4ry5ecret0000'

const signature = new Uint8Array(Buffer.from(CANARY))
const signatureText = Buffer.from(signature).toString('base64url')

/** One public key for all runs; nothing is verified with it. */
const publicKey = createPublicKey(generateKeyPairSync('ed25519').privateKey)

/** The exchange's one key. */
export const SIM_KEY: ExchangeKey = {
  name: keyName,
  publicKey,
  canView: true,
  canTrade: true,
  canTransfer: false,
} as ExchangeKey

/** Signs with the canary: 64 bytes, whatever is signed. */
export const stubSigner: Signer = { keyName, algorithm: 'EdDSA', sign: () => signature }

const leewaySeconds = 30

/**
 * Checks tokens as the exchange does, the signature apart: key, times against the exchange's clock, method and path. The times are what
 * matters here: a request that is late by more than its token's life must be refused.
 */
export function createStubTokens(clock: Clock): TokenVerifier {
  return {
    verify(token, use) {
      const [, body = '', signed = ''] = token.split('.')
      if (signed !== signatureText) return { refusal: 'bad signature' }
      const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as {
        sub: string
        nbf: number
        exp: number
        uri?: string
      }
      const nowSeconds = clock.nowMs() / 1_000
      if (claims.sub !== keyName) return { refusal: 'unknown key' }
      if (claims.nbf > nowSeconds + leewaySeconds) return { refusal: 'not valid yet' }
      if (nowSeconds >= claims.exp || claims.exp - claims.nbf > 120) return { refusal: 'expired' }
      return isFor(use, claims.uri) ? { key: SIM_KEY } : { refusal: 'its uri names another request' }
    },
  }
}

function isFor(use: TokenUse, uri: string | undefined): boolean {
  return use.kind === 'socket' || uri?.replace(/ [^/]*/, ' ') === `${use.method} ${use.path}`
}
