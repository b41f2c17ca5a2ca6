import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fixturePack } from './fixtures/pack.js'
import { isGreen, readRows, toTable } from './report.js'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** What the suite leaves behind: a folder per scenario with the checks it made. */
function results(scenarios: Readonly<Record<string, readonly object[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-report-'))
  folders.push(folder)
  for (const [id, checks] of Object.entries(scenarios)) {
    const path = join(folder, `server-${id}-2026-11-24T18-23-42-336Z`)
    mkdirSync(path)
    writeFileSync(join(path, 'checks.json'), JSON.stringify(checks))
  }
  return folder
}

const about = { set: '2026-07-28', server: 'fixtures' } as const
const [good, bad, skipped] = [
  { id: 'a', status: 'SUCCESS' },
  { id: 'b', status: 'FAILURE', errorMessage: 'not so' },
  { id: 'c', status: 'SKIPPED' },
]

describe('what the suite left behind', () => {
  it('is green only where a check passed and none failed', () => {
    const folder = results({
      passes: [good, skipped],
      fails: [good, bad],
      'only-skips': [skipped],
      'checks-nothing': [],
      'tells-of-a-should': [good, { id: 'd', status: 'WARNING' }],
    })
    const scored = ['passes', 'fails', 'only-skips', 'checks-nothing', 'tells-of-a-should', 'never-ran']
    const rows = readRows(folder, about, scored)
    expect(rows.filter(isGreen).map((row) => row.id)).toEqual(['passes'])
    expect(rows.every((row) => row.scored)).toBe(true)
    expect(rows.find((row) => row.id === 'never-ran')).toMatchObject({ passed: 0, failed: 0 })
    expect(rows.find((row) => row.id === 'fails')?.errors).toEqual(['b: not so'])
  })

  it('shows scenarios that do not count, and does not count them', () => {
    const rows = readRows(results({ counts: [good], extension: [bad] }), about, ['counts'])
    expect(rows.find((row) => row.id === 'extension')?.scored).toBe(false)
    const table = toTable(rows)
    expect(table).toContain('1 of 1 scored scenarios pass')
    expect(table).toContain('not scored, not passed: extension')
  })
})

describe('the fixtures', () => {
  it('have names that no tool, resource or prompt of ours has', () => {
    for (const item of [...(fixturePack.tools ?? []), ...(fixturePack.prompts ?? [])]) {
      expect((item as { readonly name: string }).name).toMatch(/^(test_|json_schema_2020_12_tool$)/)
    }
    for (const item of fixturePack.resources ?? []) {
      expect((item as { readonly uri: string }).uri).toMatch(/^test:/)
    }
  })
})
