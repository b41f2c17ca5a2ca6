import { type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import type { ExchangeKey } from './exchange-key.js'

/** How long a token may live, from `nbf` to `exp`. */
const maxLifeSeconds = 120
/** How far a client's clock may be ahead. */
const leewaySeconds = 30

const headerSchema = z.object({ alg: z.enum(['ES256', 'EdDSA']), kid: z.string(), nonce: z.string().optional() })
const claimsSchema = z.object({
  sub: z.string(),
  iss: z.enum(['cdp', 'coinbase-cloud']),
  nbf: z.number(),
  exp: z.number(),
  uri: z.string().optional(),
  uris: z.array(z.string()).optional(),
})

/** What a token must be good for: one request, or a subscription (which carries no `uri`). */
export type TokenUse =
  | { readonly kind: 'request'; readonly method: string; readonly path: string }
  | { readonly kind: 'socket' }

/**
 * Verifies a CDP token the way production evidently does: ES256 or EdDSA, `sub` = `kid` = a known key, at most 120 s long, and the
 * `uri` (or first of `uris`) with this method and path. The host is not compared: clients on loopback write it in several ways.
 *
 * @returns The key, or the reason for the log; a client only ever hears "Unauthorized".
 */
export function verifyJwt(
  token: string,
  use: TokenUse,
  nowMs: number,
  findKey: (name: string) => ExchangeKey | undefined,
): { readonly key: ExchangeKey } | { readonly refusal: string } {
  const parts = token.split('.')
  const [head = '', body = '', signature = ''] = parts
  const header = headerSchema.safeParse(readPart(head))
  const claims = claimsSchema.safeParse(readPart(body))
  if (parts.length !== 3 || !header.success || !claims.success) return { refusal: 'not a CDP token' }
  const { sub, nbf, exp } = claims.data
  if (sub !== header.data.kid) return { refusal: 'sub and kid differ' }
  const key = findKey(sub)
  if (!key) return { refusal: 'unknown key' }
  if (!isSignedBy(key.publicKey, header.data.alg, `${head}.${body}`, signature)) return { refusal: 'bad signature' }
  const nowSeconds = nowMs / 1_000
  if (nbf > nowSeconds + leewaySeconds) return { refusal: 'not valid yet: is the client’s clock ahead?' }
  if (nowSeconds >= exp) return { refusal: 'expired: is the client’s clock behind?' }
  if (exp - nbf > maxLifeSeconds) return { refusal: 'lives longer than 120 s' }
  const uri = claims.data.uri ?? claims.data.uris?.[0]
  if (use.kind === 'request' && !isForRequest(uri, use.method, use.path)) {
    return { refusal: 'its uri names another request' }
  }
  return { key }
}

/** Compares method and path exactly. Everything before the first `/` of the path (scheme, host, or what is left of it) is not looked at. */
function isForRequest(uri: string | undefined, method: string, path: string): boolean {
  const match = /^([A-Z]+) (?:[a-z]+:\/\/)?[^/]*(\/.*)$/.exec(uri ?? '')
  return match?.[1] === method && match[2] === path
}

function isSignedBy(publicKey: KeyObject, algorithm: 'ES256' | 'EdDSA', signed: string, signature: string): boolean {
  // The algorithm belongs to the key; the header may only agree.
  const expected = publicKey.asymmetricKeyType === 'ed25519' ? 'EdDSA' : 'ES256'
  if (algorithm !== expected) return false
  const bytes = Buffer.from(signature, 'base64url')
  if (bytes.length !== 64) return false
  return algorithm === 'ES256'
    ? verify('sha256', Buffer.from(signed), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)
    : verify(null, Buffer.from(signed), publicKey, bytes)
}

function readPart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
