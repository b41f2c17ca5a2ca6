import { BaseError, type Log, type LogFields, redact } from '@tidegate/trading-model'
import pino from 'pino'
import type { Scrubber } from '../secrets/create-scrubber.js'

/** What waits for a slow terminal before lines are dropped, bytes. */
const MAX_WAITING_BYTES = 1024 * 1024

/** Names that the line itself uses; a field of that name gets a `field_` in front. */
const reserved = new Set(['level', 'time', 'pid', 'name', 'event'])

export interface CreateLogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Shown in every line. */
  readonly name: string
  readonly scrubber: Scrubber
  /** Each finished line, with its newline, goes to all of these. */
  readonly sinks: readonly { write(line: string): void }[]
}

/**
 * Makes the structured log: one JSON object a line, `{"level","time","pid","name","event",…fields}`. Secrets are masked by the
 * name of the field, by the form of the text, and by value.
 */
export function createLog(options: CreateLogOptions): Log {
  const logger = pino(
    {
      level: options.level,
      base: { pid: process.pid, name: options.name },
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write(line: string) {
        const clean = options.scrubber.scrub(line)
        for (const sink of options.sinks) sink.write(clean)
      },
    },
  )
  const write = (level: CreateLogOptions['level'], event: string, fields: LogFields | undefined): void => {
    let line: Record<string, unknown>
    try {
      line = toLine(fields ?? {})
    } catch {
      line = { unprintable: true }
    }
    try {
      logger[level](line, event)
    } catch {
      // Best effort: neither a field that cannot be shown nor a sink that is gone may break the work it speaks of.
    }
  }
  return {
    debug: (event, fields) => write('debug', event, fields),
    info: (event, fields) => write('info', event, fields),
    warn: (event, fields) => write('warn', event, fields),
    error: (event, fields) => write('error', event, fields),
  }
}

/** A sink to the terminal. Never stdout: that belongs to the protocol. */
export function createStderrSink(): { write(line: string): void; flush(): void } {
  const stream = pino.destination({ dest: 2, sync: false, maxLength: MAX_WAITING_BYTES })
  // The reader of our stderr may go away at any time.
  stream.on('error', () => {})
  return {
    write: (line) => {
      stream.write(line)
    },
    flush: () => {
      try {
        stream.flushSync()
      } catch {
        // Not open yet, or already gone.
      }
    },
  }
}

function toLine(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    // Only what we made ourselves knows how to show itself; other errors are cut to name, message and code.
    const shown = BaseError.isInstance(value) ? value.toJSON() : value
    line[reserved.has(key) ? `field_${key}` : key] = shown
  }
  return redact(line) as Record<string, unknown>
}
