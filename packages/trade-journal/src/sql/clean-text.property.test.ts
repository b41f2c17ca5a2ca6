import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tempStore } from '../../test/temp-store.js'
import { cleanText } from './clean-text.js'

describe('cleanText', () => {
  it('changes nothing twice, and leaves no NUL and no lone surrogate', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanText(text)
        expect(cleanText(clean)).toBe(clean)
        expect(clean).not.toContain('\0')
        expect(Buffer.from(clean, 'utf8').toString('utf8')).toBe(clean)
      }),
    )
  })

  it('leaves ordinary text alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\0'))
        expect(cleanText(text)).toBe(text)
      }),
    )
    expect(cleanText('a\0b\uD800c😀')).toBe('a\uFFFDb\uFFFDc😀')
  })

  it('is what the database gives back, byte for byte, for any text', () => {
    const store = tempStore()
    store.raw((file) => {
      file.exec('create table words (word text not null) strict; pragma synchronous = off')
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          file.run('delete from words', [])
          file.run('insert into words values (?)', [cleanText(text)])
          expect(file.all('select word from words', [])[0]?.['word']).toBe(cleanText(text))
        }),
      )
    })
    store.remove()
  })
})
