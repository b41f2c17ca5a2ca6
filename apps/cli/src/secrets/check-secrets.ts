import type { Config, SecretsFile } from '@tidegate/gateway'
import { BaseError, InputError } from '@tidegate/trading-model'

export interface SecretsReport {
  readonly ok: boolean
  readonly environment: string
  readonly source: string
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[]
}

/** Looks at everything that can be looked at without asking the venue: places, permissions, whether the key can sign. */
export async function checkSecrets(config: Config, open: () => Promise<SecretsFile>): Promise<SecretsReport> {
  const { checkPrivateFile, createKeySigner } = await import('@tidegate/gateway')
  const checks: { name: string; ok: boolean; detail: string }[] = []
  const look = async (name: string, run: () => Promise<string> | string): Promise<void> => {
    try {
      checks.push({ name, ok: true, detail: await run() })
    } catch (error) {
      checks.push({ name, ok: false, detail: BaseError.isInstance(error) ? sentence(error) : 'it cannot be read' })
    }
  }
  const { isSealed, file, keyFile, keySource } = config.secrets
  await look('source', () => {
    if (keySource === 'none') throw new InputError([noKey])
    return (
      { variable: 'the environment, in plain text', file: 'the configuration, in plain text' }[String(keySource)] ??
      keySource
    )
  })
  let name = config.coinbase.apiKey
  let secret = config.coinbase.apiSecret?.reveal()
  if (isSealed) {
    await look('sealed file', async () => {
      const opened = await open()
      name = opened.key()?.name
      secret = opened.key()?.secret
      return `${file} opens and holds ${opened.list().length} secrets`
    })
  } else if (keyFile !== undefined) {
    await look('key file', () => {
      checkPrivateFile('coinbase.key_file', keyFile)
      return `${keyFile} is readable to its owner alone`
    })
  }
  await look('key', () => {
    if (name === undefined || secret === undefined) throw new InputError([noKey])
    const signer = createKeySigner(name, secret)
    return `${signer.keyName} signs with ${signer.algorithm}`
  })
  return { ok: checks.every((check) => check.ok), environment: config.environment, source: keySource, checks }
}

const noKey = {
  field: 'key',
  problem: 'is nowhere',
  fix: 'run `tidegate secrets init`, then `tidegate secrets set --key-file FILE`',
}

function sentence(error: BaseError): string {
  return error.hint === undefined ? error.shortMessage : `${error.shortMessage}. ${error.hint}`
}
