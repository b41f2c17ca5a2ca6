import { FakeTime } from '@tidegate/testkit'
import type { Principal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { createSessionBook } from './session-book.js'

const ann: Principal = { name: 'ann', role: 'trader' }

function book() {
  const time = new FakeTime()
  const ended: string[] = []
  let count = 0
  const sessions = createSessionBook<string>({
    timers: time,
    newId: () => `id-${++count}`,
    onEnd: (value) => void ended.push(value),
  })
  const open = (principal: Principal = ann) => sessions.open(principal, (id) => `value of ${id}`)
  return { time, ended, sessions, open }
}

describe('sessions', () => {
  it('are found by their principal alone, under the same rights', () => {
    const { sessions, open, ended } = book()
    const mine = open()
    expect(sessions.find(ann, 'id-1')).toBe(mine)
    expect(sessions.find({ name: 'ben', role: 'trader' }, 'id-1')).toBeUndefined()
    expect(sessions.find(ann, 'id-2')).toBeUndefined()
    expect(ended).toEqual([])
    expect(sessions.find({ name: 'ann', role: 'viewer' }, 'id-1')).toBeUndefined()
    expect(ended).toEqual(['value of id-1'])
    expect(sessions.find(ann, 'id-1')).toBeUndefined()
  })

  it('end when nobody has used them for five minutes, and not while something is under way', async () => {
    const { sessions, open, time, ended } = book()
    const session = open()
    await time.advance(299_999)
    const done = session?.use()
    await time.advance(10_000_000)
    expect(ended).toEqual([])
    done?.()
    done?.()
    await time.advance(299_999)
    expect(sessions.size).toBe(1)
    await time.advance(1)
    expect([sessions.size, ended]).toEqual([0, ['value of id-1']])
  })

  it('of one principal are at most eight: the one used least makes room, one in use never does', () => {
    const { sessions, open, ended } = book()
    const first = Array.from({ length: 8 }, () => open())
    const busy = first[0]?.use()
    open()
    expect([sessions.size, ended]).toEqual([8, ['value of id-2']])
    for (const session of first.slice(2)) session?.use()
    sessions.find(ann, 'id-9')?.use()
    expect(open()).toBeUndefined()
    expect(sessions.open({ name: 'ben', role: 'viewer' }, (id) => id)).toBeDefined()
    busy?.()
    expect(open()).toBeDefined()
    expect(ended).toEqual(['value of id-2', 'value of id-1'])
  })

  it('of all together are at most 64', () => {
    const { sessions, open, ended } = book()
    for (let each = 0; each < 64; each++) open({ name: `agent-${Math.floor(each / 8)}`, role: 'viewer' })
    expect(open()).toBeDefined()
    expect([sessions.size, ended]).toEqual([64, ['value of id-1']])
  })

  it('ended by their client are known as ended, the last 256 of them', () => {
    const { sessions, open } = book()
    for (let each = 0; each < 300; each++) {
      const session = open()
      if (session) sessions.endFor(session)
    }
    expect([sessions.wasEnded('id-1'), sessions.wasEnded('id-300'), sessions.wasEnded('id-45')]).toEqual([
      false,
      true,
      true,
    ])
    expect([sessions.size, sessions.wasEnded('never')]).toEqual([0, false])
  })

  it('leave no timer behind when the book is closed', async () => {
    const { sessions, open, time, ended } = book()
    open()
    open()
    sessions.closeAll()
    await time.advance(600_000)
    expect(ended).toHaveLength(2)
  })
})
