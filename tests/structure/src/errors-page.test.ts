import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CodeEntry, denialCodes, errorCodes } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { root } from './repository.js'

const table = (codes: Readonly<Record<string, CodeEntry>>): string =>
  [
    '| code | meaning | what to do | send again? | HTTP |',
    '|---|---|---|---|---|',
    ...Object.entries(codes).map(
      ([code, entry]) => `| \`${code}\` | ${entry.meaning} | ${entry.advice} | ${entry.retry} | ${entry.httpStatus} |`,
    ),
  ].join('\n')

const page = `# Codes

Generated from \`packages/trading-model/src/errors/codes.ts\` (\`UPDATE_DOCS=1 npm test\` writes it anew). A code is API and never renamed.

Three words that are never mixed: **denied** (our rules said no, nothing was sent), **rejected** (the venue said no, nothing is live),
**unknown** (sent, no verdict: it may be live, never send it again).

## Denials

Values, not faults: every failing rule is listed with \`limit\`, \`actual\` and \`unit\`.

${table(denialCodes)}

## Faults

${table(errorCodes)}
`

describe('docs/errors.md', () => {
  it('says what the code table says', () => {
    const path = join(root, 'docs', 'errors.md')
    if (process.env['UPDATE_DOCS']) writeFileSync(path, page)
    expect(readFileSync(path, 'utf8')).toBe(page)
  })
})
