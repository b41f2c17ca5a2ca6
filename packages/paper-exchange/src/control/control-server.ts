import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BaseError, InputError, type Log, type Random } from '@tidegate/trading-model'
import { z } from 'zod'
import type { ExchangeClock } from '../clock/exchange-clock.js'
import { type Fault, faultSchema } from '../faults/fault.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import { checkFaultScript } from '../faults/fault-script.js'

/** Where the exchange is made to misbehave from outside. */
export interface ExchangeControl {
  readonly url: string
  /** To be sent as `Authorization: Bearer …`; made anew at every start. */
  readonly token: string
  close(): Promise<void>
}

/** What a reset did. */
export interface ResetReport {
  /** How many of each are gone. */
  readonly gone: { readonly orders: number; readonly fills: number; readonly portfolios: number }
  /** Decimal text per currency, of the default portfolio. */
  readonly balances: Readonly<Record<string, string>>
}

const maxBodyBytes = 1_000_000
const clockSchema = z.strictObject({
  advance_ms: z.number().min(0).optional(),
  skew_ms: z.number().int().optional(),
})

type Handler = (body: unknown) => Readonly<Record<string, unknown>>

/**
 * Opens the control endpoint on a port of its own, so that no client of the exchange can meet it by accident:
 * `GET`/`POST`/`DELETE /faults`, `GET`/`POST /clock`, `POST /reset`. On loopback, with a token.
 */
export async function openControl(options: {
  readonly faults: FaultPlan
  readonly clock: ExchangeClock
  /** Puts the whole exchange back to its start, and says what is gone. */
  readonly reset: () => ResetReport
  readonly random: Random
  readonly log: Log
  /** 0 takes a free one. */
  readonly port: number
}): Promise<ExchangeControl> {
  const { faults, clock, log } = options
  const token = Buffer.from(options.random.bytes(24)).toString('base64url')

  const faultState = () => ({ pending: faults.pending(), struck: faults.struck() })
  const clockState = () => ({ now_ms: clock.nowMs(), skew_ms: clock.skewMs, pace: clock.pace })
  const routes: Readonly<Record<string, Handler>> = {
    'GET /faults': faultState,
    'POST /faults': (body) => {
      const asked = readFaults(body)
      for (const fault of asked) faults.next(fault)
      return faultState()
    },
    'DELETE /faults': () => {
      faults.clear()
      return faultState()
    },
    'GET /clock': clockState,
    'POST /clock': (body) => {
      const read = clockSchema.safeParse(body)
      if (!read.success) throw badBody('clock', 'is {"advance_ms": …} or {"skew_ms": …}')
      if (read.data.skew_ms !== undefined) clock.skew(read.data.skew_ms)
      if (read.data.advance_ms !== undefined) clock.advance(read.data.advance_ms)
      return clockState()
    },
    'POST /reset': () => ({ ...options.reset(), ...faultState(), ...clockState() }),
  }

  const server = createServer((request, response) => {
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(`${JSON.stringify(body)}\n`)
    }
    answer(request).then(
      (body) => reply(200, body),
      (error: unknown) => {
        if (error instanceof ControlFault) reply(error.status, { error: error.message })
        else if (BaseError.isInstance(error)) reply(400, { error: error.shortMessage, code: error.code })
        else {
          log.error('paper_control_failed', { why: String(error) })
          reply(500, { error: 'the exchange could not do that' })
        }
      },
    )
  })

  async function answer(request: IncomingMessage): Promise<unknown> {
    const body = await readText(request)
    if (!isToken(request.headers.authorization, token)) throw new ControlFault(401, 'the token is missing or wrong')
    const handler = routes[`${request.method} ${request.url?.split('?')[0]}`]
    if (!handler) throw new ControlFault(404, `there are ${Object.keys(routes).join(', ')}`)
    return handler(parse(body))
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', () => resolve())
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

class ControlFault extends Error {
  override readonly name = 'ControlFault'
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** One fault, a list of them, or a whole script. */
function readFaults(body: unknown): readonly Fault[] {
  if (Array.isArray(body)) return checkFaultScript({ faults: body })
  if (typeof body === 'object' && body !== null && 'faults' in body) return checkFaultScript(body)
  const one = faultSchema.safeParse(body)
  return one.success ? [one.data] : checkFaultScript({ faults: [body] })
}

function badBody(field: string, problem: string): InputError {
  return new InputError([{ field, problem, fix: 'See "Faults" in the README of @tidegate/paper-exchange' }])
}

function parse(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw badBody('body', 'is not valid JSON')
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw new ControlFault(413, 'the body is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function isToken(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
