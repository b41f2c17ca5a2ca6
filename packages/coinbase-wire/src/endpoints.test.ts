import { describe, expect, it } from 'vitest'
import { ENDPOINTS, type EndpointName, endpointPath, matchEndpoint } from './index.js'

describe('the endpoint table', () => {
  it('finds each request by the path it builds', () => {
    for (const name of Object.keys(ENDPOINTS) as EndpointName[]) {
      const parameters = { account_uuid: 'a b', account_id: 'x/y', product_id: 'BTC-USD', order_id: '../orders' }
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

  it('marks exactly the creating request as an order command', () => {
    const commands = Object.entries(ENDPOINTS).filter(([, endpoint]) => endpoint.isOrderCommand)
    expect(commands.map(([name]) => name)).toEqual(['createOrder'])
  })
})
