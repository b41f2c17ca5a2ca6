import { describe, expect, it } from 'vitest'
import { suggest } from './suggest.js'

describe('suggest', () => {
  const known = ['port', 'host', 'products', 'control-port']

  it('finds the name that was meant', () => {
    expect(suggest('prot', known)).toBe('port')
    expect(suggest('PORT', known)).toBe('port')
    expect(suggest('controlport', known)).toBe('control-port')
    expect(suggest('product', known)).toBe('products')
  })

  it('stays silent when nothing is near', () => {
    expect(suggest('umbrella', known)).toBeUndefined()
    expect(suggest('x', [])).toBeUndefined()
  })
})
