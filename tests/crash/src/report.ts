import type { MatrixResult, MatrixRow } from './run-matrix.js'

/** The document of `npm run crash -- --json`. */
export interface CrashReport {
  readonly schema: 'tidegate.crash/1'
  readonly rows: readonly MatrixRow[]
}

/** @returns One document over the results of all engines. */
export function reportOf(results: readonly MatrixResult[]): CrashReport {
  return { schema: 'tidegate.crash/1', rows: results.flatMap(({ rows }) => rows) }
}

/** The matrix for the documentation: one line per flow and step, the engines side by side; nothing of the machine or the day. */
export function markdownOf({ rows }: CrashReport): string {
  const engines = [...new Set(rows.map((row) => row.engine))]
  const head = ['flow', 'step', ...engines.flatMap((engine) => [`${engine}: kills`, 'violations', 'unresolved'])]
  const places = [...new Set(rows.map(({ flow, step }) => `${flow} ${step}`))]
  const body = places.map((place) => {
    const [flow = '', step = ''] = place.split(' ')
    const cells = engines.flatMap((engine) => {
      const row = rows.find((each) => each.engine === engine && each.flow === flow && each.step === step)
      return row ? [row.kills, row.violations, row.unresolved].map(String) : ['–', '–', '–']
    })
    return [flow === 'any' ? 'several at once' : flow, step === 'any' ? 'a random moment' : step, ...cells]
  })
  const rule = head.map((_, index) => (index < 2 ? '---' : '--:'))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Where the documentation keeps the matrix. */
export const BEGIN = '<!-- crash-matrix:begin -->'
export const END = '<!-- crash-matrix:end -->'

/** Puts the matrix between its markers. @throws {Error} where there are none. */
export function intoPage(page: string, report: CrashReport): string {
  const from = page.indexOf(BEGIN)
  const to = page.indexOf(END)
  if (from < 0 || to < from) throw new Error(`the page has no ${BEGIN} … ${END}`)
  return `${page.slice(0, from + BEGIN.length)}\n\n${markdownOf(report)}\n\n${page.slice(to)}`
}
