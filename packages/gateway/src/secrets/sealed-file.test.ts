import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog } from '@tidegate/testkit'
import { type BaseError, ConfigError } from '@tidegate/trading-model'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createRuntime } from '../runtime.js'
import { checkPrivateFile } from './check-private-file.js'
import { checkKeyName, claimKey } from './key-register.js'
import { createSealed, openSealed } from './sealed-file.js'
import { createSecretsFile, openSecretsFile, type SecretsFile } from './secrets-file.js'

const runtime = createRuntime()
const passphrase = 'correct horse battery'
const secret = 'CANARY-value-of-a-secret'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-sealed-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function refusal(run: () => unknown): BaseError {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a sealed file', () => {
  const text = createSealed('production', passphrase, runtime.random).seal({
    'coinbase.api_secret': { value: secret, setAt: '2026-11-24T00:00:00Z' },
  })

  it('gives back what was sealed to whoever has the passphrase, and to nobody else', () => {
    expect(text).not.toContain('CANARY')
    expect(text).not.toContain('api_secret')
    const opened = openSealed(text, 'production', passphrase, runtime.random)
    expect(opened.entries['coinbase.api_secret']?.value).toBe(secret)
    const wrong = refusal(() => openSealed(text, 'production', `${passphrase} `, runtime.random))
    expect(wrong.message).toMatch(/does not open/)
    expect(wrong.message).not.toContain('horse')
  })

  it('is scrypt with N = 2^17 and AES-256-GCM, with another nonce each time', () => {
    const file = JSON.parse(text) as { kdf: object; cipher: string; nonce: string }
    expect(file).toMatchObject({ cipher: 'aes-256-gcm', kdf: { name: 'scrypt', n: 131_072, r: 8, p: 1 } })
    const opened = openSealed(text, 'production', passphrase, runtime.random)
    const again = JSON.parse(opened.seal(opened.entries)) as { nonce: string }
    expect(again.nonce).not.toBe(file.nonce)
  })

  it('belongs to one environment, also when its label is changed', () => {
    expect(refusal(() => openSealed(text, 'paper', passphrase, runtime.random)).message).toMatch(
      /belongs to production, not to paper/,
    )
    const relabelled = text.replace('"production"', '"paper"')
    expect(refusal(() => openSealed(relabelled, 'paper', passphrase, runtime.random)).message).toMatch(/does not open/)
  })

  it('refuses a changed byte anywhere in nonce and content, and a cost weaker than ours', () => {
    const opened = openSealed(text, 'production', passphrase, runtime.random)
    const file = JSON.parse(text) as { nonce: string; sealed: string; kdf: { n: number } }
    for (const field of ['nonce', 'sealed'] as const) {
      const bytes = Buffer.from(file[field], 'base64')
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes)
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
        const other = JSON.stringify({ ...file, [field]: changed.toString('base64') })
        expect(() => opened.reopen(other), `${field} byte ${at}`).toThrow(/does not open/)
      }
    }
    for (const n of [1_024, 65_536, 2 ** 21, 131_073]) {
      const weaker = JSON.stringify({ ...file, kdf: { ...file.kdf, n } })
      expect(refusal(() => openSealed(weaker, 'production', passphrase, runtime.random)).message).toMatch(/N = /)
    }
    for (const junk of ['', '{}', 'x', JSON.stringify({ ...file, extra: 1 })]) {
      expect(refusal(() => openSealed(junk, 'production', passphrase, runtime.random)).message).toMatch(/is none/)
    }
  })
})

