import { join } from 'node:path'
import { ConfigError, type Log } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'
import { readOwner } from '../home/owner-file.js'
import { createRemoteClient } from '../home/remote-client.js'
import { openLog } from '../log/open-log.js'
import { createMetrics } from '../metrics/create-metrics.js'
import { createRuntime, type Runtime } from '../runtime.js'
import { createScrubber } from '../secrets/create-scrubber.js'
import { registerSecrets } from '../secrets/register-secrets.js'
import type { Secret } from '../secrets/secret.js'
import { unlockSecrets } from '../secrets/unlock-secrets.js'
import { connectVenue } from '../wiring/connect-venue.js'
import { haltByFile } from '../wiring/halt-file.js'
import { coinbaseAddresses } from '../wiring/venue-addresses.js'
import { wireAlerts } from '../wiring/wire-alerts.js'
import { createWatchdog, type WatchdogReport, type WatchdogSettings } from './create-watchdog.js'

const PROBE_TIMEOUT_MS = 2_000

export interface RunWatchdogOptions {
  readonly settings?: Partial<WatchdogSettings>
  /** End after one death was dealt with. */
  readonly once?: boolean
  readonly runtime?: Runtime
  readonly passphrase?: Secret
  readonly log?: Log
}

/** A watchdog at work: `done` resolves when it ended. */
export interface RunningWatchdog {
  readonly done: Promise<WatchdogReport | undefined>
  stop(): void
}

/**
 * Starts the watchdog of a home as configured; see {@link createWatchdog}. It needs the key, which must be able to trade, because
 * that is what cancelling takes at Coinbase; it never places anything.
 *
 * @throws {ConfigError} `ERR_CONFIG_INVALID` in paper and sandbox: nothing rests there without the gateway. `ERR_CONFIG_MISSING`
 *   without a key.
 */
export function runWatchdog(given: Config, options: RunWatchdogOptions = {}): RunningWatchdog {
  if (given.environment !== 'production') {
    throw new ConfigError('ERR_CONFIG_INVALID', `A watchdog is for live orders, and this is ${given.environment}`, {
      hint: 'the paper exchange ends with its gateway; add --environment production for real orders',
    })
  }
  const runtime = options.runtime ?? createRuntime()
  const { config } = unlockSecrets(given, runtime, options.passphrase)
  const { apiKey = '', apiSecret } = config.coinbase
  if (!apiSecret) {
    throw new ConfigError(
      'ERR_CONFIG_MISSING',
      'The watchdog needs the API key to cancel with, and none is configured',
      {
        hint: 'give it the same configuration as the gateway',
      },
    )
  }
  const { clock, timers, disk } = runtime
  const opened = options.log === undefined ? openLog(config) : undefined
  const scrubber = opened?.scrubber ?? createScrubber()
  registerSecrets(config, scrubber)
  const called = wireAlerts({
    config,
    runtime,
    scrubber,
    log: options.log ?? opened?.log ?? noLog,
    metrics: createMetrics((text) => scrubber.scrub(text)),
  })
  const { log, metrics } = called
  const connected = connectVenue({
    config,
    environment: 'production',
    addresses: coinbaseAddresses(config, 'production'),
    key: { name: apiKey, secret: apiSecret.reveal() },
    runtime,
    log,
    metrics,
  })
  const folder = join(config.homeFolder, config.environment)
  const watchdog = createWatchdog({
    owner: () => readOwner(disk, folder),
    answers: async ({ url }) => {
      const client = createRemoteClient(url)
      try {
        return (await client.probe(PROBE_TIMEOUT_MS))?.environment === config.environment
      } finally {
        client.close()
      }
    },
    venue: connected.venue,
    halt: (reason) => haltByFile(disk, folder, reason),
    clock,
    timers,
    log,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  })
  const run = async (): Promise<WatchdogReport | undefined> => {
    try {
      return await watchdog.run({ once: options.once ?? false })
    } finally {
      connected.close()
      await called.close()
      await opened?.close()
    }
  }
  const done = run()
  return { done, stop: () => watchdog.stop() }
}

const quiet = (): void => {}
const noLog: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
