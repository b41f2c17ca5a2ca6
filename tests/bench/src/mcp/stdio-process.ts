import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

interface Reply {
  readonly id?: number
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly message: string }
}

/** An MCP server on stdin and stdout, as a host starts it. */
export interface StdioProcess {
  /** @returns The result; a protocol error throws. */
  ask(method: string, params: object): Promise<Readonly<Record<string, unknown>>>
  tell(method: string): void
  kill(): Promise<void>
}

/** Starts a server by its file, with a home of its own that is removed with it; `config` is its configuration, none by default. */
export function startStdio(file: string, config?: string): StdioProcess {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-mcp-'))
  const configFile = join(folder, 'bench.yaml')
  if (config !== undefined) writeFileSync(configFile, config)
  const child = spawn(process.execPath, config === undefined ? [file] : [file, '--config', configFile], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'], HOME: folder, TIDEGATE_HOME: join(folder, 'home') },
  })
  const waiting = new Map<number, (reply: Reply | Error) => void>()
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    rest += chunk
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const reply = JSON.parse(rest.slice(0, end)) as Reply
      rest = rest.slice(end + 1)
      if (reply.id !== undefined) waiting.get(reply.id)?.(reply)
    }
  })
  const gone = new Promise<void>((done) => {
    child.once('close', () => {
      for (const settle of waiting.values()) settle(new Error(`${file} ended before it answered`))
      done()
    })
  })
  let nextId = 1
  const send = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  }
  return {
    ask(method, params) {
      const id = nextId++
      return new Promise((resolve, reject) => {
        waiting.set(id, (reply) => {
          waiting.delete(id)
          if (reply instanceof Error) reject(reply)
          else if (reply.result) resolve(reply.result)
          else reject(new Error(`${method}: ${reply.error?.message ?? 'no result'}`))
        })
        send({ id, method, params })
      })
    },
    tell: (method) => send({ method }),
    async kill() {
      child.kill('SIGKILL')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What a 2025-era host says first. */
export const INTRODUCTION = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'bench', version: '1.0.0' },
}

/** The servers that are compared; ours is the file that is published. */
export const servers = {
  ours: (): string => resolve(bundles(), '..', '..', '..', 'apps', 'stdio-server', 'dist', 'main.js'),
  echo: (): string => join(bundles(), 'echo-server.js'),
  noLibrary: (): string => join(bundles(), 'no-library-server.js'),
}

/** Where the bench's own bundles lie. */
function bundles(): string {
  return dirname(process.argv[1] ?? '')
}
