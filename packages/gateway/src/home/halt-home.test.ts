import { EventEmitter } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import { haltHome, haltOnSignal } from './halt-home.js'

let folder: string
let config: Config
const path = () => join(folder, 'paper', 'HALT')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-halt-'))
  config = loadConfig({
    flags: { home: folder },
    env: {},
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const door = (call: () => Promise<{ mode: string }>) => ({ control: { call } })

describe('halting a home', () => {
  it('goes through the operator’s door when that answers', async () => {
    const answer = await haltHome(
      config,
      door(async () => ({ mode: 'HALTED' })),
      'test',
    )
    expect(answer).toEqual({ how: 'mode', answer: { mode: 'HALTED' } })
    expect(existsSync(path())).toBe(false)
  })

  it.each([
    ['refuses', () => Promise.reject(new Error('database is locked')), 'database is locked'],
    ['hangs', () => new Promise<never>(() => {}), 'the gateway does not answer'],
  ] as const)('goes by file when the door %s', async (_, call, because) => {
    const answer = await haltHome(config, door(call), 'fat finger', { patienceMs: 30 })
    expect(answer).toEqual({ how: 'file', path: path(), because })
    expect(readFileSync(path(), 'utf8')).toBe('fat finger\n')
  })

  it('keeps the first reason', async () => {
    for (const reason of ['first', 'second'])
      await haltHome(
        config,
        door(() => Promise.reject(new Error('no'))),
        reason,
      )
    expect(readFileSync(path(), 'utf8')).toBe('first\n')
  })

  it('happens at SIGUSR2, and says what came of it', async () => {
    const source = new EventEmitter()
    const said = new Promise<string>((resolve) => {
      haltOnSignal(
        source,
        config,
        door(async () => ({ mode: 'HALTED' })),
        resolve,
      )
    })
    source.emit('SIGUSR2')
    expect(await said).toBe('SIGUSR2: trading is halted')
  })
})
