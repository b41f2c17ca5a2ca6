import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildChild, startChild } from './child.js'
import { type PostgresServer, startPostgres } from './start-postgres.js'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(async () => await postgres.stop())

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(statement)
    return rows
  } finally {
    await client.end()
  }
}

describe('a PostgreSQL for tests', () => {
  it('is a real server and gives every test a database of its own', async () => {
    const [one, two] = [await postgres.createDatabase(), await postgres.createDatabase()]
    expect(await ask(one, 'create table a (b int)')).toEqual([])
    expect(await ask(two, "select count(*)::int as n from pg_tables where tablename = 'a'")).toEqual([{ n: 0 }])
    expect(await ask(one, 'show server_version')).toEqual([{ server_version: expect.stringMatching(/^18\./) }])
  })

  it('keeps what was committed when it crashes', async () => {
    const url = await postgres.createDatabase()
    await ask(url, 'create table a (b int); insert into a values (7)')
    await postgres.crashAndRestart()
    expect(await ask(url, 'select b from a')).toEqual([{ b: 7 }])
  })

  it('lets nobody in without the password', async () => {
    const url = await postgres.createDatabase()
    await expect(ask(url.replace(/:[0-9a-f]{24}@/, ':wrong@'), 'select 1')).rejects.toThrow(/authentication/)
  })
})

describe('a PostgreSQL whose starter is killed', () => {
  it('ends and leaves nothing behind', async () => {
    const { file, remove } = await buildChild('start-postgres')
    const child = startChild(file, {})
    await child.linesReach(1)
    const { port, folder } = JSON.parse(child.lines[0] ?? '') as { port: number; folder: string }
    expect(await answers(port)).toBe(true)
    child.kill()
    await child.ended
    await vi.waitUntil(async () => !existsSync(folder) && !(await answers(port)), { timeout: 20_000 })
    remove()
  })
})

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
