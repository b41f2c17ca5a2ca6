import { writeSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { inspect } from 'node:util'
import type { Scrubber } from './create-scrubber.js'

const STDERR = 2

/** A stream whose writes can be exchanged; `process.stdout` is one. */
export interface GuardedStream {
  write(chunk: string | Uint8Array, ...rest: never[]): boolean
}

/** What of a process is guarded; `process` is one. */
export interface GuardedProcess {
  readonly stderr: GuardedStream
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown
  removeListener(event: 'uncaughtException', listener: (error: unknown) => void): unknown
  exit(code: number): unknown
}

export interface GuardOptions {
  readonly scrubber: Scrubber
  readonly process: GuardedProcess
  /** Absent where stdout belongs to a protocol that is scrubbed where its messages are made. */
  readonly stdout?: GuardedStream
  /** Takes the report of a crash, scrubbed. @default descriptor 2, synchronously */
  readonly writeCrash?: (text: string) => void
}

/**
 * Puts the scrubber between a process and its terminal: every write to stdout and stderr is scrubbed, also where a write cuts a
 * secret in two, and what nobody caught is reported scrubbed before the process ends with 1. Node itself would print an uncaught
 * error past every stream, with all its causes and fields.
 *
 * @returns The way to take it off again.
 */
export function guardProcess(options: GuardOptions): () => void {
  const { scrubber, process } = options
  const streams = options.stdout === undefined ? [process.stderr] : [options.stdout, process.stderr]
  const takeOff = streams.map((stream) => guardStream(stream, scrubber))
  const writeCrash = options.writeCrash ?? ((text: string): void => void writeSync(STDERR, text))
  const crash = (error: unknown): void => {
    try {
      writeCrash(crashReport(error, scrubber))
    } finally {
      process.exit(1)
    }
  }
  process.on('uncaughtException', crash)
  return () => {
    process.removeListener('uncaughtException', crash)
    for (const off of takeOff) off()
  }
}

/** What is said of an error nobody caught: everything a programmer wants to see of it, less the secrets. */
export function crashReport(error: unknown, scrubber: Scrubber): string {
  return `${scrubber.scrub(`tidegate crashed: ${inspect(error, { depth: 6 })}`)}\n`
}

type Write = GuardedStream['write']

function guardStream(stream: GuardedStream, scrubber: Scrubber): () => void {
  const scrub = scrubber.stream()
  const decoder = new StringDecoder('utf8')
  const original = Reflect.get(stream, 'write') as Write
  const guarded: Write = (chunk, ...rest) => {
    const text = scrub(typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)))
    return Reflect.apply(original, stream, [text, ...rest]) as boolean
  }
  stream.write = guarded
  return () => {
    if (Reflect.get(stream, 'write') === guarded) stream.write = original
  }
}
