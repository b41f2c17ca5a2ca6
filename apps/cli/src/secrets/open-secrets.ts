import type { Config, SecretsFile } from '@tidegate/gateway'
import type { Command } from 'commander'
import { promptSecret, readSecretFrom } from '../prompt-secret.js'
import type { GlobalFlags } from '../session.js'

/** Flags that say where the passphrase of the sealed file is. */
export interface PassphraseFlags extends GlobalFlags {
  readonly passphraseFile?: string
  readonly passphraseFd?: string
}

/** Those flags, for a command that opens the sealed file. */
export function acceptPassphraseFlags(command: Command): Command {
  return command
    .option('--passphrase-file <file>', 'read the passphrase from this file, mode 0600')
    .option('--passphrase-fd <number>', 'read the passphrase from this descriptor')
}

/** Opens the sealed file; a person is asked for the passphrase where nothing says it. */
export async function openFile(config: Config, flags: PassphraseFlags): Promise<SecretsFile> {
  const { openSecretsFile, createRuntime } = await import('@tidegate/gateway')
  const passphrase =
    (await givenPassphrase(config, flags)) ?? (await promptSecret(`Passphrase of ${config.secrets.file}`))
  return openSecretsFile({ path: config.secrets.file, environment: config.environment, passphrase, ...createRuntime() })
}

/** The passphrase from flag, descriptor or file; `undefined` when none is named. */
export async function givenPassphrase(config: Config, flags: PassphraseFlags): Promise<string | undefined> {
  const { checkPrivateFile, readPassphrase } = await import('@tidegate/gateway')
  if (flags.passphraseFile !== undefined) checkPrivateFile('--passphrase-file', flags.passphraseFile)
  const given = readSecretFrom({
    ...(flags.passphraseFile === undefined ? {} : { file: flags.passphraseFile }),
    ...(flags.passphraseFd === undefined ? {} : { fd: flags.passphraseFd }),
  })
  return given ?? readPassphrase(config)?.reveal()
}
