import { Writable } from 'node:stream'
import { FakeTime } from '@tidegate/testkit'
import { describe, expect, it } from 'vitest'
import { createNoticeQueue } from './notice-queue.js'

/** A reader that takes one chunk when told. */
function slowReader() {
  const taken: string[] = []
  let release: (() => void) | undefined
  const reader = new Writable({
    highWaterMark: 4,
    write(chunk: Buffer, _encoding, done) {
      taken.push(chunk.toString())
      release = done
    },
  })
  reader.on('error', () => {})
  const takeOne = async (): Promise<void> => {
    const done = release
    release = undefined
    done?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { reader, taken, takeOne }
}

describe('notices for a slow reader', () => {
  it('wait once for each URI, however often it changes, and go out when it reads again', async () => {
    const { reader, taken, takeOne } = slowReader()
    const sent: string[] = []
    const queue = createNoticeQueue({
      reader: () => reader,
      send(uri) {
        sent.push(uri)
        reader.write(uri)
      },
    })
    queue.push('first')
    for (let change = 0; change < 10_000; change++) queue.push(`uri-${change % 3}`)
    expect(sent).toEqual(['first'])
    expect(reader.writableLength).toBe(5)
    for (let step = 0; step < 6; step++) await takeOne()
    expect(sent).toEqual(['first', 'uri-0', 'uri-1', 'uri-2'])
    expect(taken).toEqual(sent)
    queue.push('uri-1')
    expect(sent).toHaveLength(5)
  })

  it('are kept while nobody is there, and told to the next who comes', () => {
    const sent: string[] = []
    let reader: Writable | undefined
    const queue = createNoticeQueue({ reader: () => reader, send: (uri) => void sent.push(uri) })
    for (const uri of ['a', 'b', 'a', 'c']) queue.push(uri)
    queue.drop('c')
    queue.flush()
    expect(sent).toEqual([])
    reader = slowReader().reader
    queue.flush()
    expect(sent).toEqual(['a', 'b'])
  })

  it('are not what a reader that is stuck is kept for: it is cut off after half a minute', async () => {
    const time = new FakeTime()
    const { reader } = slowReader()
    const queue = createNoticeQueue({ reader: () => reader, send: (uri) => void reader.write(uri), cutOff: time })
    queue.push('first')
    queue.push('second')
    await time.advance(29_999)
    expect(reader.destroyed).toBe(false)
    await time.advance(1)
    expect(reader.destroyed).toBe(true)
    queue.push('third')
    expect(reader.listenerCount('drain')).toBe(0)
  })

  it('are forgotten when it is closed', async () => {
    const time = new FakeTime()
    const { reader, takeOne } = slowReader()
    const sent: string[] = []
    const send = (uri: string): void => {
      sent.push(uri)
      reader.write(uri)
    }
    const queue = createNoticeQueue({ reader: () => reader, send, cutOff: time })
    queue.push('first')
    queue.push('second')
    queue.close()
    await takeOne()
    await time.advance(60_000)
    expect([sent, reader.destroyed]).toEqual([['first'], false])
  })
})
