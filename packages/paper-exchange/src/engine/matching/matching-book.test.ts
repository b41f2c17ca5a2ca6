import { InputError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { MatchEvent, MatchOrder } from './match-types.js'
import { MatchingBook } from './matching-book.js'

function open(increments: { priceIncrement?: string; baseIncrement?: string } = {}) {
  const events: MatchEvent[] = []
  const book = new MatchingBook({
    priceIncrement: '0.01',
    baseIncrement: '0.1',
    onEvent: (event) => events.push(event),
    ...increments,
  })
  const sell = (id: string, size: string, price: string, more: Partial<MatchOrder> = {}) =>
    book.place({ id, side: 'SELL', size, price, ...more })
  const buy = (id: string, size: string, price?: string, more: Partial<MatchOrder> = {}) =>
    book.place({ id, side: 'BUY', size, ...(price === undefined ? {} : { price }), ...more })
  return { book, events, sell, buy, makers: (answer: ReturnType<typeof sell>) => makersOf(answer) }
}

function makersOf(answer: ReturnType<MatchingBook['place']>): readonly string[] {
  return answer.kind === 'refused' ? [] : answer.fills.map((fill) => fill.makerId)
}

describe('decimals', () => {
  it('leaves nothing of 0.3 after 0.1 and 0.2', () => {
    const { book, sell, buy } = open()
    sell('maker', '0.3', '100')
    buy('a', '0.1', '100')
    expect(buy('b', '0.2', '100')).toMatchObject({ kind: 'filled', fills: [{ size: '0.2', makerLeft: '0' }] })
    expect(book.openOrders).toBe(0)
    expect(book.depth('SELL')).toEqual([])
  })

  it('writes prices and sizes without needless zeros, whatever it was given', () => {
    const { book, sell, buy } = open()
    sell('maker', '1.0', '100.10')
    expect(sell('padded', '007.50', '200')).toMatchObject({ left: '7.5' })
    expect(sell('whole', '100', '200')).toMatchObject({ left: '100' })
    expect(book.cancel('padded')).toBe('7.5')
    expect(book.cancel('whole')).toBe('100')
    expect(buy('taker', '0.50', '100.1')).toMatchObject({
      kind: 'filled',
      filled: '0.5',
      fills: [{ price: '100.1', size: '0.5', makerLeft: '0.5' }],
    })
  })

  it.each([
    ['0', 'INVALID_SIZE'],
    ['0.05', 'INVALID_SIZE'],
    ['-1', 'INVALID_SIZE'],
    ['1e3', 'INVALID_SIZE'],
    ['', 'INVALID_SIZE'],
    ['1.', 'INVALID_SIZE'],
    ['.5', 'INVALID_SIZE'],
    ['1.2.3', 'INVALID_SIZE'],
    ['９', 'INVALID_SIZE'],
    ['900719925474099.2', 'OUT_OF_RANGE'],
    ['90000000000000000000', 'OUT_OF_RANGE'],
  ])('refuses the size %j as %s', (size, reason) => {
    expect(open().buy('a', size, '100')).toEqual({ kind: 'refused', id: 'a', reason })
  })

  it('takes the largest size it can count, to the last digit', () => {
    const { book, sell, buy } = open()
    sell('maker', '900719925474099.1', '100')
    buy('taker', '0.1', '100')
    expect(book.depth('SELL')).toEqual([{ price: '100', size: '900719925474099' }])
    sell('another', '900719925474099.1', '100')
    expect(book.depth('SELL')).toEqual([{ price: '100', size: '1801439850948198.1' }])
  })

  it.each(['100.001', '0', 'x', '1e2'])('refuses the price %j', (price) => {
    expect(open().buy('a', '1', price)).toMatchObject({ kind: 'refused', reason: 'INVALID_PRICE' })
  })

  it.each(['0', '', '-0.01', '1e-8', '0.0000000000000001'])('does not open with the increment %j', (increment) => {
    expect(() => open({ priceIncrement: increment })).toThrow(InputError)
  })
})

describe('priority', () => {
  it('serves the better price first, then whoever came first', () => {
    const { sell, buy, makers } = open()
    sell('late', '1', '101')
    sell('second', '1', '100')
    sell('third', '1', '100')
    sell('first', '1', '99')
    expect(makers(buy('taker', '3.5', '101'))).toEqual(['first', 'second', 'third', 'late'])
  })

  it('keeps the place of an order that asks for less, and sends one that asks for more to the back', () => {
    const { book, sell, buy, makers } = open()
    for (const id of ['a', 'b', 'c']) sell(id, '1', '100')
    book.resize('a', '0.5')
    book.resize('b', '2')
    expect(makers(buy('taker', '4', '100'))).toEqual(['a', 'c', 'b'])
  })

  it('gives a cancelled order that comes again no place of old', () => {
    const { book, sell, buy, makers } = open()
    sell('a', '1', '100')
    sell('b', '1', '100')
    expect(book.cancel('a')).toBe('1')
    expect(book.cancel('a')).toBeUndefined()
    sell('a', '1', '100')
    expect(makers(buy('taker', '2', '100'))).toEqual(['b', 'a'])
  })
})

describe('nobody trades with themselves', () => {
  it('stops in front of an order of the same account, after those that stood before it', () => {
    const { book, sell, buy } = open()
    sell('theirs', '1', '100', { account: 'them' })
    sell('mine', '1', '100', { account: 'me' })
    sell('behind', '1', '100', { account: 'them' })
    expect(buy('taker', '2', '100', { account: 'me' })).toMatchObject({
      kind: 'cancelled',
      why: 'own-order',
      filled: '1',
      left: '1',
      fills: [{ makerId: 'theirs' }],
    })
    expect(book.depth('BUY')).toEqual([])
  })

  it('does not count an own order toward fill-or-kill', () => {
    const { sell, buy } = open()
    sell('mine', '1', '100', { account: 'me' })
    sell('theirs', '1', '101')
    expect(buy('taker', '1', '101', { account: 'me', timeInForce: 'FOK' })).toMatchObject({ why: 'fill-or-kill' })
  })
})

it('tells what happened in the order in which it happened', () => {
  const { book, sell, buy, events } = open()
  sell('maker', '1', '100')
  buy('taker', '1.5', '100')
  book.cancel('taker')
  expect(events).toMatchObject([
    { kind: 'open', id: 'maker', left: '1' },
    { kind: 'fill', fill: { number: 1, makerId: 'maker', takerId: 'taker', makerSide: 'SELL' } },
    { kind: 'open', id: 'taker', filled: '1', left: '0.5', fills: [{ number: 1 }] },
    { kind: 'withdrawn', id: 'taker', left: '0.5' },
  ])
})

it('refuses an id that rests already, and takes it again once it is gone', () => {
  const { book, sell } = open()
  sell('a', '1', '100')
  expect(sell('a', '1', '101')).toMatchObject({ reason: 'DUPLICATE_ID' })
  book.cancel('a')
  expect(sell('a', '1', '101')).toMatchObject({ kind: 'open' })
})
