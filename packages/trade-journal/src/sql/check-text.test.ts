import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleFill } from '@tidegate/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildChild, startChild } from '../../test/child-process.js'
import { realOptions } from '../../test/children/child-kit.js'
import { recordOne } from '../../test/temp-store.js'
import { openJournal } from '../open-journal.js'

let child: Awaited<ReturnType<typeof buildChild>>
beforeAll(async () => {
  child = await buildChild('read-all')
})
afterAll(() => child.remove())

let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-text-'))
  const journal = await openJournal(realOptions(folder))
  await recordOne(journal, 'an-intent')
  await journal.recordFills([sampleFill({ tradeId: 'a-trade', orderId: 'an-order' })])
  await journal.close()
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Makes the first byte of every place that says `text` one that no UTF-8 begins with. */
function damage(text: string): number {
  const path = join(folder, 'journal.db')
  const bytes = readFileSync(path)
  let found = 0
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) {
    bytes[at] = 0xff
    found++
  }
  writeFileSync(path, bytes)
  return found
}

/** In a process of its own: one driver ends the process on text that is not UTF-8. */
async function readAll(): Promise<{ readonly code: number | null; readonly said: string }> {
  const reader = startChild(child.file, { folder })
  const { code } = await reader.ended
  return { code, said: reader.lines.join('\n') }
}

describe('stored text that is no UTF-8', () => {
  it('is not there to begin with', async () => {
    expect(await readAll()).toEqual({ code: 0, said: 'whole' })
  })

  it.each(['c-an-intent', 'a-trade', 'portfolio-1', 'store.created', 'RESERVED', '0001-init', 'ACTIVE'])(
    '(%s) is a sentence that names the table, not the end of the process',
    async (text) => {
      expect(damage(text)).toBeGreaterThan(0)
      const { code, said } = await readAll()
      expect(code).toBe(0)
      expect(said).toMatch(/^ERR_STORE_CORRUPT: .*(table \w+ holds text that is none|is damaged)/)
    },
  )
})
