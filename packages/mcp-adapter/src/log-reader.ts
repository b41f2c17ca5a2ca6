import type { JsonObject } from './backend.js'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** One line of the log, as it was written: secrets are masked in it already. */
export interface LoggedEvent {
  /** Counts up within a process. */
  readonly seq: number
  /** Ms since epoch. */
  readonly atMs: number
  readonly level: LogLevel
  readonly event: string
  /** Everything else of the line. */
  readonly fields: JsonObject
}

/** The newest lines of the log that the process still has. */
export interface LogReader {
  /** Newest first. */
  recent(): readonly LoggedEvent[]
}
