import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ALERT_KINDS } from '../alerts/alert-table.js'
import { metricDefinitions } from './metric-definitions.js'

const page = fileURLToPath(new URL('../../README.md', import.meta.url))
const begin = '<!-- metrics -->'
const end = '<!-- /metrics -->'

function table(): string {
  const rows = Object.entries(metricDefinitions).map(
    ([name, { kind, labels, help }]) =>
      `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  )
  return ['| metric | kind | labels | |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

describe('the README', () => {
  it('has every metric with its labels; UPDATE_DOCS=1 writes the table', () => {
    const text = readFileSync(page, 'utf8')
    const from = text.indexOf(begin) + begin.length
    const wanted = `${text.slice(0, from)}\n${table()}\n${text.slice(text.indexOf(end))}`
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, wanted)
    else expect(text).toBe(wanted)
  })

  it('has every kind of alert', () => {
    const text = readFileSync(page, 'utf8')
    const section = text.slice(text.indexOf('## Alerts'), text.indexOf('## Metrics'))
    const named = [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, kind]) => kind)
    expect(named).toEqual([...ALERT_KINDS])
  })
})
