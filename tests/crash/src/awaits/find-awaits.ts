import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'vitest/node'

/** Something that a piece of product code waits for. */
export interface Await {
  /** `file:line`, from the root of the repository. */
  readonly at: string
  /** What is called, as it is written: `context.journal.apply`; of a promise that is only named, its name. */
  readonly awaited: string
  /** Whether it is called here, or was begun elsewhere and is only waited for. */
  readonly isCall: boolean
  /** The name that it begins with comes from this file or from another one of ours, and is no global. */
  readonly isOurs: boolean
}

export interface Awaits {
  readonly awaits: readonly Await[]
  /** Names of functions, methods and function-valued properties declared in the files: their own awaits are among those found. */
  readonly declared: ReadonlySet<string>
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [field: string]: unknown
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/**
 * Finds every `await` of some folders and files, tests left out.
 *
 * @param paths - From the root of the repository.
 */
export function findAwaits(paths: readonly string[]): Awaits {
  const awaits: Await[] = []
  const declared = new Set<string>()
  for (const file of paths.flatMap(sourcesIn)) {
    const source = readFileSync(`${root}${file}`, 'utf8')
    const own = new Set<string>()
    const found: Await[] = []
    const lineOf = (node: Node): number => source.slice(0, node.start).split('\n').length
    walk(parseAst(source, { lang: 'ts' }) as unknown as Node, (node) => {
      const name = declaredName(node)
      if (name !== undefined) declared.add(name)
      for (const each of namesHere(node)) own.add(each)
      const waitedFor =
        node.type === 'AwaitExpression'
          ? node['argument']
          : node.type === 'ForOfStatement' && node['await'] === true
            ? node['right']
            : undefined
      if (!isNode(waitedFor)) return
      for (const leaf of leavesOf(waitedFor)) {
        const isCall = leaf.type === 'CallExpression'
        const awaited = nameOf(isCall ? (leaf['callee'] as Node) : leaf)
        found.push({ at: `${file}:${lineOf(leaf)}`, awaited, isCall, isOurs: false })
      }
    })
    awaits.push(...found.map((each) => ({ ...each, isOurs: own.has(/^[^.()]+/.exec(each.awaited)?.[0] ?? '') })))
  }
  return { awaits, declared }
}

function sourcesIn(path: string): readonly string[] {
  if (path.endsWith('.ts')) return [path]
  return readdirSync(`${root}${path}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(name))
    .map((name) => `${path}/${name.replaceAll('\\', '/')}`)
    .sort()
}

/** What is really waited for: behind conditions, combinations of promises, and handlers that are hung on. */
function leavesOf(node: Node): readonly Node[] {
  const parts = (...names: readonly string[]): readonly Node[] =>
    names.flatMap((name) => (isNode(node[name]) ? leavesOf(node[name]) : []))
  switch (node.type) {
    case 'ConditionalExpression':
      return parts('consequent', 'alternate')
    case 'LogicalExpression':
      return parts('left', 'right')
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'ChainExpression':
      return parts('expression')
    case 'ArrayExpression':
      return (node['elements'] as readonly Node[]).flatMap(leavesOf)
    case 'SpreadElement':
    case 'AwaitExpression':
      return parts('argument')
    case 'CallExpression':
      return leavesOfCall(node)
    // A value at hand: nothing is waited for.
    case 'Literal':
      return []
    case 'Identifier':
      return node['name'] === 'undefined' ? [] : [node]
    default:
      return [node]
  }
}

function leavesOfCall(call: Node): readonly Node[] {
  const name = nameOf(call['callee'] as Node)
  const object = (call['callee'] as Node)['object']
  if (/\.(catch|then|finally)$/.test(name) && isNode(object)) return leavesOf(object)
  const args = call['arguments'] as readonly Node[]
  // `items.map(async (item) => …)`: what the function gives back.
  if (name.endsWith('.map')) return args.slice(0, 1).flatMap(resultsOf)
  return /^Promise\.(all|allSettled|race)$/.test(name) ? args.flatMap(leavesOf) : [call]
}

/** What a function that is written in place gives back; of one with statements its own awaits are found anyway. */
function resultsOf(given: Node): readonly Node[] {
  const { body } = given as { readonly body?: unknown }
  if (!isFunction(given)) return [given]
  return isNode(body) && body.type !== 'BlockStatement' ? leavesOf(body) : []
}

/** Functions of this file, and what it imports from others of ours. */
function namesHere(node: Node): readonly string[] {
  if (node.type !== 'ImportDeclaration') {
    const name = /^(FunctionDeclaration|VariableDeclarator)$/.test(node.type) ? declaredName(node) : undefined
    return name === undefined ? [] : [name]
  }
  const from = (node['source'] as Node)['value'] as string
  if (!/^(\.|@tidegate\/)/.test(from)) return []
  return (node['specifiers'] as readonly Node[]).map((each) => nameOf(each['local'] as Node))
}

function declaredName(node: Node): string | undefined {
  const named = (key: string): string | undefined => {
    const id = node[key]
    return isNode(id) && /^(Private)?Identifier$/.test(id.type) ? nameOf(id) : undefined
  }
  if (node.type === 'FunctionDeclaration') return named('id')
  if (node.type === 'VariableDeclarator' && isFunction(node['init'])) return named('id')
  if (node.type === 'Property' && isFunction(node['value'])) return named('key')
  if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') return named('key')
  return undefined
}

function isFunction(value: unknown): boolean {
  return isNode(value) && /^(Arrow)?Function/.test(value.type)
}

/** `a.b().c` for `a.b(x)?.c`. */
function nameOf(node: Node): string {
  switch (node.type) {
    case 'Identifier':
      return node['name'] as string
    case 'PrivateIdentifier':
      return `#${node['name'] as string}`
    case 'ThisExpression':
      return 'this'
    case 'NewExpression':
      return `new ${nameOf(node['callee'] as Node)}`
    case 'ImportExpression':
      return 'import'
    case 'MemberExpression': {
      const property = node['property'] as Node
      return `${nameOf(node['object'] as Node)}.${node['computed'] === true ? '[]' : nameOf(property)}`
    }
    case 'CallExpression':
      return `${nameOf(node['callee'] as Node)}()`
    case 'ChainExpression':
    case 'ParenthesizedExpression':
    case 'TSNonNullExpression':
      return nameOf(node['expression'] as Node)
    case 'TaggedTemplateExpression':
      return `${nameOf(node['tag'] as Node)}\`\``
    case 'AwaitExpression':
      return nameOf(node['argument'] as Node)
    default:
      return node.type
  }
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const value of Object.values(node)) {
    if (isNode(value)) walk(value, visit)
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) walk(item, visit)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}
