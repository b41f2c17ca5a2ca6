import { FakeTime, MemoryLog } from '@tidegate/testkit'
import { BaseError, InputError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeFill, fakeIntent } from '../../test-support/fake-world.js'
import { fakeWorld, TRADER } from '../../test-support/fake-world-surface.js'
import { resources } from './list.js'
import { matchResource } from './parse-uri.js'
import type { ResourceDefinition } from './resource.js'

const cursor = Buffer.from(`${Date.UTC(2026, 10, 24, 11, 0, 0)} intent-2`).toString('base64url')
const fillCursor = Buffer.from(`${Date.UTC(2026, 10, 24, 11, 0, 1)} venue-1/trade-2`).toString('base64url')

/** A good value for every query parameter and path variable. */
const goodValue = (resource: ResourceDefinition, name: string): string =>
  ({
    granularity: '5m',
    count: '7',
    start: '2026-11-01T00:00:00Z',
    end: '2026-11-24T12:00:00+00:00',
    product: 'BTC-USD',
    status: 'OPEN',
    cursor: resource.name === 'fills' ? fillCursor : cursor,
    product_id: 'BTC-USD',
    order_id: 'venue-1',
  })[name] ?? ''

function world() {
  const built = fakeWorld({ time: new FakeTime(), log: new MemoryLog() })
  built.desk.intents = [
    fakeIntent(),
    fakeIntent({ intentId: 'intent-2', venueOrderId: 'venue-2' }),
    fakeIntent({ intentId: 'intent-3', venueOrderId: 'venue-3', createdAtMs: Date.UTC(2026, 10, 20) }),
  ]
  built.desk.fillsKept = [fakeFill(), fakeFill({ tradeId: 'trade-2' }), fakeFill({ tradeId: 'trade-0' })]
  return built
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield []
  for (const [index, item] of items.entries()) {
    for (const rest of permutations(items.filter((_, other) => other !== index))) yield [item, ...rest]
  }
}

function* subsets<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let mask = 0; mask < 2 ** items.length; mask++) yield items.filter((_, index) => (mask >> index) & 1)
}

const pathOf = (resource: ResourceDefinition): string =>
  resource.path.replace(/\{(\w+)\}/g, (_, name: string) => goodValue(resource, name))

