import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { metricDefinitions } from './metric-definitions.js'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const kinds = { count: 'counter', observe: 'histogram', gauge: 'gauge' } as const

interface Use {
  readonly file: string
  readonly name: string
  readonly kind: (typeof kinds)[keyof typeof kinds]
  readonly labels: readonly string[]
}

/** Source files that run in a product, tests beside them left out. */
function productFiles(): readonly string[] {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(root, group))
      .filter((name) => name !== 'testkit')
      .flatMap((name) =>
        readdirSync(join(root, group, name), { recursive: true, encoding: 'utf8' })
          .filter((path) => path.startsWith('src') && /\.tsx?$/.test(path) && !path.includes('.test'))
          .map((path) => join(root, group, name, path)),
      ),
  )
}

/** Every call of the Metrics port and the labels it names; who only passes a call on says `name`. */
function usesIn(file: string): readonly Use[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/metrics\??\s*\.(count|observe|gauge)\(\s*(?!name\b)([^,)]*)/g)].map((match) => {
    const [all, verb, name = ''] = match
    const quoted = /^'([a-z0-9_]+)'$/.exec(name.trim())
    if (!quoted) throw new Error(`${file}: a metric has no name that can be read: ${all}`)
    const call = text.slice(match.index, endOfCall(text, match.index))
    const labels = /\{([^{}]*)\}/.exec(call)?.[1] ?? ''
    return {
      file,
      name: quoted[1] ?? '',
      kind: kinds[verb as keyof typeof kinds],
      labels: labels
        .split(',')
        .map((part) => part.split(':')[0]?.trim() ?? '')
        .filter((label) => /^\w+$/.test(label)),
    }
  })
}

function endOfCall(text: string, from: number): number {
  let depth = 0
  for (let at = text.indexOf('(', from); at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')' && --depth === 0) return at
  }
  return text.length
}

const uses = productFiles().flatMap(usesIn)

it('every metric that product code counts is defined with its kind, a help text and all its labels', () => {
  expect(uses.length).toBeGreaterThan(30)
  const wrong = uses.filter(({ name, kind, labels }) => {
    const definition = metricDefinitions[name]
    return definition?.kind !== kind || !labels.every((label) => definition.labels.includes(label))
  })
  expect(wrong).toEqual([])
  for (const { help } of Object.values(metricDefinitions)) expect(help).toMatch(/^[A-Z].*\.$/)
})

it('every metric that is defined is counted somewhere', () => {
  const counted = new Set(uses.map(({ name }) => name))
  expect(Object.keys(metricDefinitions).filter((name) => !counted.has(name))).toEqual([])
})
