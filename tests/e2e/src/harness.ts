import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

export const root = fileURLToPath(new URL('../../../', import.meta.url))
export const stdioMain = join(root, 'apps/stdio-server/dist/main.js')
export const cliMain = join(root, 'apps/cli/dist/main.js')
export const httpMain = join(root, 'apps/http-server/dist/main.js')

export type Found = Readonly<Record<string, unknown>>

/** Environment of a new user: an empty HOME, nothing of ours set, state in `home`. */
export function cleanEnv(home: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, TIDEGATE_HOME: join(home, 'tidegate'), NO_COLOR: '1' }
}

const cleanups: (() => void | Promise<void>)[] = []

export function onCleanup(action: () => void | Promise<void>): void {
  cleanups.unshift(action)
}

/** To be called in `afterEach`: ends what the test started, last first. */
export async function cleanUp(): Promise<void> {
  for (const action of cleanups.splice(0)) await action()
}

export function freshHome(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-e2e-'))
  onCleanup(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

export async function killed(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  child.kill(signal)
  await gone
}

export interface RawStdio {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  /** Every byte that came out of stdout so far. */
  stdout(): string
  stderr(): string
  request(method: string, params?: object): Promise<Found>
  notify(method: string, params?: object): void
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** A stdio server spoken to with bare JSON lines: what any host does, without anybody's SDK. */
export function spawnRawStdio(home: string, args: readonly string[] = []): RawStdio {
  const child = spawn(process.execPath, [stdioMain, ...args], { env: cleanEnv(home), stdio: ['pipe', 'pipe', 'pipe'] })
  onCleanup(() => killed(child))
  let out = ''
  let err = ''
  let buffer = ''
  let nextId = 1
  const waiting = new Map<number, { resolve: (value: Found) => void; reject: (error: Error) => void }>()
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk
    buffer += chunk
    for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
      const message = JSON.parse(buffer.slice(0, end)) as { id?: number; result?: Found; error?: { message: string } }
      buffer = buffer.slice(end + 1)
      const entry = message.id === undefined ? undefined : waiting.get(message.id)
      if (!entry || message.id === undefined) continue
      waiting.delete(message.id)
      if (message.error) entry.reject(new Error(JSON.stringify(message.error)))
      else entry.resolve(message.result ?? {})
    }
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk
  })
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      for (const entry of waiting.values()) entry.reject(new Error(`the server exited: ${err}`))
      resolve({ code, signal })
    })
  })
  const write = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
  return {
    child,
    stdout: () => out,
    stderr: () => err,
    request: (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = nextId++
        waiting.set(id, { resolve, reject })
        write({ id, method, params })
      }),
    notify: (method, params = {}) => write({ method, params }),
    exited,
  }
}

export const initializeParams = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'raw', version: '0' },
}

/** The official v1 SDK's client over stdio: the legacy era. */
export async function connectStdioV1(
  home: string,
  args: readonly string[] = [],
): Promise<{ client: Client; pid: () => number }> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [stdioMain, ...args],
    env: cleanEnv(home),
    stderr: 'pipe',
  })
  const client = new Client({ name: 'e2e-v1', version: '0' })
  await client.connect(transport)
  onCleanup(() => client.close())
  return { client, pid: () => transport.pid ?? -1 }
}

/** The official v1 SDK's client over Streamable HTTP. */
export async function connectHttpV1(url: string, token: string): Promise<Client> {
  const client = new Client({ name: 'e2e-v1-http', version: '0' })
  // The SDK's own types disagree with exactOptionalPropertyTypes here.
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }) as Parameters<Client['connect']>[0],
  )
  onCleanup(() => client.close())
  return client
}

/** Structured content of a tool call; the text has to say the same. */
export async function callTool(client: Client, name: string, args: Record<string, unknown>): Promise<Found> {
  const result = await client.callTool({ name, arguments: args })
  const content = result.content as { type: string; text: string }[]
  const text = JSON.parse(content[0]?.text ?? '{}') as Found
  if (result.structuredContent !== undefined && JSON.stringify(result.structuredContent) !== JSON.stringify(text)) {
    throw new Error('structuredContent and text differ')
  }
  return { ...text, isError: result.isError === true }
}

export async function readResource(client: Client, uri: string): Promise<Found> {
  const { contents } = await client.readResource({ uri })
  return JSON.parse((contents[0] as { text: string }).text) as Found
}

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The one JSON document on stdout. */
  json(): Found
}

export function runCli(args: readonly string[], home: string, env: Record<string, string> = {}): Promise<CliResult> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cliMain, ...args], {
      env: { ...cleanEnv(home), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onCleanup(() => killed(child))
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk)
    })
    child.once('close', (code) => resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) as Found }))
  })
}

export interface Served {
  readonly child: ChildProcess
  readonly mcpUrl: string
  readonly url: string
  readonly token: string
}

/** `tidegate serve --json` on a free port, up when this resolves. */
export function startServe(home: string, env: Record<string, string> = {}): Promise<Served> {
  const child = spawn(process.execPath, [cliMain, 'serve', '--json'], {
    env: { ...cleanEnv(home), TIDEGATE_SERVER_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onCleanup(() => killed(child))
  return new Promise((resolve, reject) => {
    let out = ''
    let err = ''
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    child.stdout.on('data', (chunk) => {
      out += String(chunk)
      if (!out.includes('\n')) return
      const ready = JSON.parse(out.slice(0, out.indexOf('\n'))) as { mcp_url: string; url: string; agent_token: string }
      resolve({ child, mcpUrl: ready.mcp_url, url: ready.url, token: ready.agent_token })
    })
    child.once('exit', (code) => reject(new Error(`serve exited with ${code}: ${err}`)))
  })
}

/** Asks until the answer satisfies, at most `forMs`. */
export async function eventually<T>(ask: () => Promise<T>, done: (answer: T) => boolean, forMs = 15_000): Promise<T> {
  const until = Date.now() + forMs
  for (;;) {
    const answer = await ask().catch((error: unknown) => error as T)
    if (!(answer instanceof Error) && done(answer)) return answer
    if (Date.now() > until)
      throw new Error(`still not: ${answer instanceof Error ? answer.message : JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
