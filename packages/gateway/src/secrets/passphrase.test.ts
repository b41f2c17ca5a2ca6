import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.js'
import { readPassphrase } from './unlock-secrets.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-pass-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const load = (flags: Record<string, string>, env: Record<string, string> = {}, file?: string) =>
  loadConfig({
    flags: { home: folder, ...(file === undefined ? {} : { config: 'c.yaml' }), ...flags },
    env,
    cwd: folder,
    readFile: (path) => (path.endsWith('c.yaml') ? file : undefined),
    platform: process.platform,
  })

describe('a passphrase', () => {
  it('comes from an open descriptor, once read as often as it is needed, without the end of its line', () => {
    const path = join(folder, 'pass')
    writeFileSync(path, 'correct horse battery staple\r\nnot this\n', { mode: 0o600 })
    const fd = openSync(path, 'r')
    try {
      const config = load({ 'passphrase-fd': String(fd) })
      expect(readPassphrase(config)?.reveal()).toBe('correct horse battery staple')
      expect(readPassphrase(config)?.reveal()).toBe('correct horse battery staple')
    } finally {
      closeSync(fd)
    }
  })

  it('comes from a file of its own, and is nobody’s default', () => {
    writeFileSync(join(folder, 'pass'), 'correct horse battery staple\n', { mode: 0o600 })
    expect(readPassphrase(load({ 'passphrase-file': 'pass' }))?.reveal()).toBe('correct horse battery staple')
    expect(readPassphrase(load({}))).toBeUndefined()
    expect(() => readPassphrase(load({ 'passphrase-file': 'absent' }))).toThrow(/cannot be read/)
  })
})

describe('the command line', () => {
  it.each(['coinbase.api_secret', 'store.url', 'alerts.webhook_url'])('takes no secret: %s', (name) => {
    const run = () => load({ [name]: 'CANARY-secret-on-the-line' })
    expect(run).toThrow(/every process on the machine can read a command line/)
    expect(run).not.toThrow(/CANARY/)
  })
})

describe('the section alerts', () => {
  it.each([
    ['webhook_url: http://hooks.example.com/CANARY', /no https address/],
    ['webhook_url: CANARY', /no https address/],
    ['mute: [breakers]', /breakers.*did you mean breaker/is],
    ['unknown_over: -1', /whole number/],
    ['window_seconds: 0.2', /seconds from 1/],
    ['webhok_url: https://x.test', /webhok_url/],
  ])('refuses %s', (line, message) => {
    let text = ''
    try {
      load({}, {}, `alerts:\n  ${line}\n`)
    } catch (error) {
      text = error instanceof Error ? error.message : ''
    }
    expect(text).toMatch(message)
    expect(text).not.toContain('CANARY')
  })

  it('takes a webhook on this machine without TLS', () => {
    const config = load({}, {}, 'alerts:\n  webhook_url: http://127.0.0.1:9000/hook\n')
    expect(config.alerts.webhookUrl?.reveal()).toBe('http://127.0.0.1:9000/hook')
    expect(JSON.stringify(config.alerts)).not.toContain('9000')
  })
})
