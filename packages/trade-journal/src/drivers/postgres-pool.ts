import { ConfigError, type Disk } from '@tidegate/trading-model'
import type { Pool, PoolConfig } from 'pg'

/** Where a PostgreSQL store is, taken apart. */
export interface PostgresAddress {
  /** `host:port/database`, for sentences; no password. */
  readonly name: string
  readonly connection: Pick<PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl'>
}

/**
 * Reads `postgres://user:password@host:port/database`. Off loopback the connection is TLS with a verified certificate,
 * whatever the address asks for; `?sslrootcert=FILE` names the authority that signed it, where it is none of the public ones.
 *
 * @throws ConfigError for an address that is none, or that asks for less.
 */
export function readPostgresUrl(url: string, disk: Disk): PostgresAddress {
  const parsed = URL.parse(url)
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw invalid('store.url is no postgres:// address')
  }
  const database = decodeURIComponent(parsed.pathname.slice(1))
  if (database === '') throw invalid('store.url names no database')
  const host = parsed.searchParams.get('host') ?? parsed.hostname.replace(/^\[|\]$/g, '')
  const port = Number(parsed.port === '' ? 5432 : parsed.port)
  const known = new Set(['host', 'sslmode', 'sslrootcert', 'application_name'])
  for (const word of parsed.searchParams.keys()) {
    if (!known.has(word)) throw invalid(`store.url asks for ${word}, which we do not know`)
  }
  const mode = parsed.searchParams.get('sslmode')
  const rootFile = parsed.searchParams.get('sslrootcert')
  const ca = rootFile === null ? undefined : disk.readText(rootFile)
  if (rootFile !== null && ca === undefined) throw invalid(`store.url names ${rootFile}, which is not there`)
  const local = isLocal(host)
  if (!local && mode !== null && !['require', 'verify-ca', 'verify-full'].includes(mode)) {
    throw invalid(`store.url asks for sslmode=${mode}; to ${host} only TLS will do`)
  }
  const wantsTls = !local || ca !== undefined || ['require', 'verify-ca', 'verify-full'].includes(mode ?? '')
  return {
    name: `${host}:${port}/${database}`,
    connection: {
      host,
      port,
      database,
      user: decodeURIComponent(parsed.username),
      password: decodeURIComponent(parsed.password),
      ssl: wantsTls ? { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) } : false,
    },
  }
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function invalid(sentence: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', sentence, {
    hint: 'as postgres://user:password@host:5432/database; TLS is used off loopback',
  })
}

/**
 * A pool of at most `connections` that answer with bigint for integers. `pg` is loaded here and nowhere else, so a
 * gateway on SQLite never loads it. A session that stops in the middle of a transaction is ended by the server after
 * `patienceMs`: a paused gateway does not hold the kill switch.
 */
export async function openPostgresPool(
  { connection }: PostgresAddress,
  options: { readonly connections: number; readonly patienceMs: number },
): Promise<Pool> {
  const { default: pg } = await import('pg')
  const { patienceMs } = options
  const pool = new pg.Pool({
    ...connection,
    max: options.connections,
    connectionTimeoutMillis: patienceMs,
    lock_timeout: patienceMs,
    statement_timeout: patienceMs * 4,
    // The server gives up first, unless the line swallows what it says.
    query_timeout: patienceMs * 5,
    idle_in_transaction_session_timeout: patienceMs,
    keepAlive: true,
    application_name: 'tidegate',
    allowExitOnIdle: true,
    types: { getTypeParser },
  })
  // A connection lost while idle is replaced by the next one asked for.
  pool.on('error', () => {})
  return pool
}

const integerTypes: ReadonlySet<number> = new Set([20, 21, 23])
const NUMERIC = 1700
const BYTEA = 17

/** Integers as bigint, like on SQLite; sums of integers (numeric), too; all other values as their text. */
function getTypeParser(type: number): (text: string) => unknown {
  if (integerTypes.has(type)) return BigInt
  if (type === NUMERIC) return (text) => (/^-?\d+$/.test(text) ? BigInt(text) : text)
  if (type === BYTEA) return (text) => Buffer.from(text.slice(2), 'hex')
  return (text) => text
}
