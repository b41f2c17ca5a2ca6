import type { HttpRequest, Signer } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { type Answer, clientOptions, json, makeKey, memoryHttp, readJwt, timeBody } from '../../test-support/runtime.js'
import { createCoinbaseClient, createSwappableSigner } from '../index.js'

const named = (keyName: string): Signer => ({ ...makeKey().signer, keyName })
const keyOf = (request: HttpRequest) =>
  readJwt((request.headers['authorization'] ?? '').replace('Bearer ', '')).claims['sub'] as string
const permissions = (change: object = {}) =>
  json({
    can_view: true,
    can_trade: true,
    can_transfer: false,
    portfolio_uuid: 'p1',
    portfolio_type: 'DEFAULT',
    ...change,
  })

function start(permissionsOf: (key: string) => Answer, other: () => Answer | Promise<Answer> = () => json({})) {
  const old = named('old')
  const signer = createSwappableSigner(old)
  const http = memoryHttp((request, path) => {
    if (path.endsWith('/time')) return json(timeBody(Date.now()))
    return path.endsWith('/key_permissions') ? permissionsOf(keyOf(request)) : other()
  })
  return { http, old, signer, client: createCoinbaseClient(clientOptions(http, { signer, readAttempts: 1 })) }
}
const unauthorized: Answer = { status: 401, body: 'Unauthorized' }
const accounts = json({ accounts: [], has_next: false, cursor: '' })

describe('swapping the key', () => {
  it('asks the venue about the new key first, with the new key, and signs with it afterwards', async () => {
    const { client, http, signer } = start(
      () => permissions(),
      () => accounts,
    )
    const next = named('new')
    expect(await client.swapKey(next)).toMatchObject({ canTrade: true, portfolioId: 'p1' })
    await client.listAccounts()
    expect(http.requests.map(keyOf)).toEqual(['new', 'old', 'new'])
    expect(signer.keyName).toBe('new')
  })

  it('lets requests under way end with the key they began with, and waits for them', async () => {
    let answer = (_value: Answer) => {}
    const { client, http, signer } = start(
      () => permissions(),
      () =>
        new Promise<Answer>((resolve) => {
          answer = resolve
        }),
    )
    const reading = client.listAccounts()
    let isDone = false
    const swapping = client.swapKey(named('new')).then(() => {
      isDone = true
    })
    while (signer.keyName === 'old') await new Promise((resolve) => setImmediate(resolve))
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(isDone).toBe(false)
    answer(accounts)
    await reading
    await swapping
    expect(http.requests.filter((request) => request.url.includes('/accounts')).map(keyOf)).toEqual(['old'])
  })

  it.each<[string, (key: string) => Answer, string]>([
    ['the venue does not accept it', (key) => (key === 'new' ? unauthorized : permissions()), 'ERR_VENUE_AUTH'],
    ['the venue cannot be asked', () => ({ status: 503, body: '<html>' }), 'ERR_VENUE_PROTOCOL'],
    ['it cannot view', () => permissions({ can_view: false }), 'ERR_CONFIG_INVALID'],
    [
      'it belongs to another portfolio',
      (key) => permissions({ portfolio_uuid: key === 'new' ? 'p2' : 'p1' }),
      'ERR_CONFIG_INVALID',
    ],
    ['it lost trading', (key) => permissions({ can_trade: key === 'old' }), 'ERR_CONFIG_INVALID'],
    ['it gained transfers', (key) => permissions({ can_transfer: key === 'new' }), 'ERR_CONFIG_INVALID'],
    [
      'the old one cannot be asked',
      (key) => (key === 'old' ? { status: 500, body: '' } : permissions()),
      'ERR_VENUE_PROTOCOL',
    ],
  ])('leaves the old key in force when %s', async (_why, permissionsOf, code) => {
    const { client, signer, old } = start(permissionsOf)
    await expect(client.swapKey(named('new'))).rejects.toMatchObject({ code })
    expect(signer.current()).toBe(old)
  })

  it('goes ahead when the venue no longer knows the old key: that is what swaps are for', async () => {
    const { client, signer } = start((key) => (key === 'old' ? unauthorized : permissions()))
    await client.swapKey(named('new'))
    expect(signer.keyName).toBe('new')
  })

  it('works with a plain signer, and refuses without one', async () => {
    const http = memoryHttp((_request, path) => (path.endsWith('/accounts') ? accounts : permissions()))
    const client = createCoinbaseClient(clientOptions(http))
    await client.swapKey(named('new'))
    await client.listAccounts()
    expect(http.requests.map(keyOf).at(-1)).toBe('new')
    const keyless = createCoinbaseClient(clientOptions(http, { signer: undefined }))
    await expect(keyless.swapKey(named('new'))).rejects.toMatchObject({ code: 'ERR_CONFIG_MISSING' })
  })
})
