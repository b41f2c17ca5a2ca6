import {
  createAxiosTransport,
  createKeySigner,
  createRateBudget,
  type LiveCheckReport,
  runLiveCheck,
} from '@tidegate/coinbase-client'
import { ConfigError, type Log, type Metrics } from '@tidegate/trading-model'
import type { Config } from './config/config.js'
import { createRuntime } from './runtime.js'
import { unlockSecrets } from './secrets/unlock-secrets.js'
import { coinbaseAddresses } from './wiring/venue-addresses.js'

const quiet = () => {}
const noLog: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const noMetrics: Metrics = { count: quiet, observe: quiet, gauge: quiet }

/**
 * Compares what Coinbase's live interface answers with what our schemas expect, with the configured key. Reads only; opens no
 * home, keeps nothing and prints nothing.
 *
 * @throws {ConfigError} `ERR_CONFIG_MISSING` without a key; `ERR_CONFIG_INVALID` in an environment other than production.
 */
export async function liveCheck(given: Config): Promise<LiveCheckReport> {
  if (given.environment !== 'production') {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `The live check asks Coinbase itself, and this is ${given.environment}`,
      {
        hint: 'add --environment production',
      },
    )
  }
  const runtime = createRuntime()
  const { config } = unlockSecrets(given, runtime)
  const { apiKey, apiSecret } = config.coinbase
  if (!apiSecret) {
    throw new ConfigError('ERR_CONFIG_MISSING', 'The live check needs an API key and none is configured', {
      hint: 'set coinbase.api_key and coinbase.api_secret; the permission View is enough',
    })
  }
  const { clock, timers, random } = runtime
  const http = createAxiosTransport()
  try {
    return await runLiveCheck({
      environment: config.environment,
      restUrl: coinbaseAddresses(config, 'production').restUrl,
      signer: createKeySigner(apiKey ?? '', apiSecret.reveal()),
      clock,
      timers,
      random,
      http,
      budget: createRateBudget({ clock, timers }),
      log: noLog,
      metrics: noMetrics,
    })
  } finally {
    http.close()
  }
}
