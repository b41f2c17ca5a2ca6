import type { JsonObject } from '../backend.js'

type Kind = 'string' | 'boolean' | 'integer' | 'array' | 'object'

/**
 * An output schema: fields with their types, open to more. Clients refuse a result that breaks the schema after the
 * order was already placed, so only what is always there is required and nothing is closed.
 *
 * @param always - Present in every result that is not an error.
 * @param sometimes - Present when known.
 */
export function outputSchema(
  always: Readonly<Record<string, Kind>>,
  sometimes: Readonly<Record<string, Kind>> = {},
): JsonObject {
  const properties = Object.fromEntries(
    Object.entries({ ...always, ...sometimes }).map(([name, type]) => [
      name,
      type === 'array' ? { type, items: {} } : { type },
    ]),
  )
  return { type: 'object', properties, required: Object.keys(always) }
}
