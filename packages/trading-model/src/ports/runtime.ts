/** Time. Nobody reads a clock any other way. */
export interface Clock {
  /** Ms since epoch (UTC). */
  nowMs(): number
}

export interface Timer {
  cancel(): void
}

/** Delays. Handles never keep the process alive by themselves. */
export interface Timers {
  after(ms: number, run: () => void): Timer
  every(ms: number, run: () => void): Timer
  sleep(ms: number): Promise<void>
}

export interface Random {
  /** Cryptographically strong bytes in production; seeded in tests. */
  bytes(length: number): Uint8Array
}

export interface Ids {
  /** RFC 4122 v4, lower case. */
  uuid(): string
}

/** Files, as far as packages below the gateway need them. Paths are absolute. */
export interface Disk {
  /** `undefined` when the file is absent. */
  readText(path: string): string | undefined
  /** Writes beside, syncs, renames: the reader sees the old or the new text, never half. `mode`: permission bits, e.g. `0o600`. */
  writeTextAtomically(path: string, text: string, mode?: number): void
  makeFolder(path: string): void
  /** Opens for appending; every `append` is on disk when it returns. */
  openAppend(path: string): AppendFile
  /** Room on the disk that a folder lies on, for who may write here. Absent, or `undefined`, where it cannot be asked. */
  space?(folder: string): { readonly freeBytes: number; readonly totalBytes: number } | undefined
}

export interface AppendFile {
  append(text: string): void
  close(): void
}

export type LogFields = Readonly<Record<string, unknown>>

/** Structured log: an event name in snake_case and its fields. Best effort; never throws. */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

export type Labels = Readonly<Record<string, string>>

/** Names are those of the specification, e.g. `orders_placed_total`. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void
  observe(name: string, value: number, labels?: Labels): void
  gauge(name: string, value: number, labels?: Labels): void
}
