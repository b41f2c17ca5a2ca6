import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { type HttpRequest, type HttpResponse, type HttpTransport, TransportError } from '@tidegate/trading-model'
import axios from 'axios'

export interface AxiosTransportOptions {
  /** Largest answer in bytes. @default 33554432 (32 MiB) */
  readonly maxBodyBytes?: number
  /** PEM of an additional authority, for a venue on a private certificate. */
  readonly certificateAuthority?: string
}

/**
 * Sends HTTP requests through axios over keep-alive connections. Once each: no redirects, no retries, no proxy from the
 * environment. Every status is a response; the body stays text.
 *
 * @throws {TransportError} with `sent: false` only where no connection ever stood; a timeout counts as sent.
 */
export function createAxiosTransport(options: AxiosTransportOptions = {}): HttpTransport & { close(): void } {
  const httpAgent = new HttpAgent({ keepAlive: true })
  const httpsAgent = new HttpsAgent({ keepAlive: true, ca: options.certificateAuthority })
  const client = axios.create({
    adapter: 'http',
    httpAgent,
    httpsAgent,
    proxy: false,
    maxRedirects: 0,
    maxContentLength: options.maxBodyBytes ?? 32 * 1024 * 1024,
    responseType: 'text',
    transformResponse: (body: unknown) => body,
    validateStatus: () => true,
  })
  return {
    send: async (request) => {
      try {
        return await send(client, request)
      } catch (error) {
        // Not the axios error itself: its config carries the Authorization header.
        throw new TransportError(describe(error), !neverConnected(error), { cause: (error as Error).cause })
      }
    },
    close: () => {
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}

async function send(client: ReturnType<typeof axios.create>, request: HttpRequest): Promise<HttpResponse> {
  const response = await client.request<string>({
    method: request.method,
    url: request.url,
    headers: { ...request.headers },
    ...(request.body === undefined ? {} : { data: request.body }),
    // The signal bounds the whole exchange; axios' own timeout starts anew with every byte.
    signal: AbortSignal.timeout(request.timeoutMs),
  })
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) headers[name.toLowerCase()] = String(value)
  return { status: response.status, headers, body: response.data ?? '' }
}

function neverConnected(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false
  const { syscall, errors, cause } = error as { syscall?: string; errors?: unknown[]; cause?: unknown }
  if (Array.isArray(errors) && errors.length > 0) return errors.every((each) => neverConnected(each, depth + 1))
  return syscall === 'connect' || syscall === 'getaddrinfo' || neverConnected(cause, depth + 1)
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return code === 'ERR_CANCELED' ? 'no answer in time' : `${code ?? 'transport failure'}: ${message ?? ''}`.trim()
}
