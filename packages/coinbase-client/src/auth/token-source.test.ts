import { describe, expect, it } from 'vitest'
import { clientOptions, json, makeKey, memoryHttp, timeBody } from '../../test-support/runtime.js'
import { createCoinbaseClient, type TokenSource } from '../index.js'

const accounts = json({ accounts: [], has_next: false, cursor: '' })

function start(tokens: TokenSource, accept: (bearer: string) => boolean = () => true) {
  const http = memoryHttp((request, path) => {
    if (path.endsWith('/time')) return json(timeBody(Date.now()))
    return accept(request.headers['authorization'] ?? '') ? accounts : { status: 401, body: 'Unauthorized' }
  })
  return { http, client: createCoinbaseClient(clientOptions(http, { tokens, signer: makeKey().signer })) }
}

describe('an OAuth token source', () => {
  it('is asked for every request, and used instead of the key', async () => {
    let count = 0
    const { http, client } = start({ token: async () => `access-${++count}` })
    await client.listAccounts()
    await client.listAccounts()
    expect(http.requests.map((request) => request.headers['authorization'])).toEqual([
      'Bearer access-1',
      'Bearer access-2',
    ])
  })

  it('is told which token was refused, once, so that it can renew it', async () => {
    const refusals: (string | undefined)[] = []
    const { client } = start(
      {
        token: async (refused) => {
          refusals.push(refused)
          return refused === undefined ? 'stale' : 'fresh'
        },
      },
      (bearer) => bearer === 'Bearer fresh',
    )
    await client.listAccounts()
    expect(refusals).toEqual([undefined, 'stale'])
  })

  it('is not used for public data', async () => {
    const { http, client } = start({ token: async () => 'secret' })
    await client.getServerTime()
    expect(http.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it.each(['', 'two words', 'a\r\nx-injected: 1', 'ü'])('that gives %j sends nothing', async (token) => {
    const { http, client } = start({ token: async () => token })
    await expect(client.listAccounts()).rejects.toMatchObject({ code: 'ERR_VENUE_NOT_SENT', outcome: 'not-applied' })
    expect(http.requests).toEqual([])
  })

  it('is asked before the order is taken out of its ticket, because it can take its time', async () => {
    const steps: string[] = []
    const { client } = start({
      token: async () => {
        steps.push('token')
        return 'access'
      },
    })
    const order = () => {
      steps.push('order')
      throw new Error('stop here')
    }
    await expect(client.createOrder(order)).rejects.toThrow('stop here')
    expect(steps).toEqual(['token', 'order'])
  })
})
