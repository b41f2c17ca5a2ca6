import { parseVenueJson, readErrorBody, type WireErrorBody } from '@tidegate/coinbase-wire'

/** What an answer's text turned out to be. */
export type ReadBody =
  | { readonly kind: 'json'; readonly value: unknown; readonly error: WireErrorBody | undefined }
  | { readonly kind: 'html' | 'text' | 'empty'; readonly excerpt: string }

/** Looks at a body as text first and only then as JSON, so that a page of HTML cannot hide the status it came with. */
export function readBody(body: string): ReadBody {
  const trimmed = body.trim()
  if (trimmed === '') return { kind: 'empty', excerpt: 'no body' }
  if (!trimmed.startsWith('<')) {
    try {
      const value = parseVenueJson(trimmed)
      return {
        kind: 'json',
        value,
        // Asked for only when the answer is no success.
        get error() {
          return readErrorBody(value)
        },
      }
    } catch {
      return { kind: 'text', excerpt: excerptOf(trimmed) }
    }
  }
  const title = /<title[^>]*>([\s\S]*?)<\/title>/i.exec(trimmed)?.[1]
  return { kind: 'html', excerpt: `an HTML page${title ? ` (${excerptOf(title)})` : ''}` }
}

/** The answer in a few words, for messages; venue text, so untrusted. */
export function describeBody(body: ReadBody): string {
  if (body.kind !== 'json') return body.excerpt
  const { error, message } = body.error ?? {}
  return error || message ? excerptOf([error, message].filter(Boolean).join(': ')) : 'JSON without an error'
}

function excerptOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 160 ? `${line.slice(0, 160)}…` : line
}
