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

/** 400 `INVALID_ARGUMENT`: a parameter that cannot be read. */
export function badRequest(message: string): WireFault {
  return v3Fault(400, 'INVALID_ARGUMENT', message)
}

/** `{"errors":[{"id","message"}]}`: the v2 body. */
export function v2NotFound(): WireFault {
  return new WireFault(404, { errors: [{ id: 'not_found', message: 'Not found' }] })
}
