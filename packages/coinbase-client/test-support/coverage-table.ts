import { ENDPOINTS, type EndpointName } from '@tidegate/coinbase-wire'
import type { CoinbaseClient } from '../src/index.js'
import type { Sample } from './endpoint-samples.js'

const BEGIN =
  '<!-- coverage:begin (generated: UPDATE_DOCS=1 npx vitest run --project unit packages/coinbase-client/src/endpoint-contract.test.ts) -->'
const END = '<!-- coverage:end -->'

/** Endpoint × implemented × tested, as a Markdown table, from the endpoint table, the client and what has passed. */
export function coverageTable(
  samples: Readonly<Record<EndpointName, Sample>>,
  isImplemented: (verb: keyof CoinbaseClient) => boolean,
  passed: ReadonlySet<EndpointName>,
): string {
  const rows = (Object.keys(ENDPOINTS) as EndpointName[]).map((name) => {
    const { method, path, permission, weight, bucket } = ENDPOINTS[name]
    const verb = samples[name].verb ?? (name as keyof CoinbaseClient)
    const call = `\`${verb}\`${samples[name].keyless ? ' without a key' : ''}`
    const marks = [isImplemented(verb), passed.has(name)].map((done) => (done ? 'yes' : '**no**'))
    return [`${method} \`${path}\``, call, permission, `${weight} ${bucket}`, ...marks]
  })
  const lines = [['Request', 'Verb', 'Key', 'Weight', 'Implemented', 'Tested'], Array(6).fill('---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Puts the table between its marks. @throws when the marks are missing. */
export function replaceCoverage(readme: string, table: string): string {
  const begin = readme.indexOf(BEGIN)
  const end = readme.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('the README has no place for the coverage table')
  return `${readme.slice(0, begin)}${BEGIN}\n\n${table}\n\n${readme.slice(end)}`
}
