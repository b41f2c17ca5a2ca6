import type { JsonObject } from '../backend.js'

type Kind = 'string' | 'boolean' | 'integer' | 'object' | 'strings' | 'integers' | 'objects'

/** A list says what is in it: hosts refuse, or complain of, an element that could be anything. */
const elements: Partial<Record<Kind, string>> = { strings: 'string', integers: 'integer', objects: 'object' }

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
    Object.entries({ ...always, ...sometimes }).map(([name, kind]) => {
      const element = elements[kind]
      return [name, element === undefined ? { type: kind } : { type: 'array', items: { type: element } }]
    }),
  )
  return { type: 'object', properties, required: Object.keys(always) }
}
