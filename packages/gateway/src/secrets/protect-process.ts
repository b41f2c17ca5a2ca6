import type { Config } from '../config/config.js'
import { createScrubber, type Scrubber } from './create-scrubber.js'
import { type GuardedProcess, type GuardedStream, guardProcess } from './guard-process.js'
import { registerSecrets } from './register-secrets.js'

const guarded = new WeakMap<GuardedProcess, Scrubber>()

/**
 * Guards a process once its configuration is known: stdout, stderr and crash reports are scrubbed from now on. Called again it only
 * learns further secrets. Give the scrubber to {@link openHome}, which teaches it what it finds out later.
 *
 * @param process - The process itself.
 * @param stdout - Left out where stdout carries a protocol.
 *
 * @example
 * const scrubber = protectProcess(config, process, process.stdout)
 * const home = openHome(config, { as: 'cli', scrubber })
 */
export function protectProcess(config: Config, process: GuardedProcess, stdout?: GuardedStream): Scrubber {
  let scrubber = guarded.get(process)
  if (!scrubber) {
    scrubber = createScrubber()
    guarded.set(process, scrubber)
    guardProcess({ scrubber, process, ...(stdout === undefined ? {} : { stdout }) })
  }
  registerSecrets(config, scrubber)
  return scrubber
}