describe('every resource', () => {
  it('is one of the twelve of the specification', () => {
    expect(resources.map((resource) => resource.path).sort()).toEqual(
      [
        'account://balances',
        'account://positions',
        'account://profile',
        'market://ticker/{product_id}',
        'market://orderbook/{product_id}',
        'market://candles/{product_id}',
        'market://products',
        'order://active',
        'order://history',
        'order://status/{order_id}',
        'history://fills',
        'history://transfers',
      ].sort(),
    )
  })

  for (const resource of resources) {
    it(`${resource.path} answers the same to every order of every subset of its query parameters`, async () => {
      const { surface } = world()
      let tried = 0
      for (const subset of subsets(resource.query)) {
        const answers = new Set<string>()
        for (const order of permutations(subset)) {
          const query = order.map((name) => `${name}=${encodeURIComponent(goodValue(resource, name))}`).join('&')
          const uri = query === '' ? pathOf(resource) : `${pathOf(resource)}?${query}`
          answers.add((await surface.readResource(TRADER, uri)).text)
          tried++
        }
        expect(answers.size, `${resource.path} with ${subset.join(',')}`).toBe(1)
      }
      const counts: Record<number, number> = { 0: 1, 2: 5, 4: 65, 5: 326 }
      expect(tried).toBe(counts[resource.query.length])
    })

    it(`${resource.path} refuses an unknown, a repeated and an empty parameter by its name, wherever it stands`, async () => {
      const { surface } = world()
      const good = resource.query.map((name) => `${name}=${encodeURIComponent(goodValue(resource, name))}`)
      const bad: [string, string][] = [
        ['limits=1', 'limits'],
        ...resource.query.flatMap((name): [string, string][] => [
          [`${name}=`, name],
          [`${name}`, name],
          [`${name}=${encodeURIComponent(goodValue(resource, name))}&${name}=x`, name],
          [`${name}=%E0%A4%A`, name],
        ]),
      ]
      for (const [pair, field] of bad) {
        const others = good.filter((item) => !item.startsWith(`${field}=`))
        for (let at = 0; at <= others.length; at++) {
          const uri = `${pathOf(resource)}?${[...others.slice(0, at), pair, ...others.slice(at)].join('&')}`
          const error = await surface.readResource(TRADER, uri).then(
            () => undefined,
            (reason: unknown) => reason,
          )
          expect(error, uri).toBeInstanceOf(InputError)
          const [issue] = (error as InputError).issues
          expect(issue?.field, uri).toBe(field)
          expect(issue?.fix.length).toBeGreaterThan(10)
        }
      }
    })
  }

  it.each([
    ['market://candles/BTC-USD?count=301', 'count', /from 1 to 300/],
    ['market://candles/BTC-USD?count=0', 'count', /from 1 to 300/],
    ['market://candles/BTC-USD?count=1e2', 'count', /whole number/],
    ['market://candles/BTC-USD?granularity=1H', 'granularity', /write granularity as 1h/],
    ['market://candles/BTC-USD?granularity=3m', 'granularity', /1m, 5m/],
    ['market://candles/BTC-USD?interval=1h', 'interval', /did you mean granularity/],
    ['order://history?start=yesterday', 'start', /2026-11-24T12:00:00Z/],
    ['order://history?start=2026-02-30', 'start', /2026-11-24T12:00:00Z/],
    ['order://history?start=2026-11-24T12:00:00', 'start', /zone/],
    ['order://history?start=2026-11-02&end=2026-11-01', 'end', /swap/],
    ['order://history?status=filled', 'status', /write status as FILLED/],
    ['order://history?product=btc/usd', 'product', /"BTC-USD"/],
    ['order://history?cursor=abc', 'cursor', /next_cursor/],
    ['order://history?product_id=BTC-USD', 'product_id', /did you mean product/],
    ['market://ticker/btc-usd', 'product_id', /"BTC-USD"/],
    ['market://ticker/..%2F..%2Forders', 'product_id', /product id/],
    ['order://status/..', 'order_id', /order_id/],
    ['order://status/%00', 'order_id', /order_id/],
    ['market://ticker/', 'product_id', /end of the URI/],
  ])('%s names %s and the cure', async (uri, field, cure) => {
    const error = await world()
      .surface.readResource(TRADER, uri)
      .catch((reason: unknown) => reason)
    expect(error, uri).toBeInstanceOf(InputError)
    const issue = (error as InputError).issues.find((item) => item.field === field)
    expect(`${issue?.problem} ${issue?.fix}`).toMatch(cure)
  })

  it('percent-decodes path and query', () => {
    const { params } = matchResource(resources, 'market://candles/BTC%2DUSD?%63ount=%31%30')
    expect(params).toEqual({ path: { product_id: 'BTC-USD' }, query: { count: '10' } })
  })

  it.each([
    ['arbitrary text', fc.string({ unit: 'binary' })],
    ['something like a URI', fc.string().map((text) => `order://${text}`)],
    [
      'a mangled path',
      fc.tuple(fc.constantFrom(...resources.map((item) => item.path)), fc.string()).map((pair) => pair.join('')),
    ],
  ] as const)('%s is answered, refused by name, or told what exists', (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (uri) => {
        try {
          matchResource(resources, uri)
        } catch (error) {
          // Plain comparisons: an assertion per run costs more than the run.
          if (!BaseError.isInstance(error)) return false
          if (error.code === 'ERR_INPUT_INVALID') return true
          const list = error.hint ?? ''
          return error.code === 'ERR_NOT_FOUND' && resources.every((item) => list.includes(item.path))
        }
        return true
      }),
      { numRuns: 300 },
    )
  })
})
