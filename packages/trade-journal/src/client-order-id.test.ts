import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientOrderId } from './client-order-id.js'

const secret = 'ab'.repeat(32)
const wish = { account: 'a', principal: 'p', key: 'k', intentId: 'i' }

describe('clientOrderId', () => {
  it('never changes for the same wish: this one is written down', () => {
    expect(clientOrderId(secret, 'paper', wish)).toBe('a5aae97d-8d17-4af7-93b5-a37dc174e805')
  })

  it('differs by deployment and environment', () => {
    const ids = [
      clientOrderId(secret, 'paper', wish),
      clientOrderId('cd'.repeat(32), 'paper', wish),
      clientOrderId(secret, 'production', wish),
    ]
    expect(new Set(ids).size).toBe(3)
  })

  it('is a v4 UUID for any names, and no two namings run together', () => {
    const name = fc.string({ unit: 'binary', maxLength: 5 })
    fc.assert(
      fc.property(name, name, name, name, (account, principal, key, intentId) => {
        const id = clientOrderId(secret, 'paper', { account, principal, key, intentId })
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect(clientOrderId(secret, 'paper', { account, principal, intentId: key })).not.toBe(id)
        fc.pre(principal !== '')
        const shifted = { account: account + principal[0], principal: principal.slice(1), key, intentId }
        expect(clientOrderId(secret, 'paper', shifted)).not.toBe(id)
      }),
    )
  })
})
