import { ENDPOINTS } from '@tidegate/coinbase-wire'
import { describe, expect, it } from 'vitest'
import { matchRoutes } from '../match-route.js'
import { allRoutes } from './all-routes.js'

const find = matchRoutes(allRoutes)

describe('the routes', () => {
  it.each(Object.entries(ENDPOINTS))('serve %s, to keys that may call it', (_name, endpoint) => {
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_whole, key: string) => (key === 'price_type' ? 'spot' : 'x'))
    const found = find(endpoint.method, path)
    expect(found, `${endpoint.method} ${endpoint.path}`).toBeDefined()
    const placeholders = endpoint.path.match(/\{/g)?.length ?? 0
    expect(Object.keys(found?.parameters ?? {})).toHaveLength(placeholders)
    const permission = 'permission' in endpoint ? endpoint.permission : undefined
    if (permission !== undefined) expect(found?.route.access).toBe(permission)
  })

  it('have a verb each, so that a fault can be aimed', () => {
    const verbs = new Map<string, string>()
    for (const { verb, path } of allRoutes) {
      const plain = path.replace('/market/', '/')
      expect(verbs.get(verb) ?? plain, verb).toBe(plain)
      verbs.set(verb, plain)
    }
  })
})
