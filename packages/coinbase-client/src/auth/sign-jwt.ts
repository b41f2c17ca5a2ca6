import type { Random, Signer } from '@tidegate/trading-model'

/** How long a token lives: the most that the venue accepts. */
const TOKEN_LIFETIME_S = 120

export interface SignTokenOptions {
  readonly signer: Signer
  readonly random: Random
  /** Venue time, ms since epoch (UTC). */
  readonly nowMs: number
}

/**
 * Signs the token of one REST request.
 *
 * @param request - `host` with its port where it has one; `path` without query: a signed query is answered with 401.
 */
export function signRestToken(
  options: SignTokenOptions,
  request: { readonly method: string; readonly host: string; readonly path: string },
): Promise<string> {
  const path = request.path.split('?')[0]
  return signToken(options, { uri: `${request.method} ${request.host}${path}` })
}

/** Signs the token of one subscribe or unsubscribe message: the same without `uri`. */
export function signSocketToken(options: SignTokenOptions): Promise<string> {
  return signToken(options, {})
}

async function signToken({ signer, random, nowMs }: SignTokenOptions, extra: { uri?: string }): Promise<string> {
  const notBeforeS = Math.floor(nowMs / 1000)
  const header = {
    alg: signer.algorithm,
    kid: signer.keyName,
    nonce: Buffer.from(random.bytes(32)).toString('hex'),
    typ: 'JWT',
  }
  const claims = {
    sub: signer.keyName,
    iss: 'cdp',
    nbf: notBeforeS,
    exp: notBeforeS + TOKEN_LIFETIME_S,
    ...extra,
  }
  // Nothing is awaited before this line, so that a key that is swapped meanwhile cannot sign another key's name.
  const signed = `${encode(header)}.${encode(claims)}`
  const signature = await signer.sign(Buffer.from(signed))
  return `${signed}.${Buffer.from(signature).toString('base64url')}`
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
