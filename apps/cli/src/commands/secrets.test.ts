import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Home, loadConfig, openHome, openPaperExchange } from '@tidegate/gateway'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProgram } from '../program.js'

/** Each command derives a key for half a second of a core that others may want, too. */
vi.setConfig({ testTimeout: 180_000 })

let folder: string
let venue: Awaited<ReturnType<typeof openPaperExchange>>
let home: Home | undefined
let settings: Record<string, string>
let said = ''

const read = (name: string, env: Readonly<Record<string, string | undefined>>) =>
  loadConfig({
    flags: { home: join(folder, name) },
    env,
    cwd: folder,
    readFile: (path) => {
      try {
        return readFileSync(path, 'utf8')
      } catch {
        return undefined
      }
    },
    platform: process.platform,
  })

/** A home without any key yet, for production settings over an exchange of this machine. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-secrets-'))
  venue = await openPaperExchange(read('venue', {}), { flags: { seed: '13' }, absolute: (path) => join(folder, path) })
  writeFileSync(join(folder, 'passphrase'), 'correct horse battery staple\n', { mode: 0o600 })
  settings = {
    TIDEGATE_HOME: join(folder, 'home'),
    ENVIRONMENT: 'production',
    TIDEGATE_COINBASE_REST_URL: venue.ready.rest,
    TIDEGATE_COINBASE_MARKET_WS_URL: venue.ready.ws,
    TIDEGATE_SERVER_PORT: '0',
    TIDEGATE_SECRETS_PASSPHRASE_FILE: join(folder, 'passphrase'),
  }
  for (const [key, value] of Object.entries(settings)) vi.stubEnv(key, value)
})
beforeEach(() => {
  process.exitCode = undefined
})
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})
afterAll(async () => {
  await home?.close()
  vi.unstubAllEnvs()
  await venue?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command and gives its one JSON document and its exit code. */
async function run(...args: string[]): Promise<{ readonly code: unknown; readonly answer: Record<string, unknown> }> {
  let text = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  process.exitCode = undefined
  try {
    await createProgram().parseAsync(['node', 'tidegate', ...args, '--json'])
  } finally {
    vi.restoreAllMocks()
    said += text
  }
  return { code: process.exitCode, answer: JSON.parse(text) as Record<string, unknown> }
}

/** A key file as Coinbase hands it out, of a key the venue does not know. */
function strangeKey(name: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const file = join(folder, `${name}.json`)
  const pem = privateKey.export({ format: 'pem', type: 'sec1' }).toString()
  writeFileSync(file, JSON.stringify({ name: `organizations/o/apiKeys/${name}`, privateKey: pem }), { mode: 0o600 })
  return file
}
const ownName = () => (JSON.parse(readFileSync(venue.ready.keyFile, 'utf8')) as { name: string }).name

