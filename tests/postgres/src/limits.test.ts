import { createHmac } from 'node:crypto'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Config,
  createRuntime,
  enrollApprover,
  type Gateway,
  loadConfig,
  openGateway,
  openLog,
} from '@tidegate/gateway'
import { createPaperExchange, type PaperExchange } from '@tidegate/paper-exchange'
import { MemoryLog } from '@tidegate/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, startPostgres } from './start-postgres.js'

/** Two gateways with production settings on one store: a change at either is a change at both. */
let postgres: PostgresServer
let exchange: PaperExchange
let url: string
let folder: string
let a: Gateway
let b: Gateway
const secrets: Record<string, string> = {}

const fileOf = (name: string): string => join(folder, `${name}.yaml`)
const write = (name: string, usd: number): void =>
  writeFileSync(
    fileOf(name),
    `safety:\n  dry_run_mode: false\n  max_order_value_usd: ${usd}\nagents:\n  local: { role: trader }\n  ops: { role: admin }\n`,
  )
const read = (name: string): Config =>
  loadConfig({
    flags: { home: join(folder, name), environment: 'production', 'log-level': 'ERROR', config: fileOf(name) },
    env: {
      COINBASE_API_KEY: exchange.keyName,
      COINBASE_API_SECRET: exchange.privateKeyPem,
      TIDEGATE_COINBASE_REST_URL: exchange.rest,
      TIDEGATE_COINBASE_MARKET_WS_URL: exchange.ws,
      TIDEGATE_STORE_URL: url,
    },
    cwd: folder,
    readFile: (path) => (path === fileOf(name) ? readFileSync(path, 'utf8') : undefined),
    platform: process.platform,
  })

async function open(name: string): Promise<Gateway> {
  const config = read(name)
  const log = openLog(config, undefined, { quiet: true })
  const gateway = await openGateway(config, { log, reread: async () => read(name) })
  await until(async () => (await gateway.health()).ready)
  return gateway
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** RFC 6238 by hand. */
function codeAt(name: string, step: number): string {
  const letters = (secrets[name] ?? '').split('')
  const bits = letters.map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const used: Record<string, number> = {}
/** Three steps are good at a moment; each is used once, the oldest first. */
function freshCode(name: string): string {
  const step = Math.max((used[name] ?? 0) + 1, Math.floor(Date.now() / 30_000) - 1)
  used[name] = step
  return codeAt(name, step)
}

const most = (gateway: Gateway): string => gateway.desk.policy.maxOrderValueUsd.toFixed()
const waiting = async (gateway: Gateway): Promise<string> =>
  ((await gateway.control.call('policy_show', {}))['waiting'] as { version: string }).version
const loosened = async (): Promise<number> => {
  const { entries } = (await a.control.call('audit_show', { limit: 1_000 })) as { entries: { type: string }[] }
  return entries.filter(({ type }) => type === 'policy.loosened').length
}

beforeAll(async () => {
  postgres = await startPostgres()
  exchange = await createPaperExchange({ seed: 5, log: new MemoryLog(), rateLimits: 'off' })
  url = await postgres.createDatabase()
  folder = mkdtempSync(join(tmpdir(), 'tidegate-limits-'))
  for (const name of ['a', 'b']) write(name, 100)
  for (const name of ['ann', 'bea']) {
    const { uri } = enrollApprover(read('a'), createRuntime(), name)
    secrets[name] = new URL(uri).searchParams.get('secret') ?? ''
  }
  a = await open('a')
  const [from, to] = ['a', 'b'].map((name) => join(folder, name, 'production')) as [string, string]
  mkdirSync(to, { recursive: true })
  copyFileSync(join(from, 'audit-heads.jsonl.key'), join(to, 'audit-heads.jsonl.key'))
  cpSync(join(from, 'approvers'), join(to, 'approvers'), { recursive: true })
  b = await open('b')
}, 240_000)
afterAll(async () => {
  await a?.close()
  await b?.close()
  await exchange?.close()
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('limits of two production gateways on one database', () => {
  it('are loosened by nobody without a name and a code, and the answer says what to do', async () => {
    write('a', 200)
    await a.control.call('policy_reload', {})
    const version = await waiting(a)
    for (const [args, cure] of [
      [{}, /--approver NAME.*approvals enroll --name NAME/],
      [{ approver: 'zoe', code: '123456' }, /approvals enroll --name zoe/],
      [{ approver: 'ann' }, /code/],
    ] as const) {
      const answer = await a.control.call('policy_loosen', { version, ...args })
      expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(cure) as string })
    }
    expect([most(a), most(b)]).toEqual(['100', '100'])
  })

  it('are loosened at both by one code at one of them, which is good for nothing more at either', async () => {
    const code = freshCode('ann')
    const agreed = await a.control.call('policy_loosen', { version: await waiting(a), approver: 'ann', code })
    expect(agreed).toMatchObject({ ok: true, by: 'ann' })
    expect(most(a)).toBe('200')
    await until(() => most(b) === '200')
    write('b', 5_000)
    await b.control.call('policy_reload', {})
    const again = await b.control.call('policy_loosen', { version: await waiting(b), approver: 'ann', code })
    expect(again).toMatchObject({ ok: false, why: 'code_used' })
    expect(most(b)).toBe('200')
  })

  it('are loosened once when two people agree to the same step at the same moment at both', async () => {
    for (const [name, gateway] of [
      ['a', a],
      ['b', b],
    ] as const) {
      write(name, 300)
      await gateway.control.call('policy_reload', {})
    }
    const version = await waiting(a)
    expect(await waiting(b)).toBe(version)
    const before = await loosened()
    const results = await Promise.allSettled([
      a.control.call('policy_loosen', { version, approver: 'ann', code: freshCode('ann') }),
      b.control.call('policy_loosen', { version, approver: 'bea', code: freshCode('bea') }),
    ])
    expect(results.filter((each) => each.status === 'fulfilled' && each.value['ok'] === true)).toHaveLength(1)
    await until(() => most(a) === '300' && most(b) === '300')
    expect(await loosened()).toBe(before + 1)
  })

  it('are tightened at both by an admin at one, for a gateway that starts later too, until a person lifts it', async () => {
    const wish = { reason: 'a bad day', max_order_value_usd: '40' }
    const result = await b.mcp.callTool({ name: 'ops', role: 'admin' }, 'modify_config', wish)
    expect(result.structured).toMatchObject({ outcome: 'tightened' })
    expect(most(b)).toBe('40')
    await until(() => most(a) === '40')
    await b.close()
    write('b', 900)
    b = await open('b')
    expect(most(b)).toBe('40')
    const { overlay } = (await a.control.call('policy_show', {})) as { overlay: { version: string } }
    expect(await a.control.call('policy_loosen', { version: overlay.version })).toMatchObject({ ok: false })
    const lifted = await a.control.call('policy_loosen', {
      version: overlay.version,
      approver: 'bea',
      code: freshCode('bea'),
    })
    expect(lifted).toMatchObject({ ok: true, what: 'overlay' })
    expect(most(a)).toBe('300')
    // Its own file, as at any start.
    await until(() => most(b) === '900')
    expect(await a.control.call('audit_verify', {})).toMatchObject({ ok: true })
  }, 60_000)
})
