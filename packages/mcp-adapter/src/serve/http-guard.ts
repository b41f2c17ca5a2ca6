import type { IncomingMessage, ServerResponse } from 'node:http'

/** Answers with a JSON-RPC error that belongs to no request. */
export function refuseHttp(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }))
}

/** 401 with the challenge that clients expect, and what to do about it. */
export function refuseUnauthenticated(request: IncomingMessage, response: ServerResponse): void {
  const came = request.headers.authorization === undefined ? 'No token came' : 'The token is not valid'
  refuseHttp(
    response,
    401,
    -32001,
    `ERR_UNAUTHENTICATED: ${came} with the request. Send Authorization: Bearer with the token printed at start.`,
    { 'www-authenticate': 'Bearer realm="tidegate"' },
  )
}
