import { FakeTime, MemoryDisk, MemoryLog } from '@tidegate/testkit'
import { expect, it } from 'vitest'
import { createMetrics } from '../metrics/create-metrics.js'
import { watchDisk } from './watch-disk.js'

it('the end of the room on a disk is logged once, measured all the time, and over when there is room again', async () => {
  const time = new FakeTime()
  const log = new MemoryLog()
  const metrics = createMetrics()
  let freeBytes = 10 ** 9
  const disk = Object.assign(new MemoryDisk(), {
    space: (folder: string) => ({ freeBytes: folder === '/heads' ? freeBytes : 10 ** 9, totalBytes: 10 ** 9 }),
  })
  const watch = watchDisk({ disk, folders: ['/store', '/heads'], log, metrics, timers: time })
  expect(watch.problem()).toBeUndefined()
  freeBytes = 1_000_000
  expect(watch.problem()).toContain('/heads is nearly full')
  await time.advance(60_000)
  expect(await metrics.text()).toContain('store_disk_free_bytes 1000000\n')
  freeBytes = 10 ** 9
  await time.advance(10_000)
  expect(watch.problem()).toBeUndefined()
  watch.close()
  freeBytes = 0
  await time.advance(60_000)
  expect(log.entries.map(({ level, event }) => `${level} ${event}`)).toEqual([
    'error disk_nearly_full',
    'warn disk_has_room',
  ])
})
