import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ExchangeAddress, openExchange } from './exchange.js'
import type { Row } from './judge.js'
import { judgeCcxt } from './judge-ccxt.js'
import { judgeCoinbaseApi } from './judge-coinbase-api.js'
import { judgeSampleSdk } from './judge-sample-sdk.js'

const judges = { ccxt: judgeCcxt, 'coinbase-api': judgeCoinbaseApi, 'sample-sdk': judgeSampleSdk }
type Name = keyof typeof judges

interface Job {
  readonly name: Name
  readonly address: ExchangeAddress
}
/** In the inner run: the jobs, and where to write what came of them. */
const told = process.env['WIRE_CLIENTS_INNER']

/** A Node process reads `NODE_EXTRA_CA_CERTS` once, as it starts; so the clients run in one of their own. */
async function judgeInOwnProcess(
  jobs: readonly Job[],
  certificates: readonly string[],
): Promise<readonly (readonly Row[])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wire-clients-tls-'))
  const report = join(folder, 'rows.json')
  const authorities = join(folder, 'certificates.pem')
  writeFileSync(authorities, certificates.join('\n'))
  const runner = join(dirname(fileURLToPath(import.meta.resolve('vitest/package.json'))), 'vitest.mjs')
  const child = spawn(process.execPath, [runner, 'run', '--project', 'wire-clients', 'judges-over-tls'], {
    cwd: resolve(import.meta.dirname, '../../..'),
    stdio: 'ignore',
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authorities, WIRE_CLIENTS_INNER: JSON.stringify({ jobs, report }) },
  })
  try {
    await new Promise((done) => child.once('close', done))
    return JSON.parse(readFileSync(report, 'utf8')) as readonly (readonly Row[])[]
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

if (told) {
  it('inner run: every call, written down', async () => {
    const { jobs, report } = JSON.parse(told) as { jobs: readonly Job[]; report: string }
    const rows: (readonly Row[])[] = []
    for (const { name, address } of jobs) rows.push(await judges[name](address))
    writeFileSync(report, JSON.stringify(rows))
  }, 170_000)
} else {
  describe('over https and wss, trusting the certificate by NODE_EXTRA_CA_CERTS', () => {
    const clients = ['ccxt', 'coinbase-api', 'sample-sdk'] as const

    it('every client does the whole loop with strict tokens: there they write the host as production wants it', async () => {
      const exchanges = await Promise.all(clients.map(() => openExchange({ tls: true, tokenMode: 'strict' })))
      try {
        const jobs = clients.map((name, at) => {
          const { rest = '', ws = '', keyName = '', privateKeyPem = '' } = exchanges[at] ?? {}
          // The socket under another name of this machine, as the venue has other hosts for it.
          return { name, address: { rest, ws: ws.replace('127.0.0.1', 'localhost'), keyName, privateKeyPem } }
        })
        const all = await judgeInOwnProcess(
          jobs,
          exchanges.map(({ certificatePem }) => certificatePem ?? ''),
        )
        for (const [at, rows] of all.entries()) {
          expect(rows.filter(({ ok }) => !ok)).toEqual([])
          expect(rows.length).toBeGreaterThan(20)
          expect(exchanges[at]?.reconcile()).toEqual([])
        }
      } finally {
        for (const exchange of exchanges) await exchange.close()
      }
    }, 180_000)
  })
}
