import type { IncomingMessage } from 'node:http'

export type BodyResult =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'none' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'bad_json' }

/** Reads a request body up to a limit and parses it. Nothing beyond the limit is buffered. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyResult> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return { kind: 'too_large' }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) return { kind: 'too_large' }
    chunks.push(chunk)
  }
  if (size === 0) return { kind: 'none' }
  try {
    return { kind: 'json', value: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown }
  } catch {
    return { kind: 'bad_json' }
  }
}
