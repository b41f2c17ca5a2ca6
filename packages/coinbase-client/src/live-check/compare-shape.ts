/** One way in which an answer differs from what our schemas expect. Carries names and types, never amounts. */
export interface ShapeDifference {
  /**
   * `unknown-field`: sent, and not in the schema. `missing-field`: required, and not sent. `unknown-member`: a word that the
   * enumeration does not have. `type-change`: another kind of value. `unreadable`: refused by the schema for another reason.
   * `absent-field`: optional, and sent nowhere in the answer; a note, not a difference.
   */
  readonly kind: 'unknown-field' | 'missing-field' | 'unknown-member' | 'type-change' | 'unreadable' | 'absent-field'
  /** Where, such as `orders[].status`. */
  readonly path: string
  readonly detail: string
  /** How often it was met. */
  readonly count: number
}

/** As much of a zod schema as is looked at here. */
export interface SchemaNode {
  readonly _zod: { readonly def: Definition }
  safeParse(value: unknown): {
    success: boolean
    error?: { issues: readonly { path: PropertyKey[]; message: string }[] }
  }
}

interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, SchemaNode>>
  readonly element?: SchemaNode
  readonly valueType?: SchemaNode
  readonly options?: readonly SchemaNode[]
  readonly innerType?: SchemaNode
  readonly in?: SchemaNode
  readonly out?: SchemaNode
}

interface Tally {
  readonly kind: ShapeDifference['kind']
  readonly path: string
  readonly detail: string
  count: number
}

/**
 * Compares an answer with its schema, field by field, in both directions: what the schema lets through silently shows here.
 *
 * @param members - Words of the open enumerations, by path.
 * @param unread - Paths of fields that are known and not in the schema on purpose.
 */
export function compareShape(
  schema: SchemaNode,
  value: unknown,
  members: Readonly<Record<string, readonly string[]>> = {},
  unread: readonly string[] = [],
): readonly ShapeDifference[] {
  const found = new Map<string, Tally>()
  /** Objects met at a path, and how often each optional key was not in them. */
  const objects = new Map<string, { count: number; absent: Map<string, number> }>()

  function note(kind: ShapeDifference['kind'], path: string, detail: string): void {
    const key = `${kind} ${path} ${detail}`
    const tally = found.get(key) ?? { kind, path, detail, count: 0 }
    tally.count++
    found.set(key, tally)
  }

  function walk(node: SchemaNode, given: unknown, path: string): void {
    const { isOptional, isNullable, bare } = unwrap(node)
    if (given === undefined || given === null) {
      if (!(given === undefined ? isOptional : isNullable))
        note('type-change', path, `${kindOf(given)} is not expected`)
      return
    }
    const choices =
      bare._zod.def.type === 'union' ? (bare._zod.def.options ?? []).map((each) => unwrap(each).bare) : [bare]
    const chosen = choices.find((each) => takes(each, given))
    if (!chosen) {
      note('type-change', path, `${kindOf(given)} instead of ${choices.map((each) => each._zod.def.type).join(' or ')}`)
      return
    }
    const { shape, element, valueType, type } = chosen._zod.def
    if (type === 'object' && shape) walkObject(shape, given as Record<string, unknown>, path)
    else if (type === 'array' && element) for (const item of given as unknown[]) walk(element, item, `${path}[]`)
    else if (type === 'record' && valueType) {
      for (const item of Object.values(given as object)) walk(valueType, item, `${path}{}`)
    }
    const words = members[path]
    if (words && typeof given === 'string' && given !== '' && !words.includes(given)) {
      note('unknown-member', path, given.slice(0, 60))
    }
  }

  function walkObject(shape: Readonly<Record<string, SchemaNode>>, given: Record<string, unknown>, path: string): void {
    const met = objects.get(path) ?? { count: 0, absent: new Map<string, number>() }
    met.count++
    objects.set(path, met)
    const below = (key: string) => (path === '' ? key : `${path}.${key}`)
    for (const [key, node] of Object.entries(shape)) {
      if (Object.hasOwn(given, key)) walk(node, given[key], below(key))
      else if (unwrap(node).isOptional) met.absent.set(key, (met.absent.get(key) ?? 0) + 1)
      else note('missing-field', below(key), 'required')
    }
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(shape, key) && !unread.includes(below(key)))
        note('unknown-field', below(key), kindOf(given[key]))
    }
  }

  walk(schema, value, '')
  if (found.size === 0) {
    const issue = schema.safeParse(value).error?.issues[0]
    if (issue)
      note(
        'unreadable',
        issue.path.map((step) => (typeof step === 'number' ? '[]' : String(step))).join('.'),
        issue.message,
      )
  }
  for (const [path, { count, absent }] of objects) {
    for (const [key, missing] of absent) {
      if (missing < count) continue
      const where = path === '' ? key : `${path}.${key}`
      found.set(`absent ${where}`, { kind: 'absent-field', path: where, detail: 'optional, sent nowhere', count })
    }
  }
  return [...found.values()]
}

/** The schema without what makes it optional, nullable or turns it into something else afterwards. */
function unwrap(node: SchemaNode): { isOptional: boolean; isNullable: boolean; bare: SchemaNode } {
  let isOptional = false
  let isNullable = false
  let bare = node
  for (;;) {
    const { type, innerType, in: before, out } = bare._zod.def
    if (type === 'optional' || type === 'default' || type === 'prefault') isOptional = true
    if (type === 'nullable') isNullable = true
    if (type === 'unknown' || type === 'any') isOptional = isNullable = true
    const next = innerType ?? (type === 'pipe' && before?._zod.def.type === 'transform' ? out : before)
    if (!next) return { isOptional, isNullable, bare }
    bare = next
  }
}

function takes(node: SchemaNode, value: unknown): boolean {
  const { type } = node._zod.def
  switch (type) {
    case 'object':
    case 'record':
      return kindOf(value) === 'object'
    case 'array':
    case 'string':
    case 'number':
    case 'boolean':
      return kindOf(value) === type
    default:
      // A literal, an enumeration or anything at all: the schema itself knows best.
      return node.safeParse(value).success
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}
