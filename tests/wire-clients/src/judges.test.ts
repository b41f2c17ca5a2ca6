import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openExchange } from './exchange.js'
import type { Row } from './judge.js'
import { judgeCcxt } from './judge-ccxt.js'
import { judgeCoinbaseApi } from './judge-coinbase-api.js'
import { judgeSampleSdk } from './judge-sample-sdk.js'

const readme = resolve(import.meta.dirname, '../../../packages/paper-exchange/README.md')
const begin = '<!-- wire-clients: written by tests/wire-clients, UPDATE_DOCS=1 rewrites -->'
const end = '<!-- /wire-clients -->'

/** Each client has an exchange of its own: they count money from its start. */
async function judged(judge: typeof judgeCcxt): Promise<readonly Row[]> {
  const exchange = await openExchange()
  try {
    const rows = await judge(exchange)
    const discrepancies = exchange.reconcile()
    const [{ client, version }] = rows as [Row]
    const detail = discrepancies.length === 0 ? 'adds up to the last digit' : JSON.stringify(discrepancies)
    return [...rows, { client, version, call: 'reconcile afterwards', ok: discrepancies.length === 0, detail }]
  } finally {
    await exchange.close()
  }
}

const rows = [...(await judged(judgeCcxt)), ...(await judged(judgeCoinbaseApi)), ...(await judged(judgeSampleSdk))]
const report = process.env['WIRE_CLIENTS_REPORT']
if (report) writeFileSync(report, JSON.stringify({ schema: 'tidegate.wire-clients/1', rows }))

function table(): string {
  const cells = rows.map(({ client, version, call, ok, detail }) => [
    `${client} ${version}`,
    `\`${call}\``,
    ok ? detail : '**fails**',
  ])
  const all = [['client', 'call', 'result'], ...cells]
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(all[0] ?? []), rule, ...cells.map(line)].join('\n')
}

describe('independent clients, unmodified, do the whole trade loop', () => {
  it.each(rows)('$client $version: $call', ({ ok, detail }) => {
    expect(ok, detail).toBe(true)
  })

  it('as the README says', () => {
    const text = readFileSync(readme, 'utf8')
    const [before, rest = ''] = text.split(begin)
    const after = rest.split(end)[1] ?? ''
    const wanted = `${before}${begin}\n\n${table()}\n\n${end}${after}`
    if (process.env['UPDATE_DOCS']) writeFileSync(readme, wanted)
    else expect(text).toBe(wanted)
  })
})
