import { foreign, make } from '../shared/make-element.js'
import type { CandleRow } from './candles-model.js'
import type { FillRow } from './fills-model.js'

/** The chart as a table, newest first, every number as it came. */
export function candlesTable(rows: readonly CandleRow[], title: string): HTMLElement {
  const body = [...rows].reverse().map((row) => [row.time, row.open, row.high, row.low, row.close, row.volume])
  const table = tableOf(`${title}, newest first`, ['Start', 'Open', 'High', 'Low', 'Close', 'Volume'], body)
  return make(
    'details',
    {},
    make('summary', {}, `The same as a table: ${rows.length} candles`),
    make('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': 'Table of candles' }, table),
  )
}

/** One's own fills, newest first. */
export function fillsTable(fills: readonly FillRow[]): HTMLElement {
  const table = make(
    'table',
    {},
    make('caption', { class: 'only-heard' }, 'Your fills, newest first'),
    headOf(['Side'], ['Size', 'Price', 'Time', 'Fee', 'Order']),
    make(
      'tbody',
      {},
      ...fills.map(({ time, side, size, price, fee, orderId }) =>
        make(
          'tr',
          {},
          make('th', { scope: 'row', class: side === 'BUY' ? 'buy' : 'sell' }, side === 'BUY' ? 'Bought' : 'Sold'),
          ...[size, price, time, fee].map((text) => make('td', { class: 'number' }, foreign(text))),
          make('td', { class: 'number' }, foreign(orderId)),
        ),
      ),
    ),
  )
  const label = { tabindex: '0', role: 'region', 'aria-label': 'Table of your fills' }
  return make('div', { class: 'scroll tall', ...label }, table)
}

function tableOf(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): HTMLTableElement {
  return make(
    'table',
    {},
    make('caption', {}, caption),
    headOf(head.slice(0, 1), head.slice(1)),
    make(
      'tbody',
      {},
      ...rows.map(([first = '', ...rest]) =>
        make(
          'tr',
          {},
          make('th', { scope: 'row', class: 'time' }, first),
          ...rest.map((text) => make('td', { class: 'number' }, text)),
        ),
      ),
    ),
  )
}

function headOf(words: readonly string[], numbers: readonly string[]): HTMLElement {
  return make(
    'thead',
    {},
    make(
      'tr',
      {},
      ...words.map((name) => make('th', { scope: 'col' }, name)),
      ...numbers.map((name) => make('th', { scope: 'col', class: 'number' }, name)),
    ),
  )
}
