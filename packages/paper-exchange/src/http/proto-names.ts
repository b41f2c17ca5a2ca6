/**
 * A field's name as the wire documents it. The venue's JSON is protobuf's, which reads `productId` as well as `product_id`; Coinbase's own
 * TypeScript sample SDK sends the former. Names in capitals or with other characters are data, and stay.
 */
export function protoName(name: string): string {
  return /^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+(?:\[\])?$/.test(name)
    ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    : name
}

/** The same for every field of a body; where both spellings stand, the documented one counts. */
export function protoNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(protoNames)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, field]) => [protoName(name), name, protoNames(field)] as const)
  const given = new Set(Object.keys(value))
  return Object.fromEntries(
    entries
      .filter(([wanted, name]) => wanted === name || !given.has(wanted))
      .map(([wanted, , field]) => [wanted, field]),
  )
}
