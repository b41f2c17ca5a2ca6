/** An answer that is an error: thrown by handlers, written by the server. */
export class WireFault extends Error {
  override readonly name = 'WireFault'
  constructor(
    readonly status: number,
    /** JSON, or text as it is. */
    readonly body: unknown,
  ) {
    super(`HTTP ${status}`)
  }
}

/** `{"error","error_details","message"}`: the v3 gateway's body. */
export function v3Fault(status: number, error: string, message: string): WireFault {
  return new WireFault(status, { error, error_details: message, message })
}

/** A parameter or a body that cannot be taken, in the v3 gateway's words. */
export function badRequest(message: string): WireFault {
  return v3Fault(400, 'INVALID_ARGUMENT', message)
}

/** `{"errors":[{"id","message"}]}`: the v2 body. */
export function v2Refusal(id: string, message: string, status = 400): WireFault {
  return new WireFault(status, { errors: [{ id, message }] })
}

/** There is no such thing, in the v2 words. */
export function v2NotFound(): WireFault {
  return v2Refusal('not_found', 'Not found', 404)
}

/** The key may not do this; clients look for the very bytes of the v3 body. */
export function missingScopes(isV2: boolean): WireFault {
  return isV2
    ? v2Refusal('invalid_scope', 'Invalid scope', 403)
    : v3Fault(403, 'PERMISSION_DENIED', 'Missing required scopes')
}
