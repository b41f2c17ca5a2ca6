import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemoryLog } from '@tidegate/testkit'
import type { Disk } from '@tidegate/trading-model'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAgentDirectory } from '../access/agent-directory.js'
import { createRuntime } from '../runtime.js'
import { createSecretsFile, openSecretsFile, type SecretsFile } from '../secrets/secrets-file.js'
import { type ApproverBook, createApproverBook } from './approver-book.js'
import { createApproverFiles } from './approver-files.js'
import { enrollApprover } from './enroll-approver.js'
import { moveApprovers } from './move-approvers.js'

const runtime = createRuntime()
const agents = createAgentDirectory('production', [])
const HOOK = 'https://hooks.example.com/path-of-the-hook'
const ANN = 'A'.repeat(32)
const BOB = 'B'.repeat(32)

let home: string
let folder: string
let path: string
let template: string
/** One open file for all tests: the salt stays, so that no scrypt is waited for. */
let file: SecretsFile
let log: MemoryLog
/** What the disk does before and after a write. */
let around: { before(): void; after(): void }

const disk: Disk = {
  ...runtime.disk,
  writeTextAtomically(...args) {
    around.before()
    runtime.disk.writeTextAtomically(...args)
    around.after()
  },
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'tidegate-approvers-'))
  folder = join(home, 'production')
  path = join(folder, 'secrets.sealed')
  template = join(home, 'template')
  around = { before() {}, after() {} }
  const options = { path, environment: 'production', passphrase: 'correct horse battery', ...runtime, disk } as const
  createSecretsFile(options).set('alerts.webhook_url', HOOK)
  copyFileSync(path, template)
  file = openSecretsFile(options)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))
beforeEach(() => {
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  copyFileSync(template, path)
  chmodSync(path, 0o600)
  file.reload()
  around = { before() {}, after() {} }
  log = new MemoryLog()
})

const files = () => createApproverFiles({ disk: runtime.disk, folder, environment: 'production' })
const book = (sealed = true): ApproverBook =>
  createApproverBook({
    disk: runtime.disk,
    folder,
    environment: 'production',
    agents,
    log,
    ...(sealed ? { sealed: { file, path } } : {}),
  })
const left = (): readonly string[] =>
  existsSync(join(folder, 'approvers')) ? readdirSync(join(folder, 'approvers')) : []
const everything = (): string =>
  readFileSync(path, 'utf8') +
  left()
    .map((name) => readFileSync(join(folder, 'approvers', name)))
    .join('')

