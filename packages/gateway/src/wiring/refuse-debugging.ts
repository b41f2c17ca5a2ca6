import { url as inspectorUrl } from 'node:inspector'
import { ConfigError, type Environment } from '@tidegate/trading-model'

/** How this process was started, as far as a debugger could get in. */
export interface StartedWith {
  readonly execArgv: readonly string[]
  readonly nodeOptions: string
  /** An inspector that listens now. */
  readonly inspector: string | undefined
}

/**
 * Refuses production under a debugger: whoever attaches reads the key and calls the desk without a limit.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` naming the option.
 */
export function refuseDebugging(environment: Environment, started: StartedWith = startedWith()): void {
  if (environment !== 'production') return
  const option = [...started.execArgv, ...started.nodeOptions.split(/\s+/)].find((word) =>
    /^--(inspect|debug)(-|=|$)/.test(word),
  )
  if (option === undefined && started.inspector === undefined) return
  throw new ConfigError('ERR_CONFIG_INVALID', `production does not run with ${option ?? 'a debugger listening'}`, {
    hint: 'Start without --inspect, also in NODE_OPTIONS; debug in paper',
  })
}

function startedWith(): StartedWith {
  return { execArgv: process.execArgv, nodeOptions: process.env['NODE_OPTIONS'] ?? '', inspector: inspectorUrl() }
}