describe('the secrets file of an environment', () => {
  let exchange: PaperExchange
  beforeAll(async () => {
    exchange = await createPaperExchange({ seed: 5, log: new MemoryLog() })
  })
  afterAll(() => exchange.close())

  const options = () => ({
    path: join(folder, 'secrets.sealed'),
    environment: 'production' as const,
    passphrase,
    ...runtime,
  })
  const made = (): SecretsFile => createSecretsFile(options())

  it('is made once, readable to its owner alone, with a passphrase worth the name', () => {
    made()
    if (process.platform !== 'win32') expect(statSync(options().path).mode & 0o777).toBe(0o600)
    expect(refusal(made).message).toMatch(/already/)
    expect(
      refusal(() => createSecretsFile({ ...options(), path: `${options().path}2`, passphrase: 'short' })).message,
    ).toMatch(/fewer than 12/)
  })

  it('keeps what was set over a restart, and lists names without values', () => {
    const file = made()
    file.set('coinbase.api_key', exchange.keyName)
    file.set('coinbase.api_secret', exchange.privateKeyPem)
    const again = openSecretsFile(options())
    expect(again.key()).toEqual({ name: exchange.keyName, secret: exchange.privateKeyPem })
    expect(again.list().map(({ name }) => name)).toEqual(['coinbase.api_key', 'coinbase.api_secret'])
    expect(JSON.stringify(again.list())).not.toContain('PRIVATE')
    expect(readFileSync(options().path, 'latin1')).not.toContain(exchange.keyName)
  })

  it('refuses a value that is not what its name says, without showing it', () => {
    const file = made()
    for (const [name, value] of [
      ['coinbase.api_secret', 'CANARY-no-key-at-all'],
      ['coinbase.api_key', '-----BEGIN EC PRIVATE KEY-----'],
      ['alerts.webhook_url', 'http://example.com/CANARY'],
      ['alerts.webhook_url', 'CANARY'],
      ['store.url', 'mysql://CANARY@host/db'],
      ['store.url', ' '],
    ] as const) {
      const error = refusal(() => file.set(name, value))
      expect(JSON.stringify(error) + error.message, name).not.toContain('CANARY')
    }
    expect(file.list()).toEqual([])
  })

  it('lets a key wait, and forgets the other one with the verdict', () => {
    const file = made()
    file.set('coinbase.api_key', 'organizations/o/apiKeys/old')
    file.set('coinbase.api_secret', exchange.privateKeyPem)
    const other = openSecretsFile(options())
    for (const verdict of ['refused', 'taken'] as const) {
      file.stageNext({ name: exchange.keyName, secret: exchange.privateKeyPem })
      other.reload()
      expect(other.nextKey()?.name).toBe(exchange.keyName)
      expect(file.key()?.name).toBe('organizations/o/apiKeys/old')
      file.settleNext(verdict)
      expect(file.nextKey()).toBeUndefined()
    }
    other.reload()
    expect(other.key()?.name).toBe(exchange.keyName)
  })

  it('takes no Coinbase key outside production, and is refused when others may read it', () => {
    const paper = createSecretsFile({ ...options(), environment: 'paper' })
    expect(refusal(() => paper.set('coinbase.api_key', exchange.keyName)).message).toMatch(/paper uses no Coinbase key/)
    if (process.platform === 'win32') return
    chmodSync(options().path, 0o640)
    const error = refusal(() => openSecretsFile({ ...options(), environment: 'paper' }))
    expect(error.message).toMatch(/open to others \(mode 0640\)/)
    expect(error.hint).toMatch(/chmod 600/)
  })
})

describe('a file with a secret in it', () => {
  it.each([
    [0o600, 1_000, undefined],
    [0o400, 1_000, undefined],
    [0o400, 0, undefined],
    [0o640, 1_000, /open to others/],
    [0o604, 1_000, /open to others/],
    [0o620, 1_000, /open to others/],
    [0o444, 0, /open to others/],
    [0o600, 1_001, /belongs to user 1001/],
  ] as const)('of mode %o and owner %i, read by user 1000', (mode, uid, refused) => {
    const check = () => checkPrivateFile('coinbase.key_file', '/x/key.json', { mode, uid }, 1_000)
    if (refused === undefined) expect(check).not.toThrow()
    else expect(check).toThrow(refused)
  })
})

describe('the register of keys', () => {
  const claim = (name: string, environment: 'paper' | 'production') => claimKey(runtime.disk, folder, name, environment)

  it('refuses the production key in practice and the practice key in production, by name', () => {
    claim('organizations/o/apiKeys/real', 'production')
    claim('organizations/o/apiKeys/toy', 'paper')
    claim('organizations/o/apiKeys/real', 'production')
    expect(refusal(() => claim('organizations/o/apiKeys/toy', 'production')).message).toMatch(
      /is the paper key; this is production/,
    )
    for (const environment of ['paper', 'sandbox'] as const) {
      const error = refusal(() => checkKeyName(runtime.disk, folder, 'organizations/o/apiKeys/real', environment))
      expect(error.message).toMatch(new RegExp(`is the production key; this is ${environment}`))
    }
    expect(() => checkKeyName(runtime.disk, folder, 'organizations/o/apiKeys/new', 'paper')).not.toThrow()
    // Names may tell who owns the account, so the file has none.
    expect(readFileSync(join(folder, 'keys.json'), 'utf8')).not.toContain('apiKeys')
  })

  it('refuses a register that somebody changed', () => {
    writeFileSync(join(folder, 'keys.json'), '{"x":"live"}')
    expect(refusal(() => claim('k', 'paper')).message).toMatch(/not as we wrote it/)
  })
})
