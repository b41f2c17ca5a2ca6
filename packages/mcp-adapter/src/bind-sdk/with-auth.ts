import type { IncomingMessage } from 'node:http'
import type { NodeIncomingMessageLike } from '@modelcontextprotocol/node'
import { type AuthInfo, ProtocolError } from '@modelcontextprotocol/server'
import type { Principal } from '@tidegate/trading-model'
import { REFUSED } from './build-server.js'

/** Says who is asking, in the words of the protocol library. The token itself stays out: nothing behind this point needs it. */
export function withAuth(request: IncomingMessage, principal: Principal): NodeIncomingMessageLike {
  const auth: AuthInfo = { token: '', clientId: principal.name, scopes: [], extra: { principal } }
  return Object.assign(request, { auth }) as NodeIncomingMessageLike
}

/** Who was said to ask. @throws {ProtocolError} nobody was. */
export function principalOf(auth: AuthInfo | undefined): Principal {
  const principal = auth?.extra?.['principal'] as Principal | undefined
  if (!principal) throw new ProtocolError(REFUSED, 'ERR_UNAUTHENTICATED')
  return principal
}
