import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { REQUIRED } from './plan/cells.js'
import { ENGINES, FLOWS } from './protocol.js'
import { BEGIN, END, intoPage, markdownOf, reportOf } from './report.js'

const report = reportOf([
  {
    rows: [
      { flow: 'place', step: 'write', engine: 'sqlite', kills: 3, violations: 0, unresolved: 1 },
      { flow: 'any', step: 'any', engine: 'sqlite', kills: 2, violations: 1, unresolved: 0 },
    ],
    kills: 5,
    places: [],
    missing: [],
    broken: [],
    seconds: 1,
  },
  {
    rows: [{ flow: 'place', step: 'write', engine: 'postgres', kills: 4, violations: 0, unresolved: 0 }],
    kills: 4,
    places: [],
    missing: [],
    broken: [],
    seconds: 1,
  },
])

describe('the report of the crash matrix', () => {
  it('is one document with a row per flow, step and engine', () => {
    expect(report.schema).toBe('tidegate.crash/1')
    expect(report.rows).toHaveLength(3)
  })

  it('puts the engines side by side and says where one was not tried', () => {
    expect(markdownOf(report)).toContain('| place | write | 3 | 0 | 1 | 4 | 0 | 0 |')
    expect(markdownOf(report)).toContain('| several at once | a random moment | 2 | 1 | 0 | – | – | – |')
  })

  it('replaces only what stands between the markers', () => {
    const page = `before\n${BEGIN}\nold\n${END}\nafter\n`
    const next = intoPage(page, report)
    expect(next.startsWith(`before\n${BEGIN}\n\n| flow`)).toBe(true)
    expect(next.endsWith(`\n\n${END}\nafter\n`)).toBe(true)
    expect(next).not.toContain('old')
    expect(intoPage(next, report)).toBe(next)
    expect(() => intoPage('nothing', report)).toThrow(/has no/)
  })
})

describe('docs/reliability.md', () => {
  const page = readFileSync(new URL('../../../docs/reliability.md', import.meta.url), 'utf8')
  const matrix = page.slice(page.indexOf(BEGIN), page.indexOf(END))

  it.each(FLOWS)('holds every step of %s on every engine, killed at least once and nothing broken', (flow) => {
    for (const step of REQUIRED[flow]) {
      const line = matrix.split('\n').find((each) => each.startsWith(`| ${flow} | ${step} |`))
      const cells = (line ?? '').split('|').slice(3, -1).map(Number)
      expect(cells, `${flow} ${step}`).toHaveLength(3 * ENGINES.length)
      ENGINES.forEach((engine, index) => {
        expect(cells[3 * index], `${flow} ${step} ${engine}: kills`).toBeGreaterThan(0)
        expect(cells[3 * index + 1], `${flow} ${step} ${engine}: violations`).toBe(0)
      })
    }
  })
})
