import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Home, loadConfig, openHome } from '@tidegate/gateway'
import { InputError } from '@tidegate/trading-model'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../run-command.test-support.js'
import { readExpiry } from './tokens.js'

let folder: string
let home: Home

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-tokens-'))
  const file = join(folder, 'c.yaml')
  writeFileSync(file, 'agents:\n  momentum: { role: trader }\n  research: { role: viewer }\n')
  const settings: Record<string, string> = { TIDEGATE_HOME: join(folder, 'home'), TIDEGATE_CONFIG: file }
  const config = loadConfig({
    flags: { port: '0', 'log-level': 'ERROR' },
    env: settings,
    cwd: folder,
    readFile: (path) => readFileSync(path, 'utf8'),
    platform: process.platform,
  })
  home = openHome(config, { as: 'serve', quiet: true })
  for (const [key, value] of Object.entries(settings)) vi.stubEnv(key, value)
  while (!(await home.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 50))
}, 60_000)
afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})
afterAll(async () => {
  await home?.close()
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const run = async (...args: string[]): Promise<string> => (await runCommand(...args)).text

const json = async (...args: string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await run('--json', ...args)) as Record<string, unknown>

/** The status with which the running gateway answers a token. */
async function statusOf(token: string): Promise<number> {
  const { url } = await home.endpoint()
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${url}/backend`,
      { method: 'POST', headers: { authorization: `Bearer ${token}` } },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0))
      },
    )
    request.on('error', reject)
    request.end(JSON.stringify({ call: { op: 'readResource', uri: 'market://products' } }))
  })
}

describe('tidegate tokens', () => {
  it('create prints the token once; it opens the running gateway, and revoke ends it there at once', async () => {
    const made = await json('tokens', 'create', '--agent', 'momentum')
    const token = made['token'] as string
    expect(token).toMatch(/^tgt_[A-Za-z0-9_-]{43}$/)
    expect(made).toMatchObject({ ok: true, agent: 'momentum', role: 'trader' })
    expect(made['sha256']).toBe(createHash('sha256').update(token).digest('hex'))
    const days = (Date.parse(String(made['expires_at'])) - Date.now()) / 86_400_000
    expect(days > 89.9 && days < 90.1).toBe(true)
    expect(await statusOf(token)).toBe(200)

    const list = await run('tokens', 'list')
    expect(list).toContain(String(made['id']))
    expect(list).toMatch(/momentum +trader +active +store/)
    expect(list + (await run('audit', 'show', '--json')) + JSON.stringify(await json('tokens', 'list'))).not.toContain(
      token,
    )

    expect(await run('tokens', 'revoke', '--agent', 'momentum', '--id', String(made['id']))).toContain('Revoked:')
    expect(await statusOf(token)).toBe(401)
    expect(await run('tokens', 'list', '--agent', 'momentum')).toMatch(/revoked/)
  })

  it('create says in plain words what to do with it, and for how long', async () => {
    const text = await run('tokens', 'create', '--agent', 'research', '--expires', 'never')
    expect(text).toMatch(/^tgt_\S{43}\n/)
    expect(text).toContain('research (viewer); it is not shown again')
    expect(text).toContain('does not expire by itself')
    expect(text).toContain('TIDEGATE_AGENT_TOKEN')
  })

  it('create --for-config keeps nothing and prints the line of the configuration', async () => {
    const before = ((await json('tokens', 'list'))['tokens'] as readonly unknown[]).length
    const text = await run('tokens', 'create', '--agent', 'momentum', '--for-config')
    const [token = ''] = text.split('\n')
    expect(text).toContain(`token_sha256: ${createHash('sha256').update(token).digest('hex')}`)
    expect((await json('tokens', 'list'))['tokens']).toHaveLength(before)
    expect(await statusOf(token)).toBe(401)
  })

  it('lets an agent have two active ones, for a change without a pause', async () => {
    const first = await json('tokens', 'create', '--agent', 'momentum')
    const second = await json('tokens', 'create', '--agent', 'momentum')
    expect([await statusOf(String(first['token'])), await statusOf(String(second['token']))]).toEqual([200, 200])
    await expect(run('tokens', 'create', '--agent', 'momentum')).rejects.toThrow(/has 2 active tokens already/)
    await run('tokens', 'revoke', '--agent', 'momentum')
    expect([await statusOf(String(first['token'])), await statusOf(String(second['token']))]).toEqual([401, 401])
  })

  it('refuses an agent that does not exist, with those that do', async () => {
    const refused = run('tokens', 'create', '--agent', 'momentun')
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_NOT_FOUND',
      hint: expect.stringContaining('momentum, research, local') as string,
    })
  })
})

describe('--expires', () => {
  const now = Date.UTC(2026, 10, 24)
  it.each([
    ['never', undefined],
    ['90d', now + 90 * 86_400_000],
    ['12h', now + 12 * 3_600_000],
    ['30m', now + 30 * 60_000],
    ['2027-01-31T00:00:00Z', Date.UTC(2027, 0, 31)],
    ['2027-01-31T01:00+01:00', Date.UTC(2027, 0, 31)],
  ])('takes %s', (text, expected) => expect(readExpiry(text, now)).toBe(expected))

  it.each([
    '',
    '0d',
    '-1d',
    '90',
    '90 d',
    '1y',
    'tomorrow',
    '2027-01-31',
    '2027-13-01T00:00:00Z',
    '2027-01-31T00:00:00',
  ])('refuses %j', (text) => expect(() => readExpiry(text, now)).toThrow(InputError))
})
