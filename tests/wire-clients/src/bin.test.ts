import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const bin = resolve(import.meta.dirname, '../../../packages/paper-exchange/dist/bin/main.js')
const folder = mkdtempSync(join(tmpdir(), 'paper-bin-'))
beforeAll(() => chmodSync(folder, 0o555))
afterAll(() => {
  chmodSync(folder, 0o755)
  rmSync(folder, { recursive: true, force: true })
})

interface Ready {
  readonly rest: string
  readonly ws: string
  readonly keyFile: string
  readonly control: { readonly url: string; readonly token: string }
  readonly certificateFile?: string
}
type Child = ChildProcessByStdio<null, Readable, Readable>

/** As a user starts it: plain Node, in a folder that cannot be written to. */
function start(...args: string[]): Child {
  return spawn(process.execPath, [bin, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
}
const firstLine = (child: Child) =>
  new Promise<string>((done) => createInterface({ input: child.stdout }).once('line', done))
const exitOf = (child: Child) => new Promise((done) => child.once('close', (code, signal) => done(code ?? signal)))
const textOf = (stream: Readable) => {
  let text = ''
  stream.on('data', (chunk) => {
    text += String(chunk)
  })
  return () => text
}

describe('the command paper-exchange, as it is built', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('says one ready line, serves, and ends with 0 at %s', async (signal) => {
    const child = start('--json', '--seed', '7', '--balances', 'USD=5')
    const out = textOf(child.stdout)
    const ready = JSON.parse(await firstLine(child)) as Ready
    expect(Object.keys(ready)).toEqual(['rest', 'ws', 'keyFile', 'control'])
    expect(statSync(ready.keyFile).mode & 0o777).toBe(0o600)
    expect((await fetch(`${ready.rest}/api/v3/brokerage/time`)).status).toBe(200)
    const authorization = `Bearer ${ready.control.token}`
    expect((await fetch(`${ready.control.url}/faults`, { headers: { authorization } })).status).toBe(200)
    child.kill(signal)
    expect(await exitOf(child)).toBe(0)
    expect(out().trim().split('\n')).toHaveLength(1)
    expect(existsSync(ready.keyFile)).toBe(false)
  })

  it('lets ccxt in over TLS, in a process that trusts the certificate', async () => {
    const child = start('--json', '--tls', '--balances', 'USD=5')
    const ready = JSON.parse(await firstLine(child)) as Ready
    const script = `
      const { readFileSync } = require('node:fs')
      const ccxt = require(${JSON.stringify(createRequire(import.meta.url).resolve('ccxt'))})
      const { name, privateKey } = JSON.parse(readFileSync(${JSON.stringify(ready.keyFile)}, 'utf8'))
      const client = new ccxt.coinbase({ apiKey: name, secret: privateKey, urls: { api: { rest: ${JSON.stringify(ready.rest)} } },
        options: { fetchBalance: 'v3PrivateGetBrokerageAccounts' } })
      client.fetchBalance().then((balance) => console.log(balance.USD.total), (error) => console.log(String(error)))`
    const client = spawn(process.execPath, ['-e', script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: ready.certificateFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const out = textOf(client.stdout)
    const complaint = textOf(client.stderr)
    await exitOf(client)
    expect(out().trim(), complaint()).toBe('5')
    child.kill()
    await exitOf(child)
  })

  it('keeps what --state says over kill -9', async () => {
    const state = mkdtempSync(join(tmpdir(), 'paper-bin-state-'))
    try {
      const keys: string[] = []
      for (const last of ['SIGKILL', 'SIGTERM'] as const) {
        const child = start('--json', '--state', state)
        keys.push(readFileSync((JSON.parse(await firstLine(child)) as Ready).keyFile, 'utf8'))
        child.kill(last)
        await exitOf(child)
      }
      expect(keys[0]).toBe(keys[1])
    } finally {
      rmSync(state, { recursive: true })
    }
  })

  it.each([
    [['--prot', '1'], 2, 'Did you mean --port?'],
    [['--balances', 'UDS=5'], 2, 'Did you mean USD?'],
    [['--prices', 'live'], 2, 'npx @tidegate/cli paper --prices live'],
  ])('ends with a code and a cure: %j', async (args, code, cure) => {
    const child = start('--json', ...args)
    const [out, complaint] = [textOf(child.stdout), textOf(child.stderr)]
    expect(await exitOf(child)).toBe(code)
    expect(complaint()).toContain(cure)
    expect(JSON.parse(out())).toMatchObject({ success: false, error: { code: 'ERR_INPUT_INVALID' } })
  })

  it('shows a person the start page', async () => {
    const child = start('--products', 'BTC-USD')
    const out = textOf(child.stdout)
    expect(await firstLine(child)).toContain('A paper exchange that speaks Coinbase Advanced Trade')
    child.kill()
    expect(await exitOf(child)).toBe(0)
    expect(out()).toContain('coinbase-api')
  })
})
