import type { Json, JsonObject } from '../src/backend.js'

/** What is wrong with a value under a schema of the small dialect that the tools use; empty when nothing is. */
export function schemaFaults(schema: JsonObject, value: Json | undefined, path = '$'): readonly string[] {
  const type = typeof schema['type'] === 'string' ? schema['type'] : ''
  if (!isOfType(type, value)) return [`${path} is not ${type}`]
  if (type === 'array' && schema['items'] !== undefined) {
    const items = schema['items'] as JsonObject
    return (value as readonly Json[]).flatMap((item, at) => schemaFaults(items, item, `${path}[${at}]`))
  }
  if (type !== 'object') return []
  const object = value as JsonObject
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>
  const missing = ((schema['required'] ?? []) as readonly string[]).filter((name) => !(name in object))
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      object[name] === undefined ? [] : schemaFaults(inner, object[name], `${path}.${name}`),
    ),
  ]
}

const checks: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  '': () => true,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => typeof value === 'number' && Number.isInteger(value),
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

function isOfType(type: string, value: Json | undefined): boolean {
  return checks[type]?.(value) ?? false
}
