import { existsSync, readFileSync } from 'node:fs'
import type { ClientConfig } from 'pg'
import { type Field, type Row, wholeOf } from '../field.js'
import type { StoreSource } from '../source.js'

const pageSize = 1_000

/**
 * Connects to a store on PostgreSQL and holds one read-only view of it. Off loopback the connection is TLS with a verified
 * certificate; `?sslrootcert=FILE` names a private authority.
 *
 * @throws An error with a sentence, without the password, when it cannot be reached.
 */
export async function openPostgresSource(url: string): Promise<StoreSource> {
  const { name, config } = readAddress(url)
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: () => (text: string) => text },
  })
  try {
    await client.connect()
  } catch (error) {
    throw new Error(
      `The store at ${name} cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    )
  }
  return {
    name,
    isOnlyWriter: false,
    viewHoldsUp: false,
    hold: async () => void (await client.query('begin isolation level repeatable read read only')),
    release: async () => void (await client.query('rollback')),
    pages: (table, options = {}) => pagesOf(client, table, options),
    close: async () => await client.end(),
  }
}

interface Column {
  readonly name: string
  readonly type: string
}

interface Queries {
  query(text: string, values?: unknown[]): Promise<{ rows: Column[] }>
  query(query: { text: string; rowMode: 'array' }): Promise<{ rows: (string | null)[][] }>
}

async function* pagesOf(
  client: Queries,
  table: string,
  { afterNumber, orderBy }: { readonly afterNumber?: number; readonly orderBy?: string },
): AsyncGenerator<readonly Row[]> {
  const { rows: columns } = await client.query(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = current_schema() and table_name = $1 order by column_name collate "C"`,
    [table],
  )
  if (columns.length === 0) return
  const list = columns.map(({ name }) => `"${name}"`).join(', ')
  const where = afterNumber === undefined ? '' : `where seq > ${Math.trunc(afterNumber)}`
  const order = orderBy === undefined ? '' : `order by "${orderBy}"`
  await client.query(`declare page no scroll cursor for select ${list} from "${table}" ${where} ${order}`)
  try {
    for (;;) {
      const { rows } = await client.query({ text: `fetch ${pageSize} from page`, rowMode: 'array' })
      if (rows.length === 0) return
      yield rows.map((cells) => {
        const row: Record<string, Field> = {}
        for (let at = 0; at < columns.length; at++) {
          const { name, type } = columns[at] as Column
          row[name] = fieldOf(cells[at] as string | null, type)
        }
        return row
      })
    }
  } finally {
    await client.query('close page')
  }
}

function fieldOf(cell: string | null, type: string): Field {
  if (cell === null) return null
  if (type === 'text') return cell
  return type === 'bigint' || type === 'integer' ? wholeOf(cell) : undefined
}

function readAddress(url: string): { readonly name: string; readonly config: ClientConfig } {
  const parsed = URL.parse(url)
  const database = decodeURIComponent(parsed?.pathname.slice(1) ?? '')
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || database === '') {
    throw new Error('The address of the store is not as postgres://user:password@host:5432/database')
  }
  const host = parsed.searchParams.get('host') ?? parsed.hostname.replace(/^\[|\]$/g, '')
  const port = Number(parsed.port === '' ? 5432 : parsed.port)
  const isLocal = host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
  const root = parsed.searchParams.get('sslrootcert')
  if (root !== null && !existsSync(root)) throw new Error(`The address of the store names ${root}, which is not there`)
  const ssl = {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(root === null ? {} : { ca: readFileSync(root, 'utf8') }),
  }
  return {
    name: `${host}:${port}/${database}`,
    config: {
      host,
      port,
      database,
      user: decodeURIComponent(parsed.username),
      password: decodeURIComponent(parsed.password),
      ssl: isLocal && root === null ? false : ssl,
      application_name: 'tidegate-verify',
    },
  }
}
