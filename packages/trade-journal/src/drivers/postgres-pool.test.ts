import { MemoryDisk } from '@tidegate/testkit'
import { ConfigError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { readPostgresUrl } from './postgres-pool.js'

const disk = new MemoryDisk()
disk.files.set('/ca.pem', 'THE AUTHORITY')
const verified = { rejectUnauthorized: true, minVersion: 'TLSv1.2' }

describe('the address of a store on PostgreSQL', () => {
  it('is taken apart, and its name for sentences has no password', () => {
    const { name, connection } = readPostgresUrl('postgres://me:p%40ss@127.0.0.1:6543/my%20db', disk)
    expect(name).toBe('127.0.0.1:6543/my db')
    expect(connection).toEqual({
      host: '127.0.0.1',
      port: 6543,
      user: 'me',
      password: 'p@ss',
      database: 'my db',
      ssl: false,
    })
  })

  it.each([
    ['postgres://u:p@127.0.0.1/d', false],
    ['postgres://u:p@localhost/d', false],
    ['postgres://u:p@[::1]/d', false],
    ['postgres://u:p@localhost/d?host=/run/postgresql', false],
    ['postgres://u:p@localhost/d?sslmode=require', verified],
    ['postgres://u:p@localhost/d?sslrootcert=/ca.pem', { ...verified, ca: 'THE AUTHORITY' }],
    ['postgres://u:p@db.example/d', verified],
    ['postgres://u:p@10.0.0.1/d?sslmode=verify-full', verified],
    // "require" of other tools asks for no certificate; ours is always verified.
    ['postgres://u:p@127.0.0.1.example/d?sslmode=require', verified],
    ['postgres://u:p@db.example/d?sslrootcert=/ca.pem', { ...verified, ca: 'THE AUTHORITY' }],
  ])('%s: TLS off loopback, always with a verified certificate', (url, ssl) => {
    expect(readPostgresUrl(url, disk).connection.ssl).toEqual(ssl)
  })

  it.each([
    ['postgres://u:p@db.example/d?sslmode=disable', 'to db.example only TLS will do'],
    ['postgres://u:p@10.0.0.1/d?sslmode=prefer', 'to 10.0.0.1 only TLS will do'],
    ['postgres://u:p@127.0.0.1/d?host=db.example&sslmode=disable', 'to db.example only TLS will do'],
    ['postgres://u:p@db.example/d?ssl=false', 'asks for ssl, which we do not know'],
    ['postgres://u:p@db.example/d?sslrootcert=/none.pem', '/none.pem, which is not there'],
    ['postgres://u:p@db.example', 'names no database'],
    ['mysql://u:p@db.example/d', 'is no postgres:// address'],
    ['here', 'is no postgres:// address'],
  ])('%s is refused with a sentence that has no password in it', (url, says) => {
    const read = () => readPostgresUrl(url, disk)
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(says)
    expect(read).not.toThrow(/:p@/)
  })
})
