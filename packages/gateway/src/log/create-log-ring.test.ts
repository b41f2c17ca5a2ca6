import { describe, expect, it } from 'vitest'
import { createScrubber } from '../secrets/create-scrubber.js'
import { createLog } from './create-log.js'
import { createLogRing } from './create-log-ring.js'

describe('the newest lines of the log', () => {
  it('are read back as they were written, newest first, without what is the same in every line', () => {
    const ring = createLogRing()
    const log = createLog({ level: 'info', name: 'tide', scrubber: createScrubber(), sinks: [ring] })
    log.info('order_placed', { order_id: 'o1', error: { code: 'X' } })
    log.debug('not_written')
    log.warn('mode_changed', { to: 'HALTED' })
    const [newest, before, ...none] = ring.recent()
    expect(none).toEqual([])
    expect(newest).toMatchObject({ seq: 2, level: 'warn', event: 'mode_changed', fields: { to: 'HALTED' } })
    expect(before).toMatchObject({ seq: 1, fields: { order_id: 'o1', error: { code: 'X' } } })
    expect(Object.keys(before?.fields ?? {})).toEqual(['order_id', 'error'])
    expect(Number.isSafeInteger(before?.atMs)).toBe(true)
  })

  it('push the oldest out, by number and by length, and a line that is too long is not kept', () => {
    const line = (event: string, more = ''): string =>
      `${JSON.stringify({ level: 'info', time: '2026-11-24T00:00:00.000Z', event, more })}\n`
    const byNumber = createLogRing({ lines: 3 })
    for (const event of ['a', 'b', 'c', 'd']) byNumber.write(line(event))
    expect(byNumber.recent().map(({ event }) => event)).toEqual(['d', 'c', 'b'])
    const byLength = createLogRing({ chars: 2_500 })
    for (const event of ['a', 'b', 'c']) byLength.write(line(event, 'x'.repeat(1_000)))
    byLength.write(line('long', 'x'.repeat(100_000)))
    byLength.write('no json\n')
    byLength.write('{"level":"fatal"}\n')
    expect(byLength.recent().map(({ event }) => event)).toEqual(['c', 'b'])
  })
})
