import type { LoggedEvent, LogLevel, LogReader } from '@tidegate/mcp-adapter'
import { z } from 'zod'

/** Lines that are kept, and what they may weigh together; the oldest go first. */
const MAX_LINES = 5_000
const MAX_CHARS = 2_000_000
/** A longer line is not kept: the file has it. */
const LONGEST = 64_000

const loggedLine = z.looseObject({
  level: z.enum(['debug', 'info', 'warn', 'error']),
  time: z.string(),
  event: z.string(),
})

/** A sink of the log that remembers its newest lines, as they were written: secrets are masked in them. */
export interface LogRing extends LogReader {
  write(line: string): void
}

/** Makes an empty ring. Lines are read back only when somebody asks. */
export function createLogRing(limits: { readonly lines?: number; readonly chars?: number } = {}): LogRing {
  const { lines: maxLines = MAX_LINES, chars: maxChars = MAX_CHARS } = limits
  const kept: { readonly seq: number; readonly line: string }[] = []
  let seq = 0
  let chars = 0
  return {
    write(line) {
      if (line.length > LONGEST) return
      seq++
      kept.push({ seq, line })
      chars += line.length
      while (kept.length > maxLines || chars > maxChars) chars -= kept.shift()?.line.length ?? 0
    },
    recent: () => kept.flatMap(read).reverse(),
  }
}

function read({ seq, line }: { readonly seq: number; readonly line: string }): readonly LoggedEvent[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return []
  }
  const found = loggedLine.safeParse(parsed).data
  if (!found) return []
  const { level, time, event, pid: _pid, name: _name, ...fields } = found
  return [
    { seq, atMs: Date.parse(time), level: level satisfies LogLevel, event, fields: fields as LoggedEvent['fields'] },
  ]
}
