import { ENDPOINTS, type EndpointName } from '@tidegate/coinbase-wire'
import { ConfigError, InvariantError, VenueError } from '@tidegate/trading-model'
import { createSwappableSigner, isSwappable } from '../auth/swappable-signer.js'
import type { CoinbaseClientOptions } from '../create-coinbase-client.js'
import { checkUrl } from '../http/check-url.js'
import { createHttpClient } from '../http/http-client.js'
import { createVenueClock } from '../http/venue-clock.js'
import { compareShape, type ShapeDifference } from './compare-shape.js'
import { type Known, LIVE_CHECKS } from './live-checks.js'
import { UNREAD_FIELDS } from './unread-fields.js'

/** One request of the check and what was found in its answer. */
export interface LiveCheckResult {
  readonly endpoint: EndpointName
  /** `same`, `different`, `failed` (no answer to compare), or `skipped` (nothing to ask for). */
  readonly verdict: 'same' | 'different' | 'failed' | 'skipped'
  readonly differences: readonly ShapeDifference[]
  /** Optional fields that were sent nowhere: worth a look, no difference. */
  readonly notes: readonly ShapeDifference[]
  /** Why it failed: code and sentence. */
  readonly error?: { readonly code: string; readonly message: string }
}

/** What the live interface says that our schemas do not, and the other way round. */
export interface LiveCheckReport {
  /** Every request was answered, and nothing differs. */
  readonly ok: boolean
  readonly startedAtMs: number
  readonly requests: number
  readonly differences: number
  readonly failed: number
  readonly results: readonly LiveCheckResult[]
}

export interface LiveCheckOptions extends CoinbaseClientOptions {
  /** The product to ask about. @default 'BTC-USD' */
  readonly productId?: string
}

const AS_IT_IS = { safeParse: (value: unknown) => ({ success: true as const, data: value }) }

/**
 * Asks the venue about everything that can be read, and reports every difference between its answers and our schemas. Sends
 * GET requests only; reports names and types of fields, no amounts and no ids.
 *
 * @throws {ConfigError} `ERR_CONFIG_MISSING` without a key or token; `ERR_CONFIG_INVALID` for an address that is not https.
 *
 * @example
 * const report = await runLiveCheck({ ...clientOptions, productId: 'BTC-USD' })
 * // { ok: false, differences: 1, results: [{ endpoint: 'listOrders', verdict: 'different', … }], … }
 */
export async function runLiveCheck(options: LiveCheckOptions): Promise<LiveCheckReport> {
  const { clock, signer } = options
  if (!signer && !options.tokens) {
    throw new ConfigError('ERR_CONFIG_MISSING', 'The live check needs an API key and none is configured', {
      hint: 'a key with the permission View is enough',
    })
  }
  const client = createHttpClient({
    ...options,
    signer: signer && (isSwappable(signer) ? signer : createSwappableSigner(signer)),
    origin: checkUrl(options.restUrl, ['https:', 'http:'], 'restUrl'),
    venueClock: createVenueClock(clock),
    measureClock: async () => {},
    timeoutMs: options.timeoutMs ?? 10_000,
    readAttempts: options.readAttempts ?? 3,
    backoff: options.backoff ?? { baseMs: 250, maxMs: 4_000 },
  })
  const startedAtMs = clock.nowMs()
  const known: Known = { productId: options.productId ?? 'BTC-USD', nowS: Math.floor(startedAtMs / 1000) }
  const results: LiveCheckResult[] = []
  for (const check of LIVE_CHECKS) {
    const { endpoint } = check
    const { method, effect } = ENDPOINTS[endpoint]
    if (method !== 'GET' || effect !== 'read') throw new InvariantError(`The live check must not call ${endpoint}`)
    const request = check.ask(known)
    if (!request) {
      results.push({ endpoint, verdict: 'skipped', differences: [], notes: [] })
      continue
    }
    try {
      const answer = await client.call(endpoint, { schema: AS_IT_IS, ...request })
      const found = compareShape(check.schema, answer, check.members, UNREAD_FIELDS[endpoint])
      const differences = found.filter(({ kind }) => kind !== 'absent-field')
      const notes = found.filter(({ kind }) => kind === 'absent-field')
      results.push({ endpoint, verdict: differences.length === 0 ? 'same' : 'different', differences, notes })
      check.learn?.(answer, known)
    } catch (error) {
      if (!(error instanceof VenueError)) throw error
      const { code, shortMessage } = error
      results.push({ endpoint, verdict: 'failed', differences: [], notes: [], error: { code, message: shortMessage } })
    }
  }
  const differences = results.reduce((sum, each) => sum + each.differences.length, 0)
  const failed = results.filter(({ verdict }) => verdict === 'failed').length
  const requests = results.filter(({ verdict }) => verdict !== 'skipped').length
  return { ok: differences === 0 && failed === 0, startedAtMs, requests, differences, failed, results }
}
