import { join } from 'node:path'
import type { JsonObject } from '@tidegate/mcp-adapter'
import type { Config } from '../config/config.js'
import type { Home } from '../gateway.js'
import { createRuntime, type Runtime } from '../runtime.js'
import { haltByFile } from '../wiring/halt-file.js'

/** How long the operator's door may take before the file is written instead, ms. */
const PATIENCE_MS = 5_000

/** How the halt was made: `mode` in the journal, or the file HALT because the door did not answer. */
export type HaltAnswer =
  | { readonly how: 'mode'; readonly answer: JsonObject }
  | { readonly how: 'file'; readonly path: string; readonly because: string }

/**
 * Halts the account, whatever still works: through the operator's door, and where that fails or takes too long by the file that the
 * gateway looks for before every submit. A halt that comes too late is none.
 *
 * @throws when neither the door nor the disk works.
 */
export async function haltHome(
  config: Config,
  home: Pick<Home, 'control'>,
  reason: string,
  options: { readonly runtime?: Runtime; readonly patienceMs?: number } = {},
): Promise<HaltAnswer> {
  const { disk, timers } = options.runtime ?? createRuntime()
  const late = Symbol('late')
  let because: string
  let timer: { cancel(): void } | undefined
  try {
    const answer = await Promise.race([
      home.control.call('halt', { reason }),
      new Promise<typeof late>((resolve) => {
        timer = timers.after(options.patienceMs ?? PATIENCE_MS, () => resolve(late))
      }),
    ])
    if (answer !== late) return { how: 'mode', answer }
    because = 'the gateway does not answer'
  } catch (error) {
    because = error instanceof Error ? error.message : String(error)
  } finally {
    timer?.cancel()
  }
  return { how: 'file', path: haltByFile(disk, join(config.homeFolder, config.environment), reason), because }
}

/** Where the signal comes from and what is said about it goes. */
export interface SignalSource {
  on(signal: 'SIGUSR2', listener: () => void): unknown
}

/** Halts the account at every SIGUSR2: `kill -USR2` works where no terminal and no token is at hand. */
export function haltOnSignal(
  source: SignalSource,
  config: Config,
  home: Pick<Home, 'control'>,
  say: (line: string) => void,
): void {
  source.on('SIGUSR2', () => {
    haltHome(config, home, 'signal SIGUSR2').then(
      (answer) => say(answer.how === 'mode' ? 'SIGUSR2: trading is halted' : `SIGUSR2: halted by ${answer.path}`),
      (error: unknown) => say(`SIGUSR2: NOT halted: ${error instanceof Error ? error.message : String(error)}`),
    )
  })
}
