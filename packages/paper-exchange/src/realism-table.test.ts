import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const table = readFileSync(new URL('../../../docs/paper-realism.md', import.meta.url), 'utf8')
const rows = [...table.matchAll(/^\| (R\d+) \|.*\| `([^`]+)`: (.+) \|$/gm)].map(
  (row) => row.slice(1, 4) as [string, string, string],
)

describe('the table of realism', () => {
  it('has a row for each of R1 to R28', () => {
    expect(rows.map(([requirement]) => requirement)).toEqual(Array.from({ length: 28 }, (_, index) => `R${index + 1}`))
  })

  it.each(rows)('%s is shown by a test that is there: %s: %s', (_requirement, file, name) => {
    const path = new URL(file, import.meta.url)
    expect(existsSync(path), file).toBe(true)
    expect(readFileSync(path, 'utf8')).toContain(name)
  })
})
