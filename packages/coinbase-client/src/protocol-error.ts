import type { EndpointName } from '@tidegate/coinbase-wire'
import { type Decimal, readDecimal, type Side, VenueProtocolError } from '@tidegate/trading-model'

/** A field of an answer without which it cannot be used. */
export function unreadable(
  endpoint: EndpointName,
  what: string,
  context: Record<string, unknown> = {},
): VenueProtocolError {
  return new VenueProtocolError(`Coinbase's answer to ${endpoint} cannot be used: ${what}`, { endpoint, context })
}

/** Reads a number that must be known. @throws {VenueProtocolError} naming the field. */
export function requireDecimal(value: string | undefined, field: string, endpoint: EndpointName): Decimal {
  const read = readDecimal(value)
  if (!read)
    throw unreadable(endpoint, `${field} is ${value === undefined ? 'unknown' : 'no decimal'}`, { field, value })
  return read
}

/** Reads a moment that must be known. @throws {VenueProtocolError} naming the field. */
export function requireMs(value: number | undefined, field: string, endpoint: EndpointName): number {
  if (value === undefined) throw unreadable(endpoint, `${field} is unknown`, { field })
  return value
}

/** Reads a side that must be known. @throws {VenueProtocolError} */
export function requireSide(value: string, endpoint: EndpointName): Side {
  if (value !== 'BUY' && value !== 'SELL') throw unreadable(endpoint, 'side is neither BUY nor SELL', { side: value })
  return value
}
