/** What every host can take: the common part of OpenAI's function parameters and Gemini's Schema. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'type',
  'description',
  'title',
  'properties',
  'required',
  'items',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
])
const TYPES: ReadonlySet<unknown> = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean'])
/** OpenAI's bounds of one function: levels of nesting, properties and enum values in all, length of a description. */
const MAX_DEPTH = 5
const MAX_PROPERTIES = 100
const MAX_ENUM_VALUES = 500
const MAX_DESCRIPTION = 1_024

interface Found {
  readonly faults: string[]
  properties: number
  enumValues: number
}

/** A tool as it is listed. */
export interface ListedTool {
  readonly name: string
  readonly description?: unknown
  readonly inputSchema?: unknown
}

/**
 * What a host that turns tools into function declarations of OpenAI or Gemini would refuse, or quietly drop. One bad schema
 * makes such a host fail with every tool, so there is no severity: a tool has none of these or is not portable.
 *
 * - A name has at most 64 letters, digits, `_` and `-` and begins with a letter or `_`; a description at most 1,024 characters.
 * - The root is an object and nothing else: no `oneOf`, `anyOf`, `enum` there or anywhere, no references, no conditions.
 * - No `format`, `pattern`, `const`, exclusive bounds or `additionalProperties`: one of the two refuses each.
 * - One type per schema, `items` under every array, enums of distinct non-empty strings, `required` names what exists.
 */
export function portabilityFaults(tool: ListedTool): readonly string[] {
  const found: Found = { faults: [], properties: 0, enumValues: 0 }
  const { faults } = found
  if (!/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/.test(tool.name)) faults.push(`name: ${tool.name}`)
  if (typeof tool.description !== 'string' || tool.description === '') faults.push('description: is missing')
  else if (tool.description.length > MAX_DESCRIPTION) faults.push(`description: ${tool.description.length} characters`)
  const root = tool.inputSchema as Readonly<Record<string, unknown>> | undefined
  if (root?.['type'] !== 'object') faults.push('inputSchema: the root is not an object')
  visit(root, 'inputSchema', 1, found)
  if (found.properties > MAX_PROPERTIES) faults.push(`inputSchema: ${found.properties} properties`)
  if (found.enumValues > MAX_ENUM_VALUES) faults.push(`inputSchema: ${found.enumValues} enum values`)
  return faults
}

function visit(schema: unknown, path: string, depth: number, found: Found): void {
  const { faults } = found
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    faults.push(`${path}: is no schema`)
    return
  }
  const node = schema as Readonly<Record<string, unknown>>
  for (const keyword of Object.keys(node)) if (!KEYWORDS.has(keyword)) faults.push(`${path}: ${keyword}`)
  const { type } = node
  if (!TYPES.has(type)) faults.push(`${path}: type ${JSON.stringify(type)}`)
  if (depth > MAX_DEPTH) faults.push(`${path}: ${depth} levels`)
  visitEnum(node['enum'], type, path, found)
  if (type === 'array') visit(node['items'], `${path}.items`, depth + 1, found)
  else if (node['items'] !== undefined) faults.push(`${path}: items of no array`)
  const properties = (node['properties'] ?? {}) as Readonly<Record<string, unknown>>
  if (type !== 'object' && node['properties'] !== undefined) faults.push(`${path}: properties of no object`)
  for (const [name, inner] of Object.entries(properties)) {
    found.properties++
    if (!/^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/.test(name)) faults.push(`${path}: property name ${name}`)
    visit(inner, `${path}.${name}`, depth + 1, found)
  }
  for (const name of (node['required'] ?? []) as readonly string[]) {
    if (!(name in properties)) faults.push(`${path}: requires ${name}, which is not there`)
  }
}

function visitEnum(values: unknown, type: unknown, path: string, found: Found): void {
  if (values === undefined) return
  const words: readonly unknown[] = Array.isArray(values) ? values : []
  found.enumValues += words.length
  const areWords = words.every((word) => typeof word === 'string' && word !== '')
  if (type !== 'string' || !areWords || words.length === 0) found.faults.push(`${path}: enum of no words`)
  if (new Set(words).size !== words.length) found.faults.push(`${path}: enum says a word twice`)
}
