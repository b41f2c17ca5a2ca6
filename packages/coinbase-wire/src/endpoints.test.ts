import { describe, expect, it } from 'vitest'
import { ENDPOINTS, type Endpoint, type EndpointName, endpointPath, matchEndpoint } from './index.js'

describe('the endpoint table', () => {
  it('finds each request by the path it builds', () => {
    for (const name of Object.keys(ENDPOINTS) as EndpointName[]) {
      const keys = [...ENDPOINTS[name].path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
      const parameters = Object.fromEntries(keys.map((key, index) => [key, ['a b', 'x/y', '../orders'][index] ?? 'z']))
      const path = endpointPath(name, parameters)
      expect(path.split('/')).toHaveLength(ENDPOINTS[name].path.split('/').length)
      expect(matchEndpoint(ENDPOINTS[name].method, path)?.name).toBe(name)
    }
  })

  it('takes batch and fills for themselves, not for order ids', () => {
    expect(matchEndpoint('GET', '/api/v3/brokerage/orders/historical/batch')?.name).toBe('listOrders')
    expect(matchEndpoint('GET', '/api/v3/brokerage/orders/historical/fills')?.name).toBe('listFills')
    expect(matchEndpoint('GET', '/api/v3/brokerage/orders/historical/abc')).toEqual({
      name: 'getOrder',
      parameters: { order_id: 'abc' },
    })
  })

  it('knows neither other methods, nor other paths, nor broken escapes', () => {
    expect(matchEndpoint('DELETE', '/api/v3/brokerage/accounts')).toBeUndefined()
    expect(matchEndpoint('GET', '/api/v3/brokerage/accounts/')).toBeUndefined()
    expect(matchEndpoint('GET', '/api/v3/brokerage/products/%E0%A4%A')).toBeUndefined()
  })

  it('refuses to build a path from a missing, empty or dot segment', () => {
    for (const order_id of ['', '.', '..']) expect(() => endpointPath('getOrder', { order_id })).toThrow(RangeError)
    expect(() => endpointPath('getOrder')).toThrow(RangeError)
  })

  it('marks exactly the requests that may create or change an order as order commands', () => {
    const commands = Object.entries(ENDPOINTS).filter(([, endpoint]) => endpoint.isOrderCommand)
    expect(commands.map(([name]) => name)).toEqual(['createOrder', 'editOrder', 'closePosition'])
  })

  it('calls nothing a read that writes, except previews and quotes, and asks for a permission to move money', () => {
    const entries = Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]
    const readingPosts = entries.filter(([, { method, effect }]) => method !== 'GET' && effect === 'read')
    expect(readingPosts.map(([name]) => name)).toEqual(['previewOrder', 'previewEdit', 'createConvertQuote'])
    expect(entries.filter(([, { method, effect }]) => method === 'GET' && effect !== 'read')).toEqual([])
    const transfers = entries.filter(([, { permission }]) => permission === 'transfer').map(([name]) => name)
    expect(transfers).toEqual([
      'moveFunds',
      'scheduleFuturesSweep',
      'cancelFuturesSweep',
      'allocatePortfolio',
      'sendV2Money',
      'createV2Deposit',
      'commitV2Deposit',
      'createV2Withdrawal',
      'commitV2Withdrawal',
      'createV2Address',
    ])
  })
})
