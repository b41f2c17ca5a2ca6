import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { openJournal } from '@tidegate/trade-journal'
import { InputError, type Journal, NotFoundError } from '@tidegate/trading-model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAgentDirectory } from '../access/agent-directory.js'
import { createGatekeeper } from '../access/gatekeeper.js'
import type { Endpoint } from '../gateway.js'
import { openEndpoint } from '../http/endpoint.js'
import { mintTokens } from '../http/tokens.js'
import { type OpenLog, openLog } from '../log/open-log.js'
import { createMetrics } from '../metrics/create-metrics.js'
import { createRuntime } from '../runtime.js'
import { createScrubber, type Scrubber } from './create-scrubber.js'
import { type GuardedProcess, type GuardedStream, guardProcess } from './guard-process.js'
import { scrubSurface } from './scrub-surface.js'

/** 46 characters with what JSON, URLs and terminals escape. */
const canary = 'cN4ry+7Qd/9f2bXw81Le"k\\Zp=4W8vL5mN2cR7tYhU3sGoE'
/** So many characters of it in a row, in any encoding, are a leak. */
const LEAK = 16

const encodings: Readonly<Record<string, (value: string) => readonly string[]>> = {
  raw: (value) => [value],
  'JSON-escaped': (value) => [JSON.stringify(value).slice(1, -1)],
  base64: (value) => [Buffer.from(value).toString('base64')],
  base64url: (value) => [Buffer.from(value).toString('base64url')],
  'base64 at offset 1': (value) => [Buffer.from(`:${value}`).toString('base64')],
  hex: (value) => [Buffer.from(value).toString('hex')],
  'percent-encoded': (value) => [encodeURIComponent(value)],
  'split over two writes': (value) => [value.slice(0, 23), value.slice(23)],
}

const carriers: Readonly<Record<string, (text: string) => unknown>> = {
  field: (text) => ({ note: text }),
  nested: (text) => ({ a: { b: { c: { note: text } } } }),
  array: (text) => ({ list: ['x', text] }),
  'Error.message': (text) => new Error(text),
  'Error.cause': (text) => new Error('outer', { cause: new Error(text) }),
  'error property': (text) => Object.assign(new Error('outer'), { config: { headers: { note: text } } }),
  URL: (text) => ({ note: `https://api.example.com/v1/thing?k=${text}` }),
  'free text': (text) => ({ note: `it said ${text}, and went on` }),
}

/** What a careless programmer would do with a value where only text or JSON goes. */
const asJson = (value: unknown): JsonObject =>
  value instanceof Error ? { note: inspect(value, { depth: 9 }) } : (value as JsonObject)
const asText = (value: unknown): string =>
  value instanceof Error ? inspect(value, { depth: 9 }) : JSON.stringify(value)
/** Labels are short: the part of an error that somebody might have split a number by. */
const asLabel = (value: unknown): string => {
  if (!(value instanceof Error)) return asText(value)
  const { message, cause, config } = value as Error & { config?: object }
  return cause instanceof Error ? cause.message : config === undefined ? message : asText(config)
}

const fingerprints = Object.values(encodings).flatMap((encode) => encode(canary))
const pieces = [...fingerprints, inspect(canary).slice(1, -1)].flatMap((form) =>
  Array.from({ length: Math.max(0, form.length - LEAK + 1) }, (_, at) => form.slice(at, at + LEAK)),
)
const leaksIn = (output: string): readonly string[] => pieces.filter((piece) => output.includes(piece))

const off: Scrubber = {
  register: () => {},
  scrub: (text) => text,
  scrubValue: (value) => value,
  stream: () => (chunk) => chunk,
}
const on = (): Scrubber => {
  const scrubber = createScrubber()
  scrubber.register(canary)
  return scrubber
}

/** Lets the values out one after the other and gives back everything that came out. */
type Sink = (values: readonly unknown[]) => Promise<string>

const local = { name: 'local', role: 'trader' } as const

class Terminal implements GuardedStream {
  text = ''
  write(chunk: string | Uint8Array): boolean {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    return true
  }
}

