import type { EndpointName } from '@tidegate/coinbase-wire'
import { VenueNotSentError } from '@tidegate/trading-model'
import { type SignTokenOptions, signRestToken } from '../auth/sign-jwt.js'
import type { TokenSource } from '../auth/token-source.js'

/**
 * The token of one request, without `Bearer`: signed now, or fetched from an OAuth source.
 *
 * @param refused - The OAuth token that the venue did not accept a moment ago.
 * @throws {VenueNotSentError} `ERR_VENUE_NOT_SENT` when there is none to be had.
 */
export async function authorizationOf(
  source: SignTokenOptions | TokenSource | undefined,
  request: { readonly name: EndpointName; readonly method: string; readonly host: string; readonly path: string },
  refused?: string,
): Promise<string> {
  let token: string | undefined
  try {
    token = source && ('token' in source ? await source.token(refused) : await signRestToken(source, request))
  } catch (cause) {
    throw new VenueNotSentError(`Could not sign ${request.name}`, {
      endpoint: request.name,
      details: String(cause),
      cause,
    })
  }
  // Anything else would end the header or begin another one.
  if (token !== undefined && /^[\x21-\x7e]+$/.test(token)) return token
  throw new VenueNotSentError(`There is no usable token for ${request.name}`, {
    endpoint: request.name,
    hint: 'the token source must give a token without spaces or line ends',
  })
}
