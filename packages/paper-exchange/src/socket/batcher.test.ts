import { FakeTime } from '@tidegate/testkit'
import { expect, it } from 'vitest'
import { Batcher } from './batcher.js'

function start() {
  const time = new FakeTime()
  const delivered: { readonly atMs: number; readonly bookId: string; readonly items: readonly number[] }[] = []
  const startedAtMs = time.nowMs()
  const batcher = new Batcher<number>(time, 50, (bookId, items) => {
    delivered.push({ atMs: time.nowMs() - startedAtMs, bookId, items: [...items] })
  })
  return { time, batcher, delivered }
}

it('hands over what came within the delay, counted from the first item of a quiet book', async () => {
  const { time, batcher, delivered } = start()
  await time.advance(30)
  batcher.add('A', 1)
  await time.advance(20)
  batcher.add('A', 2)
  batcher.add('B', 3)
  await time.advance(100)
  expect(delivered).toEqual([
    { atMs: 80, bookId: 'A', items: [1, 2] },
    { atMs: 100, bookId: 'B', items: [3] },
  ])
})

it('delivers a busy book once a delay, twenty times a second, whatever its own rhythm', async () => {
  const { time, batcher, delivered } = start()
  for (let at = 0; at < 1_000; at += 20) {
    batcher.add('A', at)
    await time.advance(20)
  }
  expect(delivered.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 20 }, (_, index) => 50 * (index + 1)))
})

it('forgets a book that has gone quiet: its next item waits a whole delay again', async () => {
  const { time, batcher, delivered } = start()
  batcher.add('A', 1)
  await time.advance(170)
  batcher.add('A', 2)
  await time.advance(60)
  expect(delivered.map(({ atMs }) => atMs)).toEqual([50, 220])
})

it('delivers nothing that was cleared', async () => {
  const { time, batcher, delivered } = start()
  batcher.add('A', 1)
  batcher.clear()
  await time.advance(200)
  expect(delivered).toEqual([])
})
