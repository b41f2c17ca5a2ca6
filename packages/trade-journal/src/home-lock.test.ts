import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StoreError } from '@tidegate/trading-model'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildChild, type Child, startChild } from '../test/child-process.js'
import { acquireHomeLock } from './home-lock.js'

let child: Awaited<ReturnType<typeof buildChild>>
let folder: string
let path: string
let started: Child[]

beforeAll(async () => {
  child = await buildChild('hold-lock')
})
afterAll(() => child.remove())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-lock-'))
  path = join(folder, 'home.lock')
  started = []
})
afterEach(async () => {
  for (const each of started) each.kill()
  for (const each of started) await each.ended
  rmSync(folder, { recursive: true })
})

async function other(): Promise<Child> {
  const process = startChild(child.file, { path })
  started.push(process)
  await process.linesReach(1)
  return process
}

describe('acquireHomeLock', () => {
  it('gives the home to one, and to the next when it is released', () => {
    const lock = acquireHomeLock(path)
    expect(lock).toBeDefined()
    expect(acquireHomeLock(path)).toBeUndefined()
    lock?.release()
    lock?.release()
    const next = acquireHomeLock(path)
    expect(next).toBeDefined()
    next?.release()
  })

  it('keeps other processes out, also after somebody here has tried in vain', async () => {
    const lock = acquireHomeLock(path)
    expect((await other()).lines).toEqual(['refused'])
    expect(acquireHomeLock(path)).toBeUndefined()
    expect((await other()).lines).toEqual(['refused'])
    lock?.release()
    expect((await other()).lines).toEqual(['held'])
  })

  it('is free the moment its holder is killed', async () => {
    for (let round = 0; round < 5; round++) {
      const holder = await other()
      expect(holder.lines).toEqual(['held'])
      expect(acquireHomeLock(path)).toBeUndefined()
      holder.kill()
      expect(await holder.ended).toMatchObject({ signal: 'SIGKILL' })
    }
    const lock = acquireHomeLock(path)
    expect(lock).toBeDefined()
    lock?.release()
  })

  it('says when the home cannot be locked at all', () => {
    expect(() => acquireHomeLock(join(folder, 'absent', 'home.lock'))).toThrow(StoreError)
  })
})
