import type { EndpointName } from '@tidegate/coinbase-wire'
import { VenueOutcomeUnknownError, VenueRejectedError } from '@tidegate/trading-model'

/** A command was answered with 200, and what the answer says settles nothing. */
export function unclearOutcome(
  endpoint: EndpointName,
  message: string,
  context: Record<string, unknown> = {},
): VenueOutcomeUnknownError {
  return new VenueOutcomeUnknownError(message, {
    endpoint,
    httpStatus: 200,
    hint: 'ask for the status; do not send it again',
    context,
  })
}

/** A command was answered with 200 and a refusal with a reason: nothing was done. */
export function refusedOutcome(
  endpoint: EndpointName,
  message: string,
  reason: string,
  context: Record<string, unknown> = {},
): VenueRejectedError {
  return new VenueRejectedError(message, reason, { endpoint, httpStatus: 200, context })
}
