import type { IncomingMessage, ServerResponse } from 'node:http'
import { InputError } from '@tidegate/trading-model'

const MAX_DEPTH = 32

/**
 * Reads a JSON object from a request.
 *
 * @throws {InputError} when it is too large, not JSON, no object, or nested too deep. Nothing beyond the limit is kept.
 */
export async function readJsonObject(request: IncomingMessage, maxBytes: number): Promise<Record<string, unknown>> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  let value: unknown
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw badBody('is not JSON', 'send a JSON object')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badBody('is not a JSON object', 'send a JSON object')
  }
  if (isDeeperThan(value, MAX_DEPTH)) throw badBody('is nested too deep', `nest at most ${MAX_DEPTH} levels`)
  return value as Record<string, unknown>
}

/** Sends JSON and ends the response. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth === 0) return true
  return Object.values(value).some((item) => isDeeperThan(item, depth - 1))
}

function tooLarge(maxBytes: number): InputError {
  return badBody(`is longer than ${maxBytes} bytes`, 'send less')
}

function badBody(problem: string, fix: string): InputError {
  return new InputError([{ field: 'body', problem, fix }])
}