describe('tidegate secrets', () => {
  it('says that there is no key before there is one', async () => {
    const { code, answer } = await run('secrets', 'check')
    expect(code).toBe(1)
    expect(answer).toMatchObject({ ok: false, source: 'none', environment: 'production' })
  })

  it('keeps nothing outside production', async () => {
    await expect(run('secrets', 'init', '--environment', 'paper')).rejects.toThrow(/paper has no secrets to keep/)
  })

  it('makes the file, once, and puts the key in from the file Coinbase hands out', async () => {
    const file = join(folder, 'home', 'production', 'secrets.sealed')
    expect(await run('secrets', 'init')).toMatchObject({ code: 0, answer: { ok: true, file } })
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    await expect(run('secrets', 'init')).rejects.toThrow(/already/)
    expect(await run('secrets', 'set', '--key-file', venue.ready.keyFile)).toMatchObject({ code: 0 })
    const { answer } = await run('secrets', 'list')
    expect(answer['secrets']).toEqual([
      expect.objectContaining({ name: 'coinbase.api_key' }),
      expect.objectContaining({ name: 'coinbase.api_secret' }),
    ])
    expect(readFileSync(file, 'utf8')).not.toContain(ownName())
  })

  it('refuses names that are none with a suggestion, and key files that others may read', async () => {
    await expect(run('secrets', 'set', 'coinbase.api_secrets', '--from-file', 'x')).rejects.toMatchObject({
      hint: 'Did you mean coinbase.api_secret?',
    })
    await expect(run('secrets', 'set')).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' })
    if (process.platform === 'win32') return
    const open = strangeKey('open')
    chmodSync(open, 0o644)
    await expect(run('secrets', 'set', '--key-file', open)).rejects.toThrow(/open to others/)
  })

  it('takes a value from a file, and checks everything it can without the venue', async () => {
    writeFileSync(join(folder, 'hook'), 'https://hooks.example.com/T000/secret-path-of-hook\n')
    expect(await run('secrets', 'set', 'alerts.webhook_url', '--from-file', join(folder, 'hook'))).toMatchObject({
      code: 0,
    })
    const { code, answer } = await run('secrets', 'check')
    expect(code, JSON.stringify(answer)).toBe(0)
    expect(answer).toMatchObject({ ok: true, source: 'sealed file' })
    expect(JSON.stringify(answer['checks'])).toContain(`${ownName()} signs with ES256`)
  })

  it('asks a running gateway to take another key, and keeps the old one when the venue refuses it', async () => {
    home = openHome(read('home', settings), { as: 'serve', quiet: true })
    while (!(await home.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 50))
    await expect(run('secrets', 'rotate', '--key-file', strangeKey('stranger'))).rejects.toMatchObject({
      code: 'ERR_VENUE_AUTH',
    })
    const { answer } = await run('secrets', 'list')
    expect((answer['secrets'] as { name: string }[]).filter(({ name }) => name.endsWith('.next'))).toEqual([])
    expect(JSON.stringify((await run('secrets', 'check')).answer)).toContain(ownName())
    await expect(run('secrets', 'rotate', '--key-file', venue.ready.keyFile)).rejects.toThrow(/in force already/)
    await home.close()
    home = undefined
  })

  it('puts the other key in force on disk when no gateway runs', async () => {
    const { code, answer } = await run('secrets', 'rotate', '--key-file', strangeKey('later'))
    expect(code).toBe(0)
    expect(answer).toMatchObject({ ok: true, to: 'organizations/o/apiKeys/later' })
    expect(JSON.stringify((await run('secrets', 'check')).answer)).toContain('organizations/o/apiKeys/later signs with')
  })

  it('seals the file anew with another passphrase, which may come from a file or a descriptor', async () => {
    const sealed = join(folder, 'home', 'production', 'secrets.sealed')
    const before = readFileSync(sealed)
    const next = join(folder, 'next')
    const wrong = join(folder, 'wrong')
    writeFileSync(next, 'quite another passphrase\n', { mode: 0o600 })
    writeFileSync(wrong, 'not the passphrase of it\n', { mode: 0o600 })
    await expect(run('secrets', 'rekey', '--passphrase-file', wrong, '--new-passphrase-file', next)).rejects.toThrow(
      /does not open/,
    )
    await expect(run('secrets', 'rekey', '--new-passphrase-file', join(folder, 'passphrase'))).rejects.toThrow(
      /in force already/,
    )
    expect(readFileSync(sealed).equals(before)).toBe(true)
    expect(await run('secrets', 'rekey', '--new-passphrase-file', next)).toMatchObject({
      code: 0,
      answer: { ok: true },
    })
    await expect(run('secrets', 'list')).rejects.toThrow(/does not open/)
    const { answer } = await run('secrets', 'list', '--passphrase-file', next)
    expect(answer['secrets']).toHaveLength(3)
    const descriptor = openSync(join(folder, 'passphrase'), 'r')
    try {
      const back = ['--passphrase-file', next, '--new-passphrase-fd', String(descriptor)]
      expect(await run('secrets', 'rekey', ...back)).toMatchObject({ code: 0 })
    } finally {
      closeSync(descriptor)
    }
    expect((await run('secrets', 'list')).code).toBe(0)
  })

  it('lets a gateway that runs go on', async () => {
    await run('secrets', 'set', '--key-file', venue.ready.keyFile)
    home = openHome(read('home', settings), { as: 'serve', quiet: true })
    const isReady = async () => (await home?.control.call('status', {}))?.['ready']
    while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 50))
    const next = join(folder, 'next')
    await run('secrets', 'rekey', '--new-passphrase-file', next)
    expect(await isReady()).toBe(true)
    await home.close()
    home = undefined
  })

  it('never printed a secret', () => {
    const { privateKey } = JSON.parse(readFileSync(venue.ready.keyFile, 'utf8')) as { privateKey: string }
    const secrets = [
      ...privateKey.split('\n').filter((line) => line.length > 20),
      'secret-path-of-hook',
      'horse',
      'quite another',
    ]
    for (const secret of secrets.filter((line) => !line.startsWith('-----'))) expect(said).not.toContain(secret)
    expect(said.length).toBeGreaterThan(500)
  })
})

describe('tidegate alerts test', () => {
  it('says that nobody is reached where no webhook is set', async () => {
    vi.stubEnv('ENVIRONMENT', 'paper')
    vi.stubEnv('TIDEGATE_HOME', join(folder, 'practice'))
    const { code, answer } = await run('alerts', 'test')
    expect(code).toBe(1)
    expect(answer).toMatchObject({ ok: false, webhook: 'not configured' })
  })
})
