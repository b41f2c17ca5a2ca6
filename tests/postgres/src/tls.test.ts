import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openJournal } from '@tidegate/trade-journal'
import { BaseError } from '@tidegate/trading-model'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realOptions } from './children/child-kit.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'

interface Pems {
  readonly cert: string
  readonly key: string
}

/** A certificate that is its own authority, for one address. */
async function certificateFor(ip: string): Promise<Pems> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: `test ${ip}` }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip }] },
    ],
  })
  return { cert, key }
}

let folder: string
let plain: PostgresServer
let secure: PostgresServer
let opened = 0
const file = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-tls-'))
  const [right, wrong] = [await certificateFor('127.0.0.1'), await certificateFor('127.0.0.2')]
  writeFileSync(file('right.pem'), right.cert)
  writeFileSync(file('wrong.pem'), wrong.cert)
  plain = await startPostgres()
  secure = await startPostgres({ tls: right })
})
afterAll(async () => {
  for (const server of [plain, secure]) await server.stop()
  rmSync(folder, { recursive: true })
})

async function answerOf(url: string): Promise<string> {
  try {
    const journal = await openJournal(realOptions(url, file(`heads-${++opened}`)))
    await journal.close()
    return 'open'
  } catch (error) {
    if (!BaseError.isInstance(error)) throw error
    return `${error.code}: ${error.shortMessage} / ${String(error.details)}`
  }
}

describe('a PostgreSQL with a certificate', () => {
  it('is believed when the authority of store.url signed it', async () => {
    expect(await answerOf(`${await secure.createDatabase()}?sslrootcert=${file('right.pem')}`)).toBe('open')
  })

  it.each([
    ['signed by nobody we know', '?sslmode=require', /ERR_STORE_IO: .* cannot be reached .*self-signed/],
    ['signed by another authority', '?sslrootcert=wrong.pem', /ERR_STORE_IO: .* cannot be reached .*self-signed/],
  ])('%s is not', async (_, words, says) => {
    const url = `${await secure.createDatabase()}${words.replace('wrong.pem', file('wrong.pem'))}`
    expect(await answerOf(url)).toMatch(says)
  })

  it('for another name is not', async () => {
    const url = `${await secure.createDatabase()}?sslrootcert=${file('right.pem')}`.replace('127.0.0.1', 'localhost')
    expect(await answerOf(url)).toMatch(/ERR_STORE_IO: .* cannot be reached .*does not match certificate/)
  })
})

describe('a PostgreSQL without one', () => {
  it('is refused where TLS was asked for: nothing goes out in the clear instead', async () => {
    expect(await answerOf(`${await plain.createDatabase()}?sslmode=verify-full`)).toMatch(
      /ERR_STORE_IO: .* cannot be reached .*does not support SSL/,
    )
  })

  it('is good enough on loopback', async () => {
    expect(await answerOf(await plain.createDatabase())).toBe('open')
  })
})
