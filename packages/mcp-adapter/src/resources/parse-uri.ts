import { InputError, NotFoundError } from '@tidegate/trading-model'
import { explainUnknown } from '../shared/explain-unknown.js'
import { untrustedText } from '../shared/untrusted-text.js'
import type { ResourceDefinition, ResourceParams } from './resource.js'
import { uriTemplate } from './resource.js'

const MAX_URI_LENGTH = 2048

/** A resource that answers to a URI, and the URI's parts. */
export interface ResourceMatch {
  readonly resource: ResourceDefinition
  readonly params: ResourceParams
}

/**
 * Finds the resource behind a URI. Query parameters may come in any subset and order; SDK templates match only one.
 *
 * @param isVisible - Of what exists, the refusal names what the asker may read.
 * @throws NotFoundError for a URI nothing answers to, listing what exists.
 * @throws InputError for an unknown, repeated, empty or undecodable parameter, naming it and the cure.
 */
export function matchResource(
  resources: readonly ResourceDefinition[],
  uri: string,
  isVisible: (resource: ResourceDefinition) => boolean = () => true,
): ResourceMatch {
  const parts = uri.length > MAX_URI_LENGTH ? null : /^([a-z]+:\/\/[^?#]*)(?:\?([^#]*))?$/.exec(uri)
  const segments = parts?.[1]?.split('/') ?? []
  for (const resource of resources) {
    const raw = matchPath(resource.path.split('/'), segments)
    if (raw) return { resource, params: { path: decodePath(raw), query: parseQuery(parts?.[2], resource) } }
  }
  throw new NotFoundError(`No resource answers to ${untrustedText(uri.split('?')[0] ?? '', 120) || 'this URI'}`, {
    hint: `what exists: ${resources.filter(isVisible).map(uriTemplate).join(', ')}`,
  })
}

function matchPath(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const variables: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? ''
    const variable = /^\{(\w+)\}$/.exec(expected)?.[1]
    if (variable) variables[variable] = actual
    else if (expected !== actual) return undefined
  }
  return variables
}

function decodePath(raw: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const decoded: Record<string, string> = {}
  for (const [name, value] of Object.entries(raw)) {
    const text = decode(value, name)
    if (text === '') {
      throw new InputError([{ field: name, problem: 'is empty', fix: `put the ${name} at the end of the URI` }])
    }
    decoded[name] = text
  }
  return decoded
}

function parseQuery(text: string | undefined, resource: ResourceDefinition): Readonly<Record<string, string>> {
  const values: Record<string, string> = {}
  for (const pair of (text ?? '').split('&')) {
    if (pair === '') continue
    const cut = pair.indexOf('=')
    const name = decode(cut < 0 ? pair : pair.slice(0, cut), 'the query')
    if (!resource.query.includes(name)) throw new InputError([explainUnknown(name, resource.query)])
    if (Object.hasOwn(values, name)) {
      throw new InputError([{ field: name, problem: 'appears twice', fix: `send ${name} once` }])
    }
    const value = cut < 0 ? '' : decode(pair.slice(cut + 1), name)
    if (value === '') {
      throw new InputError([{ field: name, problem: 'is empty', fix: `leave ${name} out, or give it a value` }])
    }
    values[name] = value
  }
  return values
}

function decode(text: string, field: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new InputError([
      { field, problem: 'has a broken percent escape', fix: 'write a literal percent sign as %25' },
    ])
  }
}
