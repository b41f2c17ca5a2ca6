import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as model from '../index.js'

const secretPem = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIabcdef\n-----END EC PRIVATE KEY-----'
const secretJwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJvcmdhbml6YXRpb25zIn0.c2lnbmF0dXJl'

describe('errors', () => {
  it('carry a code that stands in the table, a cure, and a brand that survives copies', () => {
    const error = new model.VenueRejectedError('No funds', 'INSUFFICIENT_FUND', { endpoint: 'POST /orders' })
    expect(model.errorCodes).toHaveProperty(error.code)
    expect(error.outcome).toBe('not-applied')
    expect(model.BaseError.isInstance(error)).toBe(true)
    expect(model.BaseError.isInstance(new Error('x'))).toBe(false)
    expect(model.BaseError.isInstance({ [Symbol.for('tidegate.error')]: true })).toBe(true)
  })

  it('say of every code what it means, what to do, and whether to send again', () => {
    for (const entry of [...Object.values(model.errorCodes), ...Object.values(model.denialCodes)]) {
      expect(entry.meaning.length).toBeGreaterThan(8)
      expect(entry.advice.length).toBeGreaterThan(8)
      expect(entry.httpStatus).toBeGreaterThanOrEqual(200)
    }
  })

  it('keep the four public names of the specification', () => {
    for (const code of ['INSUFFICIENT_FUNDS', 'INVALID_ORDER_SIZE', 'PRODUCT_NOT_FOUND', 'ORDER_NOT_FOUND']) {
      expect(model.denialCodes).toHaveProperty(code)
    }
  })

  it('are all branded and coded', () => {
    const classes = Object.entries(model).filter(
      ([name, value]) => name.endsWith('Error') && typeof value === 'function',
    )
    expect(classes.length).toBeGreaterThan(14)
    for (const [name, value] of classes) {
      if (name === 'TransportError') continue
      expect((value as { prototype: object }).prototype instanceof model.BaseError || name === 'BaseError', name).toBe(
        true,
      )
    }
  })

  it('let no key material out, wherever it hides', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(secretPem, secretJwt, `Bearer ${secretJwt}`),
        fc.constantFrom('note', 'body', 'list', 'deep', 'apiSecret'),
        (secret, place) => {
          const context =
            place === 'list'
              ? { list: [secret] }
              : place === 'deep'
                ? { a: { b: { c: secret } } }
                : { [place]: `x ${secret} y` }
          const error = new model.VenueAuthError('Not accepted', {
            endpoint: 'GET /accounts',
            context,
            cause: new Error(secret),
          })
          const text = JSON.stringify(error)
          expect(text).not.toContain('MHcCAQEE')
          expect(text).not.toContain('c2lnbmF0dXJl')
        },
      ),
    )
    expect(inspect(model.redact({ token: 'abc', tokenCount: 3, ok: true }))).not.toContain('abc')
  })

  it('walk down to the innermost cause', () => {
    const root = new Error('root')
    const error = new model.ConfigError('ERR_CONFIG_INVALID', 'outer', { cause: new Error('middle', { cause: root }) })
    expect(error.walk()).toBe(root)
    expect(error.walk((item) => item instanceof Error && item.message === 'middle')).toBeInstanceOf(Error)
  })
})
