import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Home, loadConfig, openHome } from '@tidegate/gateway'
import { InputError } from '@tidegate/trading-model'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { runCommand as run, runJson } from '../run-command.test-support.js'
import { momentOf } from './policy.js'

let folder: string
let home: Home

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-policy-'))
  const config = loadConfig({
    flags: { home: join(folder, 'home'), 'log-level': 'ERROR' },
    env: { TIDEGATE_SERVER_PORT: '0' },
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
  home = openHome(config, { as: 'serve', quiet: true })
  vi.stubEnv('TIDEGATE_HOME', join(folder, 'home'))
  while (!(await home.control.call('status', {}))['ready']) await new Promise((resolve) => setTimeout(resolve, 50))
}, 30_000)
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
  rmSync(folder, { recursive: true, force: true })
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** RFC 6238 by hand: what an authenticator shows now. */
function codeOf(secret: string): string {
  const bits = secret
    .split('')
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

describe('tidegate policy', () => {
  it('shows what is in force', async () => {
    const { code, text } = await run('policy', 'show', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(text)).toMatchObject({ policy: { max_orders_per_minute: 10 }, agents: {} })
  })

  it('checks a file without opening anything, and names what is wrong in it', async () => {
    const sound = file('sound.yaml', 'safety:\n  max_order_value_usd: 50\nagents:\n  ann:\n    role: trader\n')
    const { code, text } = await run('policy', 'check', sound, '--json')
    expect([code, JSON.parse(text)]).toMatchObject([undefined, { ok: true, policy: { max_order_value_usd: '50' } }])
    const wrong = file('wrong.yaml', 'policy:\n  max_open_ordres: 3\n')
    await expect(run('policy', 'check', wrong)).rejects.toThrow(/max_open_ordres/)
  })

  it('replays the recorded orders under another file, as a table and as JSON', async () => {
    const placed = await run('order', 'place', 'buy', 'BTC-USD', '--quote-size', '40', '--json')
    expect(JSON.parse(placed.text)).toMatchObject({ success: true })
    const tighter = file('tighter.yaml', 'safety:\n  max_order_value_usd: 20\n')
    const told = await run('policy', 'replay', '--policy', tighter, '--since', '1h')
    expect(told.code).toBe(0)
    expect(told.text).toContain('1 orders decided again: 0 as before, 1 would be denied')
    expect(told.text).toMatch(/cli +BUY for 40 BTC-USD +approved → denied +\S/)
    expect(told.text).toContain('not what would have been earned')
    const same = await run('policy', 'replay', '--policy', file('same.yaml', 'logging:\n  level: ERROR\n'), '--json')
    expect(JSON.parse(same.text)).toMatchObject({ evaluated: 1, unchanged: 1, changes: [] })
  })
})

describe('tidegate policy loosen', () => {
  it('lifts what an agent laid over the limits, for an approver who shows a code', async () => {
    const admin = { name: 'ops', role: 'admin' } as const
    const wish = { reason: 'told to', max_order_value_usd: '7' }
    expect(await home.mcp.callTool(admin, 'modify_config', wish)).toMatchObject({ structured: { success: true } })
    const shown = await runJson('policy', 'show')
    const { version, how } = shown.answer['overlay'] as { version: string; how: string }
    expect(how).toContain(`tidegate policy loosen ${version.slice(0, 12)} --approver NAME`)
    const stranger = await runJson('policy', 'loosen', version, '--approver', 'bea', '--code', '123456')
    expect(stranger).toMatchObject({ code: 1, answer: { ok: false, why: 'not_approver' } })

    const { answer: enrolled } = await runJson('approvals', 'enroll', '--name', 'ann')
    const secret = new URL(String(enrolled['uri'])).searchParams.get('secret') ?? ''
    const silent = await runJson('policy', 'loosen', version, '--approver', 'ann')
    expect(silent).toMatchObject({ code: 1, answer: { ok: false, why: 'code_missing' } })
    const code = codeOf(secret)
    const lifted = await runJson('policy', 'loosen', version.slice(0, 12), '--approver', 'ann', '--code', code)
    expect(lifted).toMatchObject({ code: 0, answer: { ok: true, by: 'ann', what: 'overlay' } })
    expect((await runJson('policy', 'show')).answer).toMatchObject({ overlay: null, waiting: null })
    await expect(run('policy', 'loosen', version, '--approver', 'ann', '--code', code)).rejects.toThrow(
      /No looser limits/,
    )
  })
})

describe('a moment on the command line', () => {
  it('is a time or a stretch back from now', () => {
    expect(momentOf('2026-11-24T00:00:00Z', 0)).toBe(Date.parse('2026-11-24T00:00:00Z'))
    expect(momentOf('2026-11-24', 0)).toBe(Date.parse('2026-11-24T00:00:00Z'))
    expect(momentOf('90m', 10_000_000)).toBe(10_000_000 - 5_400_000)
    expect(momentOf('7d', 1_000_000_000)).toBe(1_000_000_000 - 604_800_000)
    expect(momentOf('4w', 5)).toBe(0)
  })

  it.each(['', 'yesterday', '7', '-7d', '2026-13-01', '2026-11-24T00:00:00', '1e3d'])('is not %j', (text) => {
    expect(() => momentOf(text, 0)).toThrow(InputError)
  })
})
