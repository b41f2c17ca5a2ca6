import { describe, expect, it } from 'vitest'
import { listOrdersResponseSchema, orderSchema, parseVenueJson, priceLevelSchema, productSchema } from './index.js'

const order = { order_id: 'o', client_order_id: '', product_id: 'BTC-USD', side: 'BUY', status: 'OPEN' }

describe('unknown values', () => {
  it('reads "", null and a missing number as unknown, never as zero', () => {
    for (const filled_size of ['', null, undefined]) {
      expect(orderSchema.parse({ ...order, filled_size }).filled_size).toBeUndefined()
    }
    expect(orderSchema.parse(order).filled_size).toBeUndefined()
    expect(orderSchema.parse({ ...order, filled_size: '0' }).filled_size).toBe('0')
  })

  it('passes unknown members of an enumeration as text', () => {
    expect(orderSchema.parse({ ...order, status: 'SOMETHING_NEW' }).status).toBe('SOMETHING_NEW')
  })

  it('keeps unknown keys of a resource as data', () => {
    expect(orderSchema.parse({ ...order, brand_new: { a: 1 } })).toHaveProperty('brand_new', { a: 1 })
  })

  it('drops unknown keys of book levels, of which there are thousands', () => {
    expect(priceLevelSchema.parse({ price: '1', size: '2', orders: '3' })).toEqual({ price: '1', size: '2' })
  })

  it('refuses an answer whose list is missing, and takes null for the empty list', () => {
    expect(listOrdersResponseSchema.safeParse({}).success).toBe(false)
    expect(listOrdersResponseSchema.safeParse({ error: 'unknown' }).success).toBe(false)
    expect(listOrdersResponseSchema.parse({ orders: null, has_next: false }).orders).toEqual([])
  })

  it('reads booleans in every spelling and leaves nonsense unknown', () => {
    const read = (post_only: unknown) => productSchema.parse({ product_id: 'X', post_only }).post_only
    expect([true, 'true', 'True', false, 'False', '', null, 'maybe'].map(read)).toEqual([
      true,
      true,
      true,
      false,
      false,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('parseVenueJson', () => {
  it('keeps digits that a float would lose', () => {
    expect(parseVenueJson('{"a":12345678901234567890.12,"b":0.1,"c":1e-7,"d":-0,"e":[1,2]}')).toEqual({
      a: '12345678901234567890.12',
      b: '0.1',
      c: '0.0000001',
      d: '-0',
      e: ['1', '2'],
    })
  })

  it('does not touch digits inside text, keys or escapes', () => {
    expect(parseVenueJson('{"1":"a 2 \\" 3","b":true,"c":null}')).toEqual({ '1': 'a 2 " 3', b: true, c: null })
  })

  it('finds the one number among text, however deep it is, and leaves a body without any as it is', () => {
    const deep = (inner: string) => `${'[{"a":'.repeat(2_000)}${inner}${'}]'.repeat(2_000)}`
    expect(JSON.stringify(parseVenueJson(deep('1.10')))).toBe(deep('"1.10"'))
    expect(JSON.stringify(parseVenueJson(deep('"1.10"')))).toBe(deep('"1.10"'))
    expect(parseVenueJson('{"at":"12:00:00","a":2.50,"a":"x"}')).toEqual({ at: '12:00:00', a: 'x' })
  })

  it('refuses what JSON.parse refuses', () => {
    for (const body of ['', '{"a":01}', '{"a":1', '<html>', 'Unauthorized']) {
      expect(() => parseVenueJson(body)).toThrow(SyntaxError)
    }
  })
})
