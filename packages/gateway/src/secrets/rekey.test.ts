import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRuntime } from '../runtime.js'
import { createSecretsFile, openSecretsFile, type SecretsFile, type SecretsFileOptions } from './secrets-file.js'

const runtime = createRuntime()
const OLD = 'correct horse battery'
const NEW = 'another staple of words'
const HOOK = 'https://hooks.example.com/CANARY-of-a-path'

let folder: string
/** A sealed file with something in it, to copy: making one takes half a second of scrypt. */
let template: string
let count = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-rekey-'))
  template = join(folder, 'template')
  createSecretsFile(options(template, OLD)).set('alerts.webhook_url', HOOK)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function options(path: string, passphrase: string): SecretsFileOptions {
  return { path, environment: 'production', passphrase, ...runtime }
}

function fresh(): string {
  const home = join(folder, `home-${++count}`)
  mkdirSync(home)
  copyFileSync(template, join(home, 'secrets.sealed'))
  return join(home, 'secrets.sealed')
}

function open(path: string, passphrase: string): SecretsFile | undefined {
  try {
    return openSecretsFile(options(path, passphrase))
  } catch {
    return undefined
  }
}

describe('a new passphrase', () => {
  it('opens everything that was there, with a fresh salt, for its owner alone; the old one opens nothing', () => {
    const path = fresh()
    const saltOf = () => (JSON.parse(readFileSync(path, 'utf8')) as { kdf: { salt: string } }).kdf.salt
    const before = saltOf()
    openSecretsFile(options(path, OLD)).rekey(NEW)
    expect(saltOf()).not.toBe(before)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(open(path, NEW)?.get('alerts.webhook_url')).toBe(HOOK)
    expect(open(path, OLD)).toBeUndefined()
    expect(readdirSync(join(path, '..'))).toEqual(['secrets.sealed'])
    expect(readFileSync(path, 'utf8')).not.toMatch(/CANARY|staple|horse/)
  })

  it.each([
    ['too short', 'eleven char'],
    ['the one in force', OLD],
  ])('that is %s changes nothing', (_, passphrase) => {
    const path = fresh()
    const before = readFileSync(path)
    expect(() => openSecretsFile(options(path, OLD)).rekey(passphrase)).toThrow(/passphrase/)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('keeps what another process wrote since the file was opened', () => {
    const path = fresh()
    const opened = openSecretsFile(options(path, OLD))
    openSecretsFile(options(path, OLD)).set('store.url', 'postgres://u:p@db/t')
    opened.rekey(NEW)
    expect(open(path, NEW)?.get('store.url')).toBe('postgres://u:p@db/t')
  })

  it('takes with it what writes left behind that were cut off, but not what a living process is about to write', () => {
    const path = fresh()
    const gone = `${path}.${deadPid()}.0badcafe.tmp`
    const live = `${path}.${process.ppid}.0badcafe.tmp`
    for (const left of [gone, live]) copyFileSync(path, left)
    openSecretsFile(options(path, OLD)).rekey(NEW)
    expect(readdirSync(join(path, '..')).sort()).toEqual(['secrets.sealed', live.slice(path.length - 14)].sort())
  })

  it('leaves a process that has it open with what it read; with the new one at hand it reads on', () => {
    const path = fresh()
    let known: string | undefined
    const running = openSecretsFile({ ...options(path, OLD), passphraseAgain: () => known })
    openSecretsFile(options(path, OLD)).rekey(NEW)
    expect(() => running.reload()).toThrow(/made anew/)
    expect(running.get('alerts.webhook_url')).toBe(HOOK)
    known = 'not the one it is'
    expect(() => running.reload()).toThrow(/made anew/)
    known = NEW
    openSecretsFile(options(path, NEW)).setApprovers({ ann: 'A'.repeat(32) })
    running.reload()
    expect(running.approver('ann')).toBe('A'.repeat(32))
    running.set('store.url', 'postgres://u:p@db/t')
    expect(open(path, NEW)?.get('store.url')).toBe('postgres://u:p@db/t')
  })
})

describe('a process that is killed while it changes the passphrase', () => {
  let script: string
  beforeAll(async () => {
    script = join(folder, 'rekey.mjs')
    const here = (name: string): string => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)))
    // Every call of the file system after the new text is made may be its last one; the functions that write are counted.
    const entry = `
      import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      import { createRuntime } from ${here('../runtime.ts')}
      import { openSecretsFile } from ${here('./secrets-file.ts')}
      const [path, before, after, last, torn] = process.argv.slice(2)
      const file = openSecretsFile({ path, environment: 'production', passphrase: before, ...createRuntime() })
      let calls = 0
      const seen = []
      for (const name of ['openSync', 'writeSync', 'fsyncSync', 'closeSync', 'renameSync', 'unlinkSync']) {
        const original = fs[name]
        fs[name] = (...args) => {
          if (++calls === Number(last)) {
            // Half of a write may reach the disk.
            if (name === 'writeSync' && torn === 'torn') original(args[0], args[1].subarray(0, args[1].length / 2))
            process.kill(process.pid, 'SIGKILL')
            for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
          }
          seen.push(name)
          return original(...args)
        }
      }
      syncBuiltinESMExports()
      file.rekey(after)
      process.stdout.write(JSON.stringify(seen))
    `
    const require = createRequire(import.meta.url)
    const bundler = createRequire(require.resolve('tsup'))('esbuild') as { build(options: object): Promise<unknown> }
    await bundler.build({
      stdin: { contents: entry, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@tidegate/source'],
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      outfile: script,
    })
  })

  const run = (path: string, last: number, torn = '') =>
    spawnSync(process.execPath, [script, path, OLD, NEW, String(last), torn], { encoding: 'utf8' })

  it('leaves the old file or the new one whole, at every step; a second try ends with the new one', {
    timeout: 120_000,
  }, () => {
    const whole = fresh()
    const { stdout, stderr } = run(whole, 0)
    expect(stderr).toBe('')
    const steps = JSON.parse(stdout) as string[]
    expect(steps.filter((name) => name === 'fsyncSync')).toHaveLength(2)
    expect(steps.indexOf('renameSync')).toBeGreaterThan(steps.indexOf('fsyncSync'))
    const found: string[] = []
    for (let last = 1; last <= steps.length; last++) {
      const path = fresh()
      const killed = run(path, last, 'torn')
      expect(killed.signal, killed.stderr).toBe('SIGKILL')
      const byOld = open(path, OLD)
      const one = byOld ?? open(path, NEW)
      expect(one?.get('alerts.webhook_url'), `killed at ${steps[last - 1]}`).toBe(HOOK)
      found.push(byOld ? 'old' : 'new')
      for (const name of readdirSync(join(path, '..')))
        expect(readFileSync(join(path, '..', name), 'utf8')).not.toMatch(/CANARY|staple|horse/)
      if (byOld && steps[last - 1] === 'renameSync') {
        byOld.rekey(NEW)
        expect(readdirSync(join(path, '..'))).toEqual(['secrets.sealed'])
        expect(open(path, NEW)?.get('alerts.webhook_url')).toBe(HOOK)
      }
    }
    // Before the rename it is the old one, after it the new one.
    const renamed = steps.indexOf('renameSync')
    expect(found).toEqual(steps.map((_, index) => (index <= renamed ? 'old' : 'new')))
  })
})

/** Of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid
}

describe('the file beside', () => {
  it('is not touched where its name only begins like a leftover', () => {
    const path = fresh()
    for (const name of ['.bak', '.1.tmp', '.x.0badcafe.tmp']) writeFileSync(`${path}${name}`, 'mine')
    openSecretsFile(options(path, OLD)).rekey(NEW)
    expect(readdirSync(join(path, '..'))).toHaveLength(4)
  })
})
