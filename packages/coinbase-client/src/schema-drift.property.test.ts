import { ENDPOINTS, type EndpointName } from '@tidegate/coinbase-wire'
import { VenueError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endpointSamples } from '../test-support/endpoint-samples.js'
import { clientOptions, json, memoryHttp } from '../test-support/runtime.js'
import { createCoinbaseClient } from './index.js'

const names = Object.keys(ENDPOINTS) as EndpointName[]

/** Every place in an answer, as the keys that lead to it. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, field]) => places(field, [...path, key]))]
}

/** The answer with something else at one place; `undefined` takes the place away. */
function replaced(value: unknown, [key, ...rest]: readonly string[], junk: unknown): unknown {
  if (key === undefined) return junk
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = replaced(copy[key], rest, junk)
  return copy
}

const junk = fc.constantFrom<unknown[]>(
  undefined,
  null,
  '',
  'A_WORD_OF_TOMORROW',
  '-1',
  '1e400',
  'NaN',
  '0001-01-01T00:00:00Z',
  0,
  1e300,
  -5.5,
  true,
  false,
  [],
  [null],
  [[]],
  {},
  { value: 'x', currency: 5 },
  { deep: { deeper: { deepest: '1' } } },
)

describe('an answer that drifted from its description', () => {
  it.each(names)('%s: is read or is an error with a code; never a crash, never a refusal nobody gave', async (name) => {
    const sample = endpointSamples[name]
    const all = places(sample.answer)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...all), junk), { minLength: 1, maxLength: 3 }),
        async (drift) => {
          let answer = sample.answer
          for (const [path, thing] of drift) {
            // An earlier change may have taken the place away.
            if (path.slice(0, -1).every((_key, depth) => has(answer, path.slice(0, depth + 1)))) {
              answer = replaced(answer, path, thing)
            }
          }
          const http = memoryHttp(() => json(answer ?? null))
          const keyless = sample.keyless ? { signer: undefined } : {}
          const client = createCoinbaseClient({ ...clientOptions(http), ...keyless, readAttempts: 1 })
          const error: unknown = await sample.call(client).then(
            () => undefined,
            (thrown: unknown) => thrown,
          )
          if (error === undefined) return
          expect(error).toBeInstanceOf(VenueError)
          expect((error as VenueError).code).not.toBe('ERR_VENUE_REJECTED')
          if (ENDPOINTS[name].effect !== 'read') expect((error as VenueError).outcome).toBe('unknown')
        },
      ),
      { numRuns: 60 },
    )
  })
})

function has(value: unknown, path: readonly string[]): boolean {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !(key in at)) return false
    at = (at as Record<string, unknown>)[key]
  }
  return typeof at === 'object' && at !== null
}
