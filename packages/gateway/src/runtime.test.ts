import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRuntime } from './runtime.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-runtime-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('createRuntime', () => {
  const { disk, timers, random, ids, clock } = createRuntime()

  it('writes whole files that only the owner can read, and leaves nothing beside them', () => {
    const path = join(folder, 'deep', 'token')
    disk.writeTextAtomically(path, 'one')
    disk.writeTextAtomically(path, 'zwei ü')
    expect(disk.readText(path)).toBe('zwei ü')
    expect(readdirSync(join(folder, 'deep'))).toEqual(['token'])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('says undefined for an absent file and throws for a folder', () => {
    expect(disk.readText(join(folder, 'absent'))).toBeUndefined()
    expect(() => disk.readText(folder)).toThrow()
  })

  it('removes the half-made file when the name cannot be taken', () => {
    disk.makeFolder(join(folder, 'taken'))
    disk.makeFolder(join(folder, 'taken', 'child'))
    expect(() => disk.writeTextAtomically(join(folder, 'taken'), 'x')).toThrow()
    expect(readdirSync(folder)).toEqual(['taken'])
  })

  it('appends and keeps what stood there', () => {
    const path = join(folder, 'log')
    const first = disk.openAppend(path)
    first.append('a\n')
    first.close()
    const second = disk.openAppend(path)
    second.append('b\n')
    second.close()
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
  })

  it('gives the real time, fresh ids and fresh bytes', async () => {
    const before = clock.nowMs()
    await timers.sleep(1)
    expect(clock.nowMs()).toBeGreaterThanOrEqual(before)
    expect(ids.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ids.uuid()).not.toBe(ids.uuid())
    expect(random.bytes(32)).toHaveLength(32)
    expect(Buffer.from(random.bytes(32)).equals(Buffer.from(random.bytes(32)))).toBe(false)
  })

  it('fires once, repeatedly, and not at all after cancel', async () => {
    const seen: string[] = []
    timers.after(1, () => seen.push('never')).cancel()
    await new Promise<void>((resolve) => {
      const repeated = timers.every(1, () => {
        seen.push('tick')
        if (seen.length === 3) {
          repeated.cancel()
          // A referenced timer keeps the test alive while our own, unreferenced ones are pending.
          setTimeout(resolve, 10)
        }
      })
      setTimeout(() => {}, 1_000).unref()
    })
    expect(seen).toEqual(['tick', 'tick', 'tick'])
  })
})
