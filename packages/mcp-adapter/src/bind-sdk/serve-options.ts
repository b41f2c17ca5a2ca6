import type { Log, Timers } from '@tidegate/trading-model'
import type { SurfaceBackend } from '../backend.js'
import type { McpExtension } from '../serve/extension.js'
import type { OpenQuestions } from '../serve/open-questions.js'
import type { PageReader } from '../ui/read-page.js'

/** How the server introduces itself. */
export interface ServerInfo {
  readonly name: string
  readonly version: string
  readonly title?: string
}

/** What serving over any transport needs. */
export interface CommonOptions {
  /** What answers, or a promise of it: `initialize` and the lists never wait for it. Asked for again after a failure. */
  readonly backend: SurfaceBackend | (() => Promise<SurfaceBackend>)
  readonly serverInfo: ServerInfo
  readonly instructions?: string
  readonly adminTrades?: boolean
  /** Names of the tools that are there, see {@link offeredTools}; absent: every one. */
  readonly offeredTools?: ReadonlySet<string>
  readonly log?: Log
  /** With timers, closing waits for answers under way, at most `drainMs`; without them it does not wait. */
  readonly timers?: Timers
  /** Default 1000. */
  readonly drainMs?: number
  /** Where questions of the 2026 protocol wait for their answer; without it nobody is asked there. */
  readonly questions?: OpenQuestions
  /** Where the pages that hosts show are read; default: beside the running code. */
  readonly pages?: PageReader
  /** For test benches. */
  readonly extension?: McpExtension
}

/** What one protocol instance needs of it. */
export interface ServerOptions extends CommonOptions {
  /** Whoever waits is let go when serving ends. */
  readonly closing?: AbortSignal
}

/** Where nobody listens to what is logged. */
export const noLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** Asks for the backend once and keeps it; a failure is forgotten so that the next call tries again. */
export function backendOf(options: CommonOptions): () => Promise<SurfaceBackend> {
  const { backend } = options
  if (typeof backend !== 'function') return () => Promise.resolve(backend)
  let asked: Promise<SurfaceBackend> | undefined
  return () => {
    asked ??= backend().catch((error: unknown) => {
      asked = undefined
      throw error
    })
    return asked
  }
}

/** Waits for answers under way, at most `drainMs`; without timers not at all. */
export async function drain(idle: Promise<unknown>, options: CommonOptions): Promise<void> {
  if (options.timers) await Promise.race([idle, options.timers.sleep(options.drainMs ?? 1_000)])
}
