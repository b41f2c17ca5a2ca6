import { type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import type { ExchangeKey } from './exchange-key.js'

/** How long a token may live, from `nbf` to `exp`. */
const maxLifeSeconds = 120
/** How far a client's clock may be ahead. */
const leewaySeconds = 30

const headerSchema = z.object({
  alg: z.enum(['ES256', 'EdDSA']),
  kid: z.string(),
  nonce: z.string().optional(),
  typ: z.string().optional(),
})
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

/** What strict mode wants beside the signature and the times. */
export interface StrictChecks {
  /** As what the exchange is reached. */
  readonly hosts: readonly string[]
  /** Notes the nonce; false when it was seen before. */
  readonly isFresh: (keyName: string, nonce: string, expiresAtMs: number, nowMs: number) => boolean
}

/**
 * Verifies a CDP token the way production evidently does: ES256 or EdDSA, `sub` = `kid` = a known key, at most 120 s long, and the
 * `uri` (or first of `uris`) with this method and path. The host is not compared: clients on loopback write it in several ways.
 * With `strict` it must be what production takes: the exact host, a real nonce, used for one request only, and no `uri` on a socket.
 *
 * @returns The key, or the reason for the log; a client only ever hears "Unauthorized".
 */
export function verifyJwt(
  token: string,
  use: TokenUse,
  nowMs: number,
  findKey: (name: string) => ExchangeKey | undefined,
  strict?: StrictChecks,
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
  const oddity = strict && oddityOf(header.data, claims.data, use, strict)
  if (oddity) return { refusal: oddity }
  const { nonce = '' } = header.data
  // Last of all: a refused token has not used its nonce. On sockets ccxt shows one token for two minutes, and production takes it.
  if (strict && use.kind === 'request' && !strict.isFresh(sub, nonce, exp * 1_000, nowMs))
    return { refusal: 'its nonce was used before' }
  return { key }
}

/** What lenient mode lets pass for the sake of loopback. Missing `typ`, other `iss`, `aud` and `uris` are dialects that production takes. */
function oddityOf(
  header: z.output<typeof headerSchema>,
  claims: z.output<typeof claimsSchema>,
  use: TokenUse,
  strict: StrictChecks,
): string | undefined {
  if (header.typ !== undefined && header.typ !== 'JWT') return 'its typ is not JWT'
  if (header.nonce === undefined || header.nonce.length < 16) return 'its header has no nonce of 16 characters or more'
  const uri = claims.uri ?? claims.uris?.[0]
  if (use.kind === 'socket') return uri === undefined ? undefined : 'a socket token has no uri'
  const wanted = strict.hosts.map((host) => `${use.method} ${host}${use.path}`)
  return wanted.includes(uri ?? '') ? undefined : 'its uri names another host'
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
