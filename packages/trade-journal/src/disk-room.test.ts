import { MemoryDisk } from '@tidegate/testkit'
import type { Disk } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordOne, type TempStore, tempStore } from '../test/temp-store.js'
import { diskProblem } from './disk-room.js'

const MB = 1024 * 1024
const GB = 1024 * MB

/** A disk that says how much room it has. */
class SizedDisk extends MemoryDisk {
  space: NonNullable<Disk['space']> = () => ({ freeBytes: this.freeBytes, totalBytes: this.totalBytes })
  constructor(
    public freeBytes: number,
    public totalBytes: number,
  ) {
    super()
  }
}

describe('the room on the disk of a store', () => {
  it.each([
    // Of a small disk the reserve, of a usual one a twentieth, of a large one no more than 1 GB.
    { totalBytes: 32 * MB, needed: 8 * MB },
    { totalBytes: 10 * GB, needed: 0.5 * GB },
    { totalBytes: 4_000 * GB, needed: GB },
  ])('must be $needed bytes of $totalBytes', ({ totalBytes, needed }) => {
    expect(diskProblem(new SizedDisk(needed, totalBytes), '/store')).toBeUndefined()
    expect(diskProblem(new SizedDisk(needed - 1, totalBytes), '/store')).toMatch(
      /^The disk of \/store is nearly full: [\d.]+ MB of \d+ MB are free, [\d.]+ MB are kept back/,
    )
  })

  it('is not judged where the disk does not say, and counts as missing where it fails to say', () => {
    expect(diskProblem(new MemoryDisk(), '/store')).toBeUndefined()
    expect(diskProblem(new SizedDisk(0, 0), '/store')).toBeUndefined()
    const disk = new SizedDisk(1, 1)
    disk.space = () => {
      throw new Error('ENOENT')
    }
    expect(diskProblem(disk, '/store')).toMatch(/^The free space of \/store cannot be read: ENOENT/)
  })
})

describe('a journal whose disk is nearly full', () => {
  let store: TempStore
  beforeEach(() => {
    store = tempStore()
  })
  afterEach(() => store.remove())

  it('takes no new order and sends none, with a sentence; what is under way goes on, and so do orders when there is room', async () => {
    const disk = new SizedDisk(GB, GB)
    const journal = await store.open({ disk })
    for (const name of ['open', 'to send']) await recordOne(journal, name)
    await journal.beginSubmit('open', { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })
    disk.freeBytes = 8 * MB - 1
    const refused = { code: 'ERR_STORE_IO', hint: expect.stringContaining('cancels go on') as string }
    await expect(recordOne(journal, 'new')).rejects.toMatchObject(refused)
    await expect(journal.beginSubmit('to send', { notBeforeMs: 1, signFromMs: 1, signByMs: 2 })).rejects.toMatchObject(
      refused,
    )
    expect(await journal.getIntent('new')).toBeUndefined()
    expect(await journal.apply('open', { type: 'acked', venueOrderId: 'v-1' }, 'desk')).toMatchObject({
      state: 'ACKED',
    })
    expect(await journal.apply('open', { type: 'cancel_requested', by: 'local' }, 'local')).toMatchObject({
      cancel: 'requested',
    })
    expect(await journal.setMode({ scope: 'account', mode: 'ACTIVE', by: 'me', reason: 'x' })).toBeDefined()
    disk.freeBytes = GB
    await recordOne(journal, 'new')
    await journal.close()
  })
})
