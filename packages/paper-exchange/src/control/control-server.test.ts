/* oxlint-disable no-restricted-globals -- speaks to the control endpoint from outside */
import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange, type PaperExchangeOptions } from '../create-paper-exchange.js'
import { handPrices } from '../testing/hand-prices.js'
import { testClient } from '../testing/test-client.js'

const open: PaperExchange[] = []

afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

async function start(options: PaperExchangeOptions = {}) {
  const time = new FakeTime()
  const exchange = await createPaperExchange({
    clock: time,
    timers: time,
    log: new MemoryLog(),
    prices: handPrices().source,
    rateLimits: 'off',
    controlPort: 0,
    ...options,
  })
  open.push(exchange)
  const send = async (method: string, path: string, body?: unknown, token = exchange.control?.token) => {
    const response = await fetch(`${exchange.control?.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }
  return { exchange, time, send, client: testClient(exchange, () => time.nowMs()) }
}

describe('the control endpoint', () => {
  it('is closed unless it was asked for', async () => {
    const exchange = await createPaperExchange({ prices: handPrices().source })
    open.push(exchange)
    expect(exchange.control).toBeUndefined()
  })

  it('does nothing without its token', async () => {
    const { exchange, send } = await start()
    const answer = await send('POST', '/faults', { kind: 'http-401' }, 'guessed')
    expect(answer.status).toBe(401)
    expect(exchange.faults.pending()).toEqual([])
  })

  it('takes a fault, a list and a script', async () => {
    const { send, client } = await start()
    await send('POST', '/faults', { kind: 'http-401', verb: 'list-accounts' })
    await send('POST', '/faults', [{ kind: 'http-503-html', verb: 'list-accounts' }])
    const answer = await send('POST', '/faults', { faults: [{ kind: 'http-429-html', verb: 'list-accounts' }] })
    expect(answer.json['pending']).toHaveLength(3)
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) statuses.push((await client.get('/accounts')).status)
    expect(statuses).toEqual([401, 503, 429, 200])
    expect((await send('GET', '/faults')).json).toEqual({
      pending: [],
      struck: ['http-401', 'http-503-html', 'http-429-html'],
    })
  })

  it('says what is wrong with a fault that is none, and takes nothing of it', async () => {
    const { exchange, send } = await start()
    for (const body of [{ kind: 'earthquake' }, [{ kind: 'http-401' }, { kind: 'stall', verb: 'x' }], 'no json']) {
      const answer = await send('POST', '/faults', body)
      expect([answer.status, answer.json['code']]).toEqual([400, 'ERR_INPUT_INVALID'])
    }
    expect(exchange.faults.pending()).toEqual([])
    expect((await send('POST', '/nowhere')).status).toBe(404)
  })

  it('steps a stepped clock, and only that', async () => {
    const stepped = await start({ pace: { kind: 'stepped' } })
    const before = stepped.exchange.clock.nowMs()
    expect((await stepped.send('POST', '/clock', { advance_ms: 90_000 })).json['now_ms']).toBe(before + 90_000)
    const real = await start()
    expect((await real.send('POST', '/clock', { advance_ms: 90_000 })).status).toBe(400)
  })

  it('undoes all faults on reset', async () => {
    const { exchange, send, client, time } = await start()
    await send('POST', '/faults', [
      { kind: 'key-permission', permission: 'view' },
      { kind: 'delay', verb: 'any' },
    ])
    await send('POST', '/clock', { skew_ms: 1_000_000 })
    const answer = await send('POST', '/reset')
    expect(answer.json).toMatchObject({ pending: [], skew_ms: 0, now_ms: time.nowMs() })
    expect(exchange.clock.skewMs).toBe(0)
    expect((await client.get('/accounts')).status).toBe(200)
  })
})
