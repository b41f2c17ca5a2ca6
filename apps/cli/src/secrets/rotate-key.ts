import type { Config, SecretsFile } from '@tidegate/gateway'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { BaseError, ConfigError } from '@tidegate/trading-model'
import { say } from '../output.js'

const LOOK_FOR_OWNER_MS = 2_000

/**
 * Lets a new key wait in the sealed file and asks the running gateway to take it: that asks the venue, changes over, and keeps the old
 * key on any refusal. Without a running gateway the new key is put in force on disk, and the next start asks the venue.
 *
 * @param options - `next` absent: the key that the key file holds by now.
 * @throws {ConfigError} Nothing to change to. What the gateway threw.
 */
export async function rotateKey(options: {
  readonly config: Config
  readonly file: SecretsFile | undefined
  readonly next: { readonly name: string; readonly secret: string } | undefined
}): Promise<JsonObject> {
  const { config, file, next } = options
  if (file && next) {
    if (file.key()?.name === next.name) {
      throw new ConfigError('ERR_CONFIG_INVALID', 'this key is in force already', {
        hint: 'Make another one at Coinbase',
      })
    }
    file.stageNext(next)
  } else if (next) {
    throw new ConfigError('ERR_CONFIG_INVALID', `the key is not kept in ${config.secrets.file}`, {
      hint: 'Replace the file that coinbase.key_file names and run `tidegate secrets rotate` without --key-file, or run `tidegate secrets init`',
    })
  }
  const { openHome } = await import('@tidegate/gateway')
  const home = openHome(config, { as: 'cli', quiet: true, attachPatienceMs: LOOK_FOR_OWNER_MS })
  try {
    const answer = await home.control.call('rotate_key', {})
    return { ...answer, message: `${say(answer['to'])} is in force; the old key can be deleted at Coinbase.` }
  } catch (error) {
    const isAlone = BaseError.isInstance(error) && error.code === 'ERR_NOT_READY'
    if (!isAlone || !file?.nextKey()) {
      if (file?.nextKey()) file.settleNext('refused')
      throw error
    }
    const to = file.nextKey()?.name ?? ''
    file.settleNext('taken')
    return {
      ok: true,
      to,
      message: `${to} is in ${config.secrets.file}; no gateway runs, the next one asks Coinbase at its start.`,
    }
  } finally {
    await home.close()
  }
}