describe.each([
  ['with the scrubber nothing leaks', on, 0],
  ['without it every cell leaks: each can fail', () => off, 1],
] as const)('64 canary shapes in 8 sinks: %s', (_, makeScrubber, leaksExpected) => {
  const scrubber = makeScrubber()
  const runtime = createRuntime()
  let folder: string
  let log: OpenLog
  let journal: Journal
  let endpoint: Endpoint
  let thrown: unknown
  let sinks: Readonly<Record<string, Sink>>

  const terminal = (name: 'stdout' | 'stderr'): Sink => {
    return async (values) => {
      const stdout = new Terminal()
      const stderr = new Terminal()
      const release = guardProcess({ scrubber, process: quietProcess(stderr), stdout })
      // The pieces of one secret follow each other without a break, as the halves of a chunk do.
      const texts = values.map(asText)
      for (const text of texts) (name === 'stdout' ? stdout : stderr).write(text)
      release()
      return name === 'stdout' ? stdout.text : stderr.text
    }
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-canary-'))
    log = openLog(
      {
        logging: { level: 'debug', file: join(folder, 'canary.log'), rotation: 'none' },
        server: { name: 'canary', version: '1', host: 'localhost', port: 0 },
      },
      scrubber,
      { quiet: true },
    )
    await log.openFile()
    journal = await openJournal({
      path: join(folder, 'journal.sqlite'),
      headsPath: join(folder, 'heads.jsonl'),
      environment: 'paper',
      hostId: 'canary',
      ...runtime,
      log: log.log,
      scrub: (text) => scrubber.scrub(text),
    })
    const tokens = mintTokens(runtime.disk, runtime.random, folder)
    endpoint = await openEndpoint({
      host: '127.0.0.1',
      port: 0,
      allowedHosts: [],
      allowedOrigins: [],
      maxBodyBytes: 65_536,
      tokens,
      gatekeeper: createGatekeeper({
        environment: 'paper',
        agents: createAgentDirectory('paper', []),
        home: () => tokens,
        store: () => undefined,
        clock: runtime.clock,
        log: log.log,
      }),
      mcp: { ...({} as Parameters<typeof openEndpoint>[0]['mcp']) },
      control: { call: () => Promise.reject(thrown) },
      approvals: () => undefined,
      clock: createRuntime().clock,
      serveMcp: async () => {},
      health: () => Promise.reject(new Error('not asked')),
      metricsText: async () => '',
      scrubber,
      timers: runtime.timers,
      log: log.log,
      metrics: createMetrics(),
    })
    let entries = 0
    let lines = 0
    sinks = {
      stdout: terminal('stdout'),
      stderr: terminal('stderr'),
      async 'log file'(values) {
        const marks = values.map(() => `canary_${++lines}`)
        for (const [index, value] of values.entries()) log.log.info(String(marks[index]), { value: asJson(value) })
        const found = await linesWith(join(folder, 'canary.log'), marks)
        return found.join('\n')
      },
      async audit(values) {
        const type = `canary.${++entries}`
        for (const value of values) await journal.audit({ actor: 'canary', type, body: asJson(value) })
        const all = await journal.auditEntries({ limit: 1_000 })
        return all
          .filter((entry) => entry.type === type)
          .map((entry) => entry.body)
          .join('\n')
      },
      async 'tool result'(values) {
        const answers: string[] = []
        for (const value of values) {
          const surface = scrubSurface(
            {
              callTool: async () => ({ structured: asJson(value), isError: false }),
              readResource: () => Promise.reject(new NotFoundError(asText(value))),
            } as unknown as Parameters<typeof scrubSurface>[0],
            scrubber,
          )
          answers.push(JSON.stringify(await surface.callTool(local, 'any', {})))
          answers.push(await surface.readResource(local, 'any').then(String, String))
        }
        return answers.join('\n')
      },
      async 'HTTP error'(values) {
        const answers: string[] = []
        for (const value of values) {
          thrown = new InputError([{ field: 'x', problem: asText(value), fix: 'none' }])
          const response = await fetch(`${endpoint.url}/control`, {
            method: 'POST',
            headers: { authorization: `Bearer ${endpoint.operatorToken}`, 'content-type': 'application/json' },
            body: JSON.stringify({ verb: 'any' }),
          })
          answers.push(await response.text())
        }
        return answers.join('\n')
      },
      async metrics(values) {
        const metrics = createMetrics((text) => scrubber.scrub(text))
        for (const value of values) {
          metrics.count('tool_calls_total', { tool: asLabel(value), is_error: 'false' })
        }
        return metrics.text()
      },
      async 'crash report'(values) {
        let report = ''
        for (const value of values) {
          let crash: ((error: unknown) => void) | undefined
          const process: GuardedProcess = {
            ...quietProcess(new Terminal()),
            on: (_event, listener) => {
              crash = listener
            },
          }
          guardProcess({
            scrubber,
            process,
            writeCrash: (text) => {
              report += text
            },
          })
          crash?.(value)
        }
        return report
      },
    }
  })
  afterAll(async () => {
    await endpoint?.close()
    await journal?.close()
    await log?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const sinkNames = [
    'stdout',
    'stderr',
    'log file',
    'audit',
    'tool result',
    'HTTP error',
    'metrics',
    'crash report',
  ] as const
  for (const sink of sinkNames) {
    for (const encoding of Object.keys(encodings)) {
      for (const carrier of Object.keys(carriers)) {
        it(`${sink} · ${encoding} · ${carrier}`, async () => {
          const texts = encodings[encoding]?.(canary) ?? []
          const values = texts.map((text) => carriers[carrier]?.(text))
          const output = (await sinks[sink]?.(values)) ?? ''
          expect(output.length).toBeGreaterThan(0)
          const leaks = leaksIn(output)
          if (leaksExpected === 0) expect(leaks, output).toEqual([])
          else expect(leaks.length, output).toBeGreaterThan(0)
        })
      }
    }
  }
})

describe('a write that cuts a secret in two', () => {
  it('shows at most fifteen characters of it, wherever the cut is', () => {
    for (let cut = 1; cut < canary.length; cut++) {
      const scrub = on().stream()
      const shown = scrub(`key: ${canary.slice(0, cut)}`) + scrub(`${canary.slice(cut)} end`)
      expect(leaksIn(shown), `cut at ${cut}: ${shown}`).toEqual([])
      expect(shown).toMatch(/^key: .*\[redacted\].* end$/)
    }
  })
})

describe('a process that crashes', () => {
  it('says why on stderr without the secret in message, cause and fields, and ends with 1', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-crash-'))
    try {
      const script = join(folder, 'crash.mjs')
      const entry = `
        import { createScrubber } from ${JSON.stringify(fileURLToPath(new URL('./create-scrubber.ts', import.meta.url)))}
        import { guardProcess } from ${JSON.stringify(fileURLToPath(new URL('./guard-process.ts', import.meta.url)))}
        const scrubber = createScrubber()
        const key = process.env['KEY']
        if (process.argv[2] === 'on') {
          scrubber.register(key)
          guardProcess({ scrubber, process, stdout: process.stdout })
        }
        process.stdout.write('out ' + key.slice(0, 20))
        process.stdout.write(key.slice(20) + '\\n')
        Promise.reject(Object.assign(new Error('boom ' + key, { cause: new Error(key) }), { config: { note: key } }))
      `
      // tsup brings esbuild along; a second copy only for this would be one more thing to install.
      const require = createRequire(import.meta.url)
      const bundler = createRequire(require.resolve('tsup'))('esbuild') as Bundler
      await bundler.build({
        stdin: { contents: entry, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
        bundle: true,
        platform: 'node',
        format: 'esm',
        conditions: ['@tidegate/source'],
        outfile: script,
      })
      const run = (mode: string) =>
        spawnSync(process.execPath, [script, mode], { env: { KEY: canary }, encoding: 'utf8' })
      const guarded = run('on')
      expect(guarded.status).toBe(1)
      expect(guarded.stderr).toMatch(/tidegate crashed: Error: boom \[redacted\]/)
      expect(guarded.stderr).toMatch(/crash\.mjs/)
      expect(leaksIn(guarded.stdout + guarded.stderr)).toEqual([])
      const bare = run('off')
      expect(leaksIn(bare.stdout).length).toBeGreaterThan(0)
      expect(leaksIn(bare.stderr).length).toBeGreaterThan(0)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

interface Bundler {
  build(options: object): Promise<unknown>
}

function quietProcess(stderr: GuardedStream): GuardedProcess {
  return { stderr, on: () => {}, removeListener: () => {}, exit: () => {} }
}

/** The lines of a log file that carry these events, as soon as they are there. */
async function linesWith(file: string, events: readonly string[]): Promise<readonly string[]> {
  for (;;) {
    const lines = readFileSync(file, 'utf8').split('\n')
    const found = lines.filter((line) => events.some((event) => line.includes(`"event":"${event}"`)))
    if (found.length === events.length) {
      for (const line of found) JSON.parse(line)
      return found
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
