import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScrubber } from './create-scrubber.js'
import { forgetSecrets } from './forget-secrets.js'
import { Secret } from './secret.js'

const canary = 'CANARY-9f2b/71+c0?d4&e5'

describe('Secret', () => {
  it('shows itself to reveal alone', () => {
    const secret = new Secret(canary)
    expect(secret.reveal()).toBe(canary)
    const shown = [
      String(secret),
      `${secret as unknown as string}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
      secret.toString(),
      new Error(`boom ${secret as unknown as string}`).message,
      Object.values(secret).join(),
      JSON.stringify(Object.getOwnPropertyDescriptors(secret)),
    ]
    for (const text of shown) expect(text).not.toContain('CANARY')
  })
})

describe('createScrubber', () => {
  const forms: readonly (readonly [string, (value: string) => string])[] = [
    ['raw', (value) => value],
    ['JSON', (value) => JSON.stringify({ a: value })],
    ['JSON in JSON', (value) => JSON.stringify(JSON.stringify({ a: value }))],
    ['URL', (value) => `https://x/?k=${encodeURIComponent(value)}`],
    ['hex', (value) => Buffer.from(value).toString('hex')],
    ['upper hex', (value) => Buffer.from(value).toString('hex').toUpperCase()],
  ]

  it.each(forms)('masks a registered value: %s', (_, form) => {
    const scrubber = createScrubber()
    scrubber.register(canary)
    expect(scrubber.scrub(`before ${form(canary)} after`)).not.toContain(form(canary).slice(6, 20))
  })

  it('masks any registered value in any form at any place', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' }),
        fc.string({ maxLength: 20 }),
        fc.constantFrom(...forms.map(([, form]) => form)),
        (secret, around, form) => {
          fc.pre(!secret.startsWith('-----'))
          const scrubber = createScrubber()
          scrubber.register(secret)
          const formed = form(secret)
          const hidden = formed.includes(secret) ? secret : formed
          expect(scrubber.scrub(`${around}${formed}${around}`)).not.toContain(hidden)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('masks the part of base64 that carries the value, whatever stands before it', () => {
    const scrubber = createScrubber()
    scrubber.register(canary)
    for (const before of ['', 'a', 'ab', 'abc', 'user:', 'longer text before ']) {
      const clean = scrubber.scrub(Buffer.from(`${before}${canary} and after`).toString('base64'))
      const decoded = Buffer.from(clean.replace('[redacted]', ''), 'base64').toString('latin1')
      expect(clean).toContain('[redacted]')
      expect(decoded).not.toContain('9f2b')
    }
  })

  it('masks every line of a PEM, also without its frame', () => {
    const scrubber = createScrubber()
    const line = 'MHcCAQEEIBJ8kq1exampleexampleexampleexampleexample'
    scrubber.register(`-----BEGIN EC PRIVATE KEY-----\n${line}\n-----END EC PRIVATE KEY-----\n`)
    expect(scrubber.scrub(`leak: ${line}`)).toBe('leak: [redacted]')
    expect(scrubber.scrub('-----BEGIN EC PRIVATE KEY-----\nunknown\n-----END EC PRIVATE KEY-----')).toBe('[redacted]')
  })

  it('leaves ordinary text and very short values alone', () => {
    const scrubber = createScrubber()
    scrubber.register('abc')
    expect(scrubber.scrub('abc BTC-USD 64000.01')).toBe('abc BTC-USD 64000.01')
  })
})

describe('forgetSecrets', () => {
  it('removes credentials and nothing else', () => {
    const env: Record<string, string | undefined> = {
      COINBASE_API_KEY: 'a',
      COINBASE_API_SECRET: 'b',
      COINBASE_API_PASSPHRASE: 'c',
      TIDEGATE_COINBASE_API_SECRET: 'd',
      TIDEGATE_HOME: '/h',
      PATH: '/bin',
    }
    forgetSecrets(env)
    expect(env).toEqual({ TIDEGATE_HOME: '/h', PATH: '/bin' })
  })
})