describe('an approver where there is a sealed file', () => {
  it('is enrolled in it, and nowhere in clear', () => {
    const { uri, file: kept } = book().enroll('ann', runtime.random)
    const secret = new URL(uri).searchParams.get('secret') ?? ''
    expect(kept).toBe(path)
    expect(book().secretOf('ann')).toBe(secret)
    expect(left()).toEqual([])
    expect(everything()).not.toContain(secret)
    expect(file.list().map(({ name }) => name)).toContain('approvals.totp.ann')
    expect(file.get('alerts.webhook_url')).toBe(HOOK)
    expect(() => book().enroll('ann', runtime.random)).toThrow(/enrolled already/)
    const replaced = new URL(book().enroll('ann', runtime.random, true).uri).searchParams.get('secret')
    expect(book().secretOf('ann')).toBe(replaced)
    expect(replaced).not.toBe(secret)
  })

  it('who had a file of their own is taken in, and the file goes', () => {
    files().write('ann', ANN)
    files().write('bob', BOB)
    const taken = book()
    expect([taken.secretOf('ann'), taken.secretOf('bob')]).toEqual([ANN, BOB])
    expect(left()).toEqual([])
    expect(log.entries.map(({ event }) => event)).toContain('approvers_moved')
  })

  it('is made by no file any more, once the files were taken in', () => {
    files().write('ann', ANN)
    book()
    files().write('mallory', BOB)
    files().write('ann', BOB)
    const after = book()
    expect(after.secretOf('mallory')).toBeUndefined()
    expect(after.secretOf('ann')).toBe(ANN)
    expect(after.fingerprints()).toHaveProperty('ann')
    expect(after.fingerprints()).not.toHaveProperty('mallory')
    expect(left().toSorted()).toEqual(['ann.json', 'mallory.json'])
    expect(log.entries.filter(({ event }) => event === 'approver_file_ignored')).toHaveLength(2)
  })

  it.runIf(process.platform !== 'win32')(
    'goes on being read from files, with a warning, while one of them is open to others',
    () => {
      files().write('ann', ANN)
      files().write('bob', BOB)
      chmodSync(files().pathOf('bob'), 0o644)
      expect(book().secretOf('ann')).toBe(ANN)
      expect(() => book().secretOf('bob')).toThrow(/open to others/)
      expect(left()).toHaveLength(2)
      expect(log.entries.map(({ event }) => event)).toContain('approver_in_plain_file')
      chmodSync(files().pathOf('bob'), 0o600)
      expect(book().secretOf('bob')).toBe(BOB)
      expect(left()).toEqual([])
    },
  )

  it('goes on being read from its file while the sealed file cannot be written', () => {
    files().write('ann', ANN)
    around.before = () => {
      throw Object.assign(new Error('read-only'), { code: 'EROFS' })
    }
    expect(book().secretOf('ann')).toBe(ANN)
    expect(left()).toEqual(['ann.json'])
    expect(log.entries.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['approvers_not_moved', 'approver_in_plain_file']),
    )
  })

  it('needs the file to be opened for an enrolment', () => {
    const config = {
      environment: 'production',
      homeFolder: home,
      agents: [],
      secrets: { file: path, isSealed: true },
    } as never
    expect(() => enrollApprover(config, runtime, 'ann')).toThrow(/needs its passphrase/)
    expect(enrollApprover(config, runtime, 'ann', { sealed: file })).toMatchObject({ file: path, isSealed: true })
    expect(book().secretOf('ann')).toMatch(/^[A-Z2-7]{32}$/)
  })
})

describe('an approver where there is none', () => {
  it('keeps its file of mode 0600; in production with a warning', () => {
    const { file: kept } = book(false).enroll('ann', runtime.random)
    expect(kept).toBe(files().pathOf('ann'))
    expect(book(false).secretOf('ann')).toBe(files().read('ann'))
    expect(log.entries.map(({ event }) => event)).toContain('approver_in_plain_file')
  })
})

class Crash extends Error {}

describe('a process that dies while it takes the files in', () => {
  // One write and two removals; each may be the last thing that happened, or the first that did not.
  const steps = [
    'before the write',
    'after the write',
    'before the first removal',
    'after it',
    'before the second',
    'after it',
  ]

  it.each(steps.map((name, at) => [name, at] as const))(
    '%s (step %i) loses nobody, and the next start ends it',
    (_, at) => {
      files().write('ann', ANN)
      files().write('bob', BOB)
      let step = 0
      const die = (): void => {
        if (step++ === at) throw new Crash()
      }
      around = { before: die, after: die }
      const log2 = { info() {}, warn() {} }
      const remove = (target: string): void => {
        die()
        unlinkSync(target)
        die()
      }
      try {
        moveApprovers({ sealed: file, files: files(), log: log2, remove })
      } catch (error) {
        expect(error).toBeInstanceOf(Crash)
      }
      expect(step).toBeGreaterThan(at)
      around = { before() {}, after() {} }
      // What a new process finds on the disk.
      file.reload()
      for (const [name, secret] of [
        ['ann', ANN],
        ['bob', BOB],
      ] as const) {
        const isInFile = files().read(name) === secret
        expect(file.approver(name) === secret || isInFile, name).toBe(true)
        if (at === 0) expect(isInFile).toBe(true)
      }
      const next = book()
      expect([next.secretOf('ann'), next.secretOf('bob')]).toEqual([ANN, BOB])
      expect(left()).toEqual([])
      expect(file.get('alerts.webhook_url')).toBe(HOOK)
    },
  )
})

it('is never named in a warning with its secret', () => {
  writeFileSync(path, readFileSync(path))
  files().write('ann', ANN)
  book()
  files().write('ann', BOB)
  book()
  expect(JSON.stringify(log.entries)).not.toMatch(/AAAAAAAA|BBBBBBBB/)
})
