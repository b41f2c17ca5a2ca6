import { describe, expect, it } from 'vitest'
import { clientOptions, memoryHttp, openBudget } from '../../test-support/runtime.js'
import { createCoinbaseClient } from '../index.js'
import { rateLimitPauseMs } from './rate-limit-headers.js'

const NOW_MS = 1_795_000_000_000

describe('rateLimitPauseMs', () => {
  it.each<[string, string | undefined, string | undefined, number | undefined]>([
    ['nothing said', undefined, '5', undefined],
    ['something left', '1', '5', undefined],
    ['a word', 'none', '5', undefined],
    ['nothing left, no reset', '0', undefined, 1_000],
    ['nothing left, reset unreadable', '0', 'soon', 1_000],
    ['nothing left, a span of seconds', '0', '5', 5_000],
    ['nothing left, reset at once', '0', '0', 1_000],
    ['nothing left, a moment in seconds', '0', String(NOW_MS / 1_000 + 7), 7_000],
    ['nothing left, a moment in ms', '0', String(NOW_MS + 3_000), 3_000],
    ['nothing left, a moment long past', '0', String(NOW_MS / 1_000 - 100), 1_000],
    ['nothing left, absurdly long', '0', '86400', 60_000],
  ])('%s', (_what, remaining, reset, expected) => {
    const headers = {
      ...(remaining === undefined ? {} : { 'x-ratelimit-remaining': remaining }),
      ...(reset === undefined ? {} : { 'x-ratelimit-reset': reset }),
    }
    expect(rateLimitPauseMs(headers, NOW_MS)).toBe(expected)
  })

  it('holds back the bucket of the request, on failures too', async () => {
    const budget = openBudget()
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2' }
    const http = memoryHttp((_request, path) =>
      path.endsWith('/accounts')
        ? { status: 404, body: '{"error":"NOT_FOUND"}', headers }
        : { status: 200, body: '{}', headers },
    )
    const client = createCoinbaseClient(clientOptions(http, { budget, readAttempts: 1 }))
    await client.listAccounts().catch(() => {})
    await client.getServerTime().catch(() => {})
    expect(budget.pauses).toEqual([
      ['private', 2_000],
      ['public', 2_000],
    ])
  })
})
