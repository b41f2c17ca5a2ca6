import { type Decimal, formatDecimal, type PriceEvent, readDecimal, StoreError } from '@tidegate/trading-model'
import { z } from 'zod'
import { fromTapeProduct, tapeProductSchema } from './tape-products.js'

/** First line of every tape. */
export const tapeHeaderSchema = z.object({
  schema: z.literal('tidegate.tape/1'),
  /** Name of the price source that was recorded. */
  source: z.string(),
  productIds: z.array(z.string().min(1)).min(1),
  startMs: z.number().int(),
  /** What the products were when it was recorded, aliases included. Absent on a tape that was recorded without. */
  products: z.array(tapeProductSchema.transform(fromTapeProduct)).min(1).optional(),
})
export type TapeHeader = z.output<typeof tapeHeaderSchema>

const decimalText = z.string().transform((text, context): Decimal => {
  const read = readDecimal(text)
  if (read) return read
  context.addIssue({ code: 'custom', message: 'is not a decimal' })
  return z.NEVER
})

/** Ms since the line before, so that a tape can be read and replayed without knowing when it was made. */
const afterMs = z.number().int().min(0)
const side = z.enum(['b', 'a']).transform((letter) => (letter === 'b' ? ('bid' as const) : ('ask' as const)))
const level = z.tuple([side, decimalText, decimalText])

/** A line: `[ms, index of the product, 's' | 'l', [side, price, size]…]` for a snapshot or changes, `'t', price, size, aggressor`. */
const lineSchema = z.union([
  z.tuple([afterMs, z.number().int().min(0), z.enum(['s', 'l']), z.array(level)]),
  z.tuple([afterMs, z.number().int().min(0), z.literal('t'), decimalText, decimalText, z.enum(['BUY', 'SELL'])]),
])

/** Last line of a tape that was closed in order: how many events it has. */
const endSchema = z.object({ end: z.number().int().min(0) })

/** A tape in memory: its events in order, none earlier than the one before. */
export interface Tape {
  readonly header: TapeHeader
  readonly events: readonly PriceEvent[]
  /** False when the recording ended without a word, e.g. in a crash; what is there is good. */
  readonly isComplete: boolean
}

/** An event as a line of a tape; prices and sizes keep every digit. */
export function formatTapeLine(event: PriceEvent, previousMs: number, productIndex: number): string {
  const wait = Math.max(0, event.atMs - previousMs)
  if (event.kind === 'trade') {
    return JSON.stringify([
      wait,
      productIndex,
      't',
      formatDecimal(event.price),
      formatDecimal(event.size),
      event.aggressor,
    ])
  }
  const rows = event.changes.map(({ side: where, price, size }) => [
    where === 'bid' ? 'b' : 'a',
    formatDecimal(price),
    formatDecimal(size),
  ])
  return JSON.stringify([wait, productIndex, event.isSnapshot ? 's' : 'l', rows])
}

/**
 * Reads a whole tape. A last line that a crash cut short is left out; any other line that does not fit makes the tape worthless.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT` naming the line.
 */
export function readTape(text: string): Tape {
  const lines = text.split('\n')
  // What stands behind the last line break was never finished.
  lines.pop()
  const [first, ...rest] = lines
  const header = tapeHeaderSchema.safeParse(parse(first ?? '', 1))
  if (!header.success) throw corrupt(1, 'it is not the head of a tape')
  const events: PriceEvent[] = []
  let atMs = header.data.startMs
  let isComplete = false
  for (const [index, line] of rest.entries()) {
    if (isComplete) throw corrupt(index + 2, 'it stands behind the end of the tape')
    const value = parse(line, index + 2)
    const end = endSchema.safeParse(value)
    if (end.success) {
      if (end.data.end !== events.length) throw corrupt(index + 2, 'lines are missing before it')
      isComplete = true
      continue
    }
    const event = toEvent(value, header.data, atMs)
    if (typeof event === 'string') throw corrupt(index + 2, event)
    events.push(event)
    atMs = event.atMs
  }
  return { header: header.data, events, isComplete }
}

function toEvent(value: unknown, header: TapeHeader, previousMs: number): PriceEvent | string {
  const read = lineSchema.safeParse(value)
  if (!read.success) return 'it is no event'
  const [wait, index] = read.data
  const productId = header.productIds[index]
  if (productId === undefined) return 'its product is not in the head'
  const atMs = previousMs + wait
  if (read.data[2] === 't') {
    const [, , , price, size, aggressor] = read.data
    return price.gt(0) && size.gt(0) ? { kind: 'trade', productId, atMs, price, size, aggressor } : 'it trades nothing'
  }
  const changes = read.data[3].map(([where, price, size]) => ({ side: where, price, size }))
  if (changes.some(({ price, size }) => !price.gt(0) || size.lt(0))) return 'it has a level without a price or size'
  return { kind: 'levels', productId, atMs, isSnapshot: read.data[2] === 's', changes }
}

function parse(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw corrupt(number, 'it is not JSON')
  }
}

function corrupt(line: number, why: string): StoreError {
  return new StoreError('ERR_STORE_CORRUPT', `Line ${line} of the tape is damaged: ${why}`, {
    hint: 'record it again',
    context: { line },
  })
}
