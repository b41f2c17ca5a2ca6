import { mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryDisk, MemoryLog } from '@tidegate/testkit'
import type { SpooledCancel } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openCancelSpool } from './open-cancel-spool.js'

const path = '/home/me/.tidegate/paper/cancels.jsonl'

function cancel(id: number, more: Partial<SpooledCancel> = {}): SpooledCancel {
  return { spoolId: `s${id}`, atMs: 1_000 + id, by: 'local', what: 'requested', orderId: `venue-${id}`, ...more }
}

function open(disk = new MemoryDisk()) {
  const log = new MemoryLog()
  return { disk, log, spool: openCancelSpool({ path, log, disk }) }
}

describe('the spool of cancels', () => {
  it('gives back what was written, oldest first, after a restart', () => {
    const { disk, spool } = open()
    spool.append(cancel(1))
    spool.append(cancel(2, { what: 'refused', intentId: 'i', reason: 'a "reason"\nof two lines' }))
    expect(open(disk).spool.pending()).toEqual([
      cancel(1),
      cancel(2, { what: 'refused', intentId: 'i', reason: 'a "reason"\nof two lines' }),
    ])
  })

  it('forgets what reached the journal, and only that', () => {
    const { disk, spool } = open()
    for (let id = 1; id <= 3; id++) spool.append(cancel(id))
    spool.drop(2)
    spool.append(cancel(4))
    expect(spool.pending()).toEqual([cancel(3), cancel(4)])
    expect(open(disk).spool.pending()).toEqual([cancel(3), cancel(4)])
    spool.drop(2)
    expect(open(disk).spool.pending()).toEqual([])
  })

  it('does not take an entry for written when the disk failed, and goes on when it works again', () => {
    const { disk, spool } = open()
    spool.append(cancel(1))
    const openAppend = disk.openAppend.bind(disk)
    disk.openAppend = (name) => ({
      append: (text) => {
        openAppend(name).append(text.slice(0, 20))
        throw new Error('ENOSPC: no space left on device')
      },
      close: () => {},
    })
    expect(() => spool.append(cancel(2))).toThrow(/ENOSPC/)
    expect(spool.pending()).toEqual([cancel(1)])
    disk.openAppend = openAppend
    spool.append(cancel(3))
    expect(open(disk).spool.pending()).toEqual([cancel(1), cancel(3)])
  })

  it('keeps every whole entry when the file was cut or a byte of it changed, and says so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(), fc.boolean(), (count, where, isCut) => {
        const { disk, spool } = open()
        for (let id = 1; id <= count; id++) spool.append(cancel(id))
        const text = disk.files.get(path) ?? ''
        const at = where % text.length
        const changed = text[at] === '\n' ? text : `${text.slice(0, at)}~${text.slice(at + 1)}`
        disk.files.set(path, isCut ? text.slice(0, at) : changed)
        const again = open(disk)
        const hit = text.slice(0, at).split('\n').length
        const expected = Array.from({ length: count }, (_, index) => index + 1).filter((id) =>
          isCut ? id < hit || (id === hit && text[at] === '\n') : id !== hit || text[at] === '\n',
        )
        expect(again.spool.pending().map((entry) => entry.spoolId)).toEqual(expected.map((id) => `s${id}`))
        again.spool.append(cancel(9))
        expect(open(disk).spool.pending().at(-1)).toEqual(cancel(9))
      }),
      { examples: [[1, 64, false]], numRuns: 300 },
    )
  })

  it('works on the real disk', () => {
    const folder = mkdtempSync(join(tmpdir(), 'spool-'))
    try {
      const options = { path: join(folder, 'cancels.jsonl'), log: new MemoryLog() }
      const spool = openCancelSpool(options)
      for (let id = 1; id <= 3; id++) spool.append(cancel(id))
      spool.drop(1)
      spool.append(cancel(4))
      expect(openCancelSpool(options).pending()).toEqual([cancel(2), cancel(3), cancel(4)])
      truncateSync(options.path, 10)
      expect(openCancelSpool(options).pending()).toEqual([])
      expect(options.log.entries.at(-1)?.event).toBe('cancel_spool_line_unreadable')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
