import { ConfigError, InvariantError } from '@tidegate/trading-model'
import * as jsonc from 'jsonc-parser'
import { INPUT_ID, SERVER_NAME, type Wanted } from './clients.js'
import { insertChild, removeChild, replaceValue, textOf } from './edit-tree.js'
import { lineOf, sameValue } from './text.js'

/**
 * A client's JSON with our entry in it, or without it. Comments, order, indentation and everything else stay as they are.
 *
 * @param text - Of the file; empty for one that is not there.
 * @param file - For the message.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` with the line: the file is no JSON, or holds something else where servers belong.
 */
export function editJson(text: string, file: string, wanted: Wanted, verb: 'add' | 'remove'): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const before = text.slice(mark.length)
  const root = parse(before, file)
  const servers = root[wanted.section]
  if (servers !== undefined && !isObject(servers)) throw wrongPlace(before, file, wanted.section)
  const { section, entry, input } = wanted
  let after = before.trim() === '' ? '{}\n' : before
  if (verb === 'remove') {
    after = removeAt(after, [section, SERVER_NAME])
    after = removeAt(after, ['inputs', inputsIn(after, file).findIndex(isOurInput)])
  } else {
    after = addServer(after, section, entry)
    if (input && !inputsIn(after, file).some(isOurInput)) after = addInput(after, input)
  }
  if (verb === 'remove' && before.trim() === '') after = before
  // What was written is read again: nothing else may have changed.
  const now = parse(after, file)
  const rest = ({ [section]: own, inputs, ...others }: Readonly<Record<string, unknown>>): unknown => [
    others,
    isObject(own) ? { ...own, [SERVER_NAME]: undefined } : {},
    Array.isArray(inputs) ? inputs.filter((one) => !isOurInput(one)) : [],
  ]
  const held = isObject(now[section]) ? now[section][SERVER_NAME] : undefined
  if (!sameValue(rest(now), rest(root)) || !sameValue(held, verb === 'add' ? entry : undefined)) {
    throw new ConfigError('ERR_CONFIG_INVALID', `${file} cannot be changed safely`, {
      hint: `Change ${section}.${SERVER_NAME} by hand, as --print shows it; nothing was written`,
    })
  }
  return mark + after
}

function addServer(text: string, section: string, entry: Readonly<Record<string, unknown>>): string {
  const root = rootOf(text)
  const servers = jsonc.findNodeAtLocation(root, [section])
  if (!servers) return insertChild(text, root, `"${section}": ${textOf({ [SERVER_NAME]: entry }, text)}`)
  const own = jsonc.findNodeAtLocation(root, [section, SERVER_NAME])
  if (!own) return insertChild(text, servers, `"${SERVER_NAME}": ${textOf(entry, text)}`)
  return sameValue(jsonc.getNodeValue(own), entry) ? text : replaceValue(text, own, textOf(entry, text))
}

function addInput(text: string, input: Readonly<Record<string, unknown>>): string {
  const root = rootOf(text)
  const inputs = jsonc.findNodeAtLocation(root, ['inputs'])
  if (!inputs) return insertChild(text, root, `"inputs": ${textOf([input], text)}`)
  return insertChild(text, inputs, textOf(input, text))
}

function inputsIn(text: string, file: string): readonly unknown[] {
  const known = parse(text, file)['inputs']
  if (known === undefined) return []
  if (Array.isArray(known)) return known
  throw wrongPlace(text, file, 'inputs')
}

function isOurInput(input: unknown): boolean {
  return isObject(input) && input['id'] === INPUT_ID
}

/** The child at a path goes, and what held it stays, also when that is empty then: somebody else may have written it. */
function removeAt(text: string, path: jsonc.JSONPath): string {
  const found = jsonc.findNodeAtLocation(rootOf(text), path)
  const child = found?.parent?.type === 'property' ? found.parent : found
  return child?.parent ? removeChild(text, child.parent, child) : text
}

function rootOf(text: string): jsonc.Node {
  const root = jsonc.parseTree(text, [], { allowTrailingComma: true })
  // It was read before.
  if (!root) throw new InvariantError('a file that was read has no root')
  return root
}

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {}
  const errors: jsonc.ParseError[] = []
  const value: unknown = jsonc.parse(text, errors, { allowTrailingComma: true })
  const [first] = errors
  if (first) {
    const line = lineOf(text, first.offset)
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `${file} line ${line} is no JSON (${jsonc.printParseErrorCode(first.error)})`,
      {
        hint: `Mend line ${line} and run it again, or use --print and paste it in; nothing was written`,
      },
    )
  }
  if (isObject(value)) return value
  throw new ConfigError('ERR_CONFIG_INVALID', `${file} line 1 is no JSON object`, {
    hint: 'Mend it and run it again, or move it away; nothing was written',
  })
}

function wrongPlace(text: string, file: string, section: string): ConfigError {
  const tree = jsonc.parseTree(text, [], { allowTrailingComma: true })
  const node = tree && jsonc.findNodeAtLocation(tree, [section])
  const line = lineOf(text, node?.offset ?? 0)
  return new ConfigError('ERR_CONFIG_INVALID', `${file} line ${line}: ${section} is not what it should be`, {
    hint: `Mend ${section} on line ${line} and run it again; nothing was written`,
  })
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
