import type { Config } from '@tidegate/gateway'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { ConfigError, InputError } from '@tidegate/trading-model'
import type { Command } from 'commander'
import { exitCodeOf } from '../exit-code.js'
import { createOutput, say, table } from '../output.js'
import { promptSecret, readSecretFrom } from '../prompt-secret.js'
import { checkSecrets } from '../secrets/check-secrets.js'
import { acceptPassphraseFlags, givenPassphrase, openFile, type PassphraseFlags } from '../secrets/open-secrets.js'
import { rotateKey } from '../secrets/rotate-key.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { type Answer, acceptGlobalFlags } from './define.js'

interface NewPassphraseFlags {
  readonly newPassphraseFile?: string
  readonly newPassphraseFd?: string
}

/** `tidegate secrets init|set|list|rotate|rekey|check`: the encrypted file that the key is kept in. No secret is ever an argument. */
export function addSecretCommands(program: Command): void {
  const secrets = program
    .command('secrets')
    .description('the encrypted file that key, store address and webhook are kept in')

  define<PassphraseFlags>(
    secrets.command('init').description('make the file, with a passphrase of yours'),
    async (flags) => {
      const config = await readSecretsConfig(flags)
      const { createSecretsFile, createRuntime } = await import('@tidegate/gateway')
      const passphrase = (await givenPassphrase(config, flags)) ?? (await askTwice())
      createSecretsFile({ path: config.secrets.file, environment: config.environment, passphrase, ...createRuntime() })
      return {
        value: { ok: true, file: config.secrets.file, environment: config.environment },
        human: [
          `Made ${config.secrets.file} for ${config.environment}. Without the passphrase nobody opens it, nor do we: keep it.`,
          'Next: tidegate secrets set --key-file FILE, with the key file Coinbase gave you; then delete that file.',
        ],
      }
    },
  )

  define<PassphraseFlags & { keyFile?: string; fromFile?: string; fromFd?: string }, [string | undefined]>(
    secrets
      .command('set')
      .description('put a secret in; its value is asked for, or read from a file, a descriptor or a pipe')
      .argument('[name]', 'coinbase.api_key, coinbase.api_secret, store.url or alerts.webhook_url')
      .option('--key-file <file>', 'name and secret of the key from the JSON file Coinbase handed out')
      .option('--from-file <file>', 'read the value from this file')
      .option('--from-fd <number>', 'read the value from this descriptor'),
    async (flags, name) => {
      const config = await readSecretsConfig(flags)
      const { checkSecretName } = await import('@tidegate/gateway')
      const known = name === undefined ? undefined : checkSecretName(name)
      if ((known === undefined) === (flags.keyFile === undefined)) {
        throw new InputError([
          { field: 'name', problem: 'or --key-file must be given, not both', fix: 'name one secret' },
        ])
      }
      const file = await openFile(config, flags)
      const set = flags.keyFile === undefined ? [known as string] : ['coinbase.api_key', 'coinbase.api_secret']
      if (flags.keyFile !== undefined) {
        const key = await readKey(flags.keyFile)
        file.set('coinbase.api_key', key.name)
        file.set('coinbase.api_secret', key.secret)
      } else if (known !== undefined) {
        file.set(known, readSecretFrom(place(flags)) ?? (await ask(known)))
      }
      return {
        value: { ok: true, set, file: config.secrets.file },
        human: [`${set.join(' and ')} ${set.length > 1 ? 'are' : 'is'} in ${config.secrets.file}, encrypted.`],
      }
    },
  )

  define<PassphraseFlags>(
    secrets.command('list').description('which secrets there are; never a value'),
    async (flags) => {
      const config = await readSecretsConfig(flags)
      const found = (await openFile(config, flags)).list()
      return {
        value: {
          ok: true,
          file: config.secrets.file,
          secrets: found.map(({ name, setAt }) => ({ name, set_at: setAt })),
        },
        human: table([['name', 'set at'], ...found.map(({ name, setAt }) => [name, setAt])]),
      }
    },
  )

  define<PassphraseFlags & { keyFile?: string }>(
    secrets
      .command('rotate')
      .description('let another key take over, in the running gateway without a pause')
      .option('--key-file <file>', 'the new key, as Coinbase handed it out'),
    async (flags) => {
      const config = await readSecretsConfig(flags)
      const file = config.secrets.isSealed ? await openFile(config, flags) : undefined
      const answer = await rotateKey({
        config,
        file,
        next: flags.keyFile === undefined ? undefined : await readKey(flags.keyFile),
      })
      return { value: answer, human: [say(answer['message'])] }
    },
  )

  define<PassphraseFlags & NewPassphraseFlags>(
    secrets
      .command('rekey')
      .description('seal the file anew with another passphrase of yours; what is in it stays')
      .option('--new-passphrase-file <file>', 'read the new one from this file, mode 0600')
      .option('--new-passphrase-fd <number>', 'read the new one from this descriptor'),
    async (flags) => {
      const config = await readSecretsConfig(flags)
      // Opened first: a person with the wrong passphrase is not asked for another one.
      const file = await openFile(config, flags)
      file.rekey(await newPassphrase(flags))
      return {
        value: { ok: true, file: config.secrets.file, environment: config.environment },
        human: [
          `${config.secrets.file} opens with the new passphrase alone.`,
          ...(config.secrets.passphraseFile === undefined
            ? []
            : [`Put the new one into ${config.secrets.passphraseFile}, too: the next start reads it there.`]),
          'A gateway that runs goes on with what it has read, and reads further changes once it has the new passphrase: at its next start at the latest.',
          'Copies and backups of the old file still open with the old one: if that has leaked, change the secrets themselves.',
        ],
      }
    },
  )

  define<PassphraseFlags>(
    secrets.command('check').description('where the key comes from, and who may read it'),
    async (flags) => {
      const config = await readSecretsConfig(flags)
      const answer = await checkSecrets(config, () => openFile(config, flags))
      return {
        value: answer as unknown as JsonObject,
        human: answer.checks.map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'BAD '} ${name}: ${detail}`),
      }
    },
  )
}

function define<Flags extends GlobalFlags, Args extends readonly unknown[] = []>(
  command: Command,
  action: (flags: Flags, ...args: Args) => Promise<Answer>,
): void {
  acceptPassphraseFlags(acceptGlobalFlags(command))
  command.action(async (...received: unknown[]) => {
    const flags = command.optsWithGlobals<Flags>()
    const answer = await action(flags, ...(received.slice(0, command.registeredArguments.length) as unknown as Args))
    createOutput(flags.json === true).result(answer.value, answer.human)
    process.exitCode = exitCodeOf(answer.value)
  })
}

async function readSecretsConfig(flags: GlobalFlags): Promise<Config> {
  const config = await readConfig(flags, {}, { withoutKey: true })
  if (config.environment === 'production') return config
  throw new ConfigError(
    'ERR_CONFIG_INVALID',
    `${config.environment} has no secrets to keep: its key is made by itself or not needed`,
    {
      hint: 'Add --environment production',
    },
  )
}

async function askTwice(): Promise<string> {
  const first = await promptSecret('New passphrase, 12 characters or more')
  const second = await promptSecret('The same again')
  if (first === second) return first
  throw new InputError([{ field: 'passphrase', problem: 'was not the same twice', fix: 'try again' }])
}

/** From file or descriptor; without either a person is asked, or the line on a pipe is it. */
async function newPassphrase({ newPassphraseFile, newPassphraseFd }: NewPassphraseFlags): Promise<string> {
  if (newPassphraseFile !== undefined) {
    const { checkPrivateFile } = await import('@tidegate/gateway')
    checkPrivateFile('--new-passphrase-file', newPassphraseFile)
  }
  const given = readSecretFrom({
    ...(newPassphraseFile === undefined ? {} : { file: newPassphraseFile }),
    ...(newPassphraseFd === undefined ? {} : { fd: newPassphraseFd }),
  })
  return (given ?? (process.stdin.isTTY ? await askTwice() : readSecretFrom({ fd: '0' })) ?? '').split(/\r?\n/)[0] ?? ''
}

/** A value from a terminal is asked for without being shown; from a pipe it is read to its end. */
async function ask(name: string): Promise<string> {
  return process.stdin.isTTY ? promptSecret(name) : (readSecretFrom({ fd: '0' }) ?? '')
}

async function readKey(path: string): Promise<{ readonly name: string; readonly secret: string }> {
  const { checkPrivateFile, readKeyFile } = await import('@tidegate/gateway')
  checkPrivateFile('--key-file', path)
  const { name, privateKey } = readKeyFile(readSecretFrom({ file: path }) ?? '', path)
  return { name, secret: privateKey }
}

function place(flags: { readonly fromFile?: string; readonly fromFd?: string }): { file?: string; fd?: string } {
  return {
    ...(flags.fromFile === undefined ? {} : { file: flags.fromFile }),
    ...(flags.fromFd === undefined ? {} : { fd: flags.fromFd }),
  }
}
