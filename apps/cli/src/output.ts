import { BaseError, redactText } from '@tidegate/trading-model'

/** Where a command writes. With `--json` stdout carries one JSON document and nothing else. */
export interface Output {
  readonly json: boolean
  /** The result: the object itself with `--json`, else `human` lines. */
  result(value: Readonly<Record<string, unknown>>, human: readonly string[]): void
  /** What is going on meanwhile; stderr. */
  progress(line: string): void
  error(error: unknown): void
}

export function createOutput(json: boolean, write = process.stdout, complain = process.stderr): Output {
  return {
    json,
    result: (value, human) => {
      write.write(json ? `${JSON.stringify(value)}\n` : `${human.join('\n')}\n`)
    },
    progress: (line) => {
      complain.write(`${line}\n`)
    },
    error: (error) => {
      if (json) write.write(`${JSON.stringify({ success: false, error: errorObject(error) })}\n`)
      complain.write(`${errorText(error)}\n`)
    },
  }
}

function errorObject(error: unknown): Record<string, unknown> {
  if (BaseError.isInstance(error)) return error.toJSON()
  return { code: 'ERR_INVARIANT', message: redactText(error instanceof Error ? error.message : String(error)) }
}

function errorText(error: unknown): string {
  if (BaseError.isInstance(error)) {
    return [error.shortMessage, error.details, error.hint ? `Next: ${error.hint}` : undefined, `(${error.code})`]
      .filter((line) => line !== undefined)
      .join('\n')
  }
  return redactText(error instanceof Error ? error.message : String(error))
}

/** Left-aligned columns, as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Any JSON value as a person reads it; what is not known is a dash. */
export function say(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return '–'
  return JSON.stringify(value)
}
