import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operationRows } from './operations.rows.js'
import { promptRows } from './prompts.rows.js'
import { resourceRows } from './resources.rows.js'
import { DONE, type Row, TO_COME } from './row.js'
import { toolRows } from './tools.rows.js'
import { openWorld, type World } from './world.js'

const rows: readonly Row[] = [...resourceRows, ...toolRows, ...promptRows, ...operationRows]

let world: World
// The order rate is raised for the shared world: its own row checks it at the specification's ten.
beforeAll(async () => {
  world = await openWorld((yaml) => `${yaml}\npolicy:\n  max_orders_per_minute: 1000\n`)
})
afterAll(() => world?.close())

describe('the specification, bullet by bullet', () => {
  for (const row of rows) {
    if ('pending' in row) continue
    it(`${row.section} · ${row.bullet}`, async () => {
      // A row without a real assertion fails.
      expect.hasAssertions()
      await row.check(world)
    })
  }
})

describe('what is still to come', () => {
  it('stands under the title of open work, never under work that is called done', () => {
    const pending = rows.flatMap((row) => ('pending' in row ? [row] : []))
    for (const row of pending) {
      expect(DONE).not.toContain(row.pending)
      expect(TO_COME).toContain(row.pending)
      expect(row.why.length).toBeGreaterThan(10)
    }
    expect(pending.length).toBeLessThan(rows.length / 10)
  })

  it('repeats no bullet', () => {
    const names = rows.map((row) => `${row.section} · ${row.bullet}`)
    expect(new Set(names).size).toBe(names.length)
  })
})
