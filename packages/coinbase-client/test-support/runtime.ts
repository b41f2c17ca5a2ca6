import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MemoryLog, MemoryMetrics, SeededRandom } from '@tidegate/testkit'
import type { Clock, HttpRequest, HttpResponse, HttpTransport, RateBudget, Timers } from '@tidegate/trading-model'
import { type CoinbaseClientOptions, createKeySigner } from '../src/index.js'

/** Captured samples, read in place; tests that use them are skipped where they are absent. */
export const samplesFolder = fileURLToPath(new URL('../../../../shared/fixtures/', import.meta.url))
export const samplesAbsent = !existsSync(samplesFolder)
export const sampleText = (name: string): string => readFileSync(`${samplesFolder}${name}`, 'utf8')

export const realClock: Clock = { nowMs: () => Date.now() }

export const realTimers: Timers = {
  after: (ms, run) => {
    const handle = setTimeout(run, ms)
    return { cancel: () => clearTimeout(handle) }
  },
  every: (ms, run) => {
    const handle = setInterval(run, ms)
    return { cancel: () => clearInterval(handle) }
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/** Waits are remembered and over at once. */
export function instantTimers(): Timers & { readonly slept: number[] } {
  const slept: number[] = []
  return { ...realTimers, slept, sleep: async (ms) => void slept.push(ms) }
}

/** Lets everything through and remembers what was asked of it. */
export function openBudget(): RateBudget & {
  readonly pauses: [string, number][]
  readonly takes: [string, number, boolean][]
} {
  const pauses: [string, number][] = []
  const takes: [string, number, boolean][] = []
  return {
    pauses,
    takes,
    take: async (...taken) => void takes.push(taken),
    pause: (...paused) => void pauses.push(paused),
  }
}

/** A fresh EC key as a PEM, its signer, and the public half. */
export function makeKey(): { pem: string; publicKey: KeyObject; signer: ReturnType<typeof createKeySigner> } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = privateKey.export({ format: 'pem', type: 'sec1' }).toString()
  return { pem, publicKey, signer: createKeySigner('organizations/o/apiKeys/k', pem) }
}

export type Answer = Partial<HttpResponse> | Error

/** A transport that answers from a function and keeps the requests. */
export function memoryHttp(
  answer: (request: HttpRequest, path: string, query: URLSearchParams) => Answer | Promise<Answer>,
): HttpTransport & { readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = []
  return {
    requests,
    send: async (request) => {
      requests.push(request)
      const url = new URL(request.url)
      const given = await answer(request, url.pathname, url.searchParams)
      if (given instanceof Error) throw given
      return { status: 200, headers: {}, body: '{}', ...given }
    },
  }
}

export const json = (value: unknown, status = 200): Answer => ({ status, body: JSON.stringify(value) })

/** Options of a client over `http` whose clock agrees with the venue. */
export function clientOptions(http: HttpTransport, overrides: Partial<CoinbaseClientOptions> = {}) {
  return {
    environment: 'paper' as const,
    restUrl: 'https://venue.example',
    signer: makeKey().signer,
    clock: realClock,
    timers: instantTimers(),
    random: new SeededRandom(1),
    http,
    budget: openBudget(),
    log: new MemoryLog(),
    metrics: new MemoryMetrics(),
    ...overrides,
  }
}

export const timeBody = (ms: number) => ({
  iso: new Date(ms).toISOString(),
  epochSeconds: String(Math.floor(ms / 1000)),
  epochMillis: String(ms),
})

/** Claims and header of a JWT, unverified. */
export function readJwt(token: string): { header: Record<string, unknown>; claims: Record<string, unknown> } {
  const [header = '', claims = ''] = token.split('.')
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  return { header: decode(header), claims: decode(claims) }
}
