import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Revision } from './requirements.js'

/** Which tools the server under test has: the real ones and the suite's fixtures, or the real ones alone. */
export type ToolSet = 'fixtures' | 'production'

/** One scenario against one server. */
export interface Row {
  readonly id: string
  readonly set: Revision
  readonly server: ToolSet
  /** Counts: whoever fails it makes the whole run fail. */
  readonly scored: boolean
  readonly passed: number
  readonly failed: number
  /** What went wrong, as the suite puts it. */
  readonly errors: readonly string[]
}

interface Check {
  readonly id: string
  readonly status: string
  readonly errorMessage?: string
}

/** True when at least one check passed and none failed: a scenario in which nothing was checked shows nothing. */
export function isGreen(row: Row): boolean {
  return row.failed === 0 && row.passed > 0
}

/**
 * Reads what the suite left in a folder.
 *
 * @param scored - Scenarios that count. One that left nothing behind gets a row without checks, and so fails.
 */
export function readRows(
  folder: string,
  about: Pick<Row, 'set' | 'server'>,
  scored: readonly string[],
): readonly Row[] {
  const checks = new Map<string, readonly Check[]>()
  for (const name of readdirSync(folder)) {
    const id = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name)?.[1]
    if (id !== undefined) checks.set(id, JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8')) as Check[])
  }
  const ids = new Set([...scored, ...checks.keys()])
  return [...ids].map((id) => {
    const found = checks.get(id) ?? []
    // A warning is a SHOULD that is not kept. Nothing of what counts may have one, either.
    const bad = found.filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    return {
      id,
      ...about,
      scored: scored.includes(id),
      passed: found.filter(({ status }) => status === 'SUCCESS').length,
      failed: bad.length,
      errors: bad.map((check) => `${check.id}: ${check.errorMessage ?? check.status}`),
    }
  })
}

/** The rows that count, as a person reads them; the others are named when they fail. */
export function toTable(rows: readonly Row[]): string {
  const scored = rows.filter((row) => row.scored)
  const width = Math.max(...rows.map((row) => row.id.length))
  const lines = scored.map((row) => {
    const word = isGreen(row) ? 'ok' : row.passed + row.failed === 0 ? 'no checks' : 'FAILED'
    const told = row.errors.map((error) => `\n    ${error}`).join('')
    return `${row.id.padEnd(width)}  ${row.set}  ${row.server.padEnd(10)}  ${String(row.passed).padStart(3)} checks  ${word}${told}`
  })
  const others = rows.filter((row) => !row.scored && row.server === 'fixtures' && !isGreen(row))
  const green = scored.filter(isGreen).length
  return [
    `${'scenario'.padEnd(width)}  set         server      result`,
    ...lines,
    ...(others.length === 0 ? [] : [`not scored, not passed: ${[...new Set(others.map((row) => row.id))].join(', ')}`]),
    `${green} of ${scored.length} scored scenarios pass`,
  ].join('\n')
}
