import { FakeTime } from '@tidegate/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainUnknown } from './explain-unknown.js'
import { cutPage, type PagePosition, readCursor, writeCursor } from './page.js'
import { parseTime } from './read-time.js'
import { throttle } from './throttle.js'
import { untrustedText, venueWord } from './untrusted-text.js'

describe('untrustedText', () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      fc.constantFrom(
        '\u202e',
        '\u2066',
        '\u200b',
        '\ufeff',
        '\u0000',
        '\u001b',
        '\n',
        '\u{e0041}',
        '\u{e0100}',
        '\u00ad',
        '\u3164',
      ),
    ),
    maxLength: 300,
  })

  it('leaves nothing invisible, nothing that reorders, one line, within its length', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 200 }), (text, maxLength) => {
        const safe = untrustedText(text, maxLength)
        expect(safe).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/u)
        expect(safe).not.toMatch(/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u3164]/u)
        expect(Array.from(safe).length).toBeLessThanOrEqual(maxLength)
        expect(untrustedText(safe, maxLength)).toBe(safe)
      }),
    )
  })

  it('leaves ordinary text of any script as it is', () => {
    for (const text of ['Bitcoin', 'Ünïcode ok', '比特币', 'Ether 2.0 – 50 %', 'שלום'])
      expect(untrustedText(text)).toBe(text)
  })

  it('venueWord leaves only word characters', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(venueWord(text)).toMatch(/^[A-Za-z0-9_.:-]{0,64}$/)
      }),
    )
  })
})

describe('pages', () => {
  const row = fc.record({ atMs: fc.integer({ min: 0, max: 5 }), id: fc.stringMatching(/^[a-z0-9/-]{1,8}$/) })
  const list = fc
    .uniqueArray(row, { selector: (item) => `${item.atMs} ${item.id}`, maxLength: 60 })
    .map((rows) => rows.sort((a, b) => b.atMs - a.atMs))

  it('show every row once, in order, whatever the page size', () => {
    fc.assert(
      fc.property(list, fc.integer({ min: 1, max: 9 }), (rows, pageSize) => {
        const seen: PagePosition[] = []
        let after: PagePosition | undefined
        for (;;) {
          const page = cutPage(rows, (item) => item, after, pageSize)
          seen.push(...page.rows)
          if (page.nextCursor === undefined) break
          after = readCursor(page.nextCursor)
        }
        expect(seen).toEqual(rows)
      }),
    )
  })

  it('a cursor reads back as written, and arbitrary text is refused rather than misread', () => {
    fc.assert(
      fc.property(row, (position) => {
        expect(readCursor(writeCursor(position))).toEqual(position)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(writeCursor(readCursor(text))).toBe(text.replace(/[^A-Za-z0-9_-]/g, ''))
        } catch (error) {
          expect(String(error)).toContain('cursor')
        }
      }),
    )
  })

  it('a row that vanished does not lose the place', () => {
    const rows = [9, 8, 7, 6].map((atMs) => ({ atMs, id: `r${atMs}` }))
    expect(cutPage(rows, (item) => item, { atMs: 8, id: 'gone' }, 2).rows.map((item) => item.id)).toEqual(['r7', 'r6'])
    expect(cutPage(rows, (item) => item, { atMs: 1, id: 'gone' }, 2).rows).toEqual([])
  })
})

describe('parseTime', () => {
  it('reads what toISOString writes, and Unix seconds and milliseconds', () => {
    const moment = fc.date({ min: new Date('2001-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(moment, (date) => {
        expect(parseTime(date.toISOString())).toBe(date.getTime())
        expect(parseTime(String(date.getTime()))).toBe(date.getTime())
        const seconds = Math.floor(date.getTime() / 1000)
        expect(parseTime(String(seconds))).toBe(seconds * 1000)
      }),
    )
    expect(parseTime('2026-11-24T13:00:00+01:00')).toBe(Date.UTC(2026, 10, 24, 12))
    expect(parseTime('2026-11-24')).toBe(Date.UTC(2026, 10, 24))
  })

  it('refuses dates that no calendar has and times without a zone', () => {
    for (const text of [
      '2026-02-29',
      '2026-13-01',
      '2026-11-31',
      '2026-11-24T25:00:00Z',
      '2026-11-24T12:00:00',
      'now',
      '',
      '1',
    ]) {
      expect(parseTime(text), text).toBeUndefined()
    }
  })
})

describe('throttle', () => {
  it('never runs twice within its pace and never swallows the last signal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 30 }), async (gaps) => {
        const time = new FakeTime()
        const ranAt: number[] = []
        const { signal } = throttle(time, time, 1_000, () => ranAt.push(time.nowMs()))
        let lastSignal = Number.NEGATIVE_INFINITY
        for (const gap of gaps) {
          await time.advance(gap)
          signal()
          lastSignal = time.nowMs()
        }
        await time.advance(2_000)
        for (const [index, at] of ranAt.entries()) {
          if (index > 0) expect(at - (ranAt[index - 1] ?? 0)).toBeGreaterThanOrEqual(1_000)
        }
        if (gaps.length > 0) expect(ranAt.at(-1)).toBeGreaterThanOrEqual(lastSignal)
      }),
      { numRuns: 30 },
    )
  })

  it('keeps working when the clock was set back', async () => {
    const time = new FakeTime()
    let ran = 0
    const { signal } = throttle(time, time, 1_000, () => ran++)
    signal()
    time.step(-3_600_000)
    signal()
    await time.advance(1_000)
    expect(ran).toBe(2)
  })
})

describe('explainUnknown', () => {
  it('names what was probably meant', () => {
    expect(explainUnknown('price', ['size', 'limit_price']).fix).toBe('did you mean limit_price?')
    expect(explainUnknown('granularty', ['granularity', 'count']).fix).toBe('did you mean granularity?')
    expect(explainUnknown('xyz', ['a_name', 'b_name']).fix).toContain('a_name, b_name')
    expect(explainUnknown('x\u202e', []).field).toBe('x')
  })
})
