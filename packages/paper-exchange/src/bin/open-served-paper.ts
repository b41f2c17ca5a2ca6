import { ConfigError, InputError } from '@tidegate/trading-model'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import type { ExchangePrices, PaperExchangeOptions } from '../paper-exchange-options.js'
import { createTapePrices } from '../prices/tape-prices.js'
import type { ListedProduct } from '../products.js'
import type { PaperRuntime } from '../system-runtime.js'
import { holdFolder } from './hold-folder.js'
import type { PaperFlags } from './paper-flags.js'
import { type FlagFiles, type PriceChoice, readChoices } from './read-choices.js'
import { type ReadyLine, startPage } from './start-page.js'

/** What a command brings along that serves a paper exchange. */
export interface ServedPaperOptions extends Pick<FlagFiles, 'absolute'> {
  readonly flags: PaperFlags
  readonly runtime: PaperRuntime
  /** Where state is kept without `--state`, absolute; `undefined` keeps it in memory. */
  readonly folder?: string
  /** Makes a folder of its own for the key file of an exchange in memory. */
  readonly temporaryFolder: () => { readonly path: string; readonly remove: () => void }
  /** What holds where no flag says otherwise. */
  readonly defaults?: Pick<PaperExchangeOptions, 'port' | 'seed' | 'initialBalances'> & {
    readonly prices?: PriceChoice
  }
  /** Brings a real market. This package knows no client, so without it `--prices live` is refused. */
  readonly openLive?: () => Promise<{ readonly prices: ExchangePrices; readonly products: readonly ListedProduct[] }>
}

/** An exchange that runs for others, and what they are told of it. */
export interface ServedPaper {
  readonly exchange: PaperExchange
  readonly ready: ReadyLine
  /** The same and more for people, line by line. */
  page(): readonly string[]
  close(): Promise<void>
}

/**
 * Starts a paper exchange from flags: the whole of `paper-exchange` and of `tidegate paper`, but for what they print and when they end.
 *
 * @throws {InputError} `ERR_INPUT_INVALID` for a flag that makes no sense, naming the cure.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` when the address cannot be listened on.
 * @throws {HomeOwnedError} when another exchange has the folder.
 * @throws {StoreError} `ERR_STORE_CORRUPT` when state or tape is damaged.
 */
export async function openServedPaper(options: ServedPaperOptions): Promise<ServedPaper> {
  const { runtime, defaults = {} } = options
  const readText = (path: string) => runtime.disk.readText(path)
  const choices = readChoices(options.flags, { ...options, readText })
  const wanted = choices.prices ?? defaults.prices ?? { kind: 'synthetic' }
  if (choices.options.products && wanted.kind !== 'synthetic') {
    const fix = 'Leave --products out'
    throw new InputError([{ field: '--products', problem: `is settled by prices that are ${wanted.kind}`, fix }])
  }
  const market = await openMarket(wanted, options)
  const { prices: _prices, ...standing } = defaults
  const merged: PaperExchangeOptions = { controlPort: 0, ...standing, ...market, ...choices.options }
  const folder = choices.folder ?? options.folder
  if (folder !== undefined) runtime.disk.makeFolder(folder)
  const letGo = folder === undefined ? undefined : await holdFolder(folder)
  let exchange: PaperExchange
  try {
    exchange = await createPaperExchange({ ...runtime, ...merged, ...(folder === undefined ? {} : { folder }) })
  } catch (error) {
    await letGo?.()
    throw explained(error, merged)
  }
  const files = folder === undefined ? writeFiles(exchange, options) : { remove: () => {} }
  const ready = readyLine(exchange, files)
  return {
    exchange,
    ready,
    page: () =>
      startPage({
        ready,
        exchange,
        folder,
        host: merged.host ?? '127.0.0.1',
      }),
    async close() {
      await exchange.close()
      files.remove()
      await letGo?.()
    },
  }
}

async function openMarket(
  choice: PriceChoice,
  { openLive, runtime }: ServedPaperOptions,
): Promise<Pick<PaperExchangeOptions, 'prices' | 'products'>> {
  if (choice.kind === 'synthetic') return {}
  if (choice.kind === 'live') {
    if (openLive) return openLive()
    throw new InputError([
      {
        field: '--prices',
        problem: 'live needs a Coinbase client, and this command has none',
        fix:
          'Use npx @tidegate/cli paper --prices live; or record a tape with npx @tidegate/cli paper record --out FILE and play it ' +
          'here with --prices tape:FILE; or give createLivePrices a stream of your own',
      },
    ])
  }
  const text = runtime.disk.readText(choice.file)
  if (text === undefined) {
    throw new InputError([
      {
        field: '--prices',
        problem: `names a tape that is not there: ${choice.file}`,
        fix: 'Name another, or record one: npx @tidegate/cli paper record --out FILE',
      },
    ])
  }
  return { prices: ({ clock, timers }) => createTapePrices({ text, name: choice.file, clock, timers }) }
}

interface Files {
  readonly keyFile?: string
  readonly certificateFile?: string
  readonly remove: () => void
}

/** An exchange in memory has no files, but its clients want a key file, and over TLS a certificate. */
function writeFiles(exchange: PaperExchange, { runtime, temporaryFolder }: ServedPaperOptions): Files {
  const { path, remove } = temporaryFolder()
  const keyFile = `${path}/paper-key.json`
  const key = { name: exchange.keyName, privateKey: exchange.privateKeyPem }
  runtime.disk.writeTextAtomically(keyFile, `${JSON.stringify(key, undefined, 2)}\n`, 0o600)
  if (exchange.certificatePem === undefined) return { keyFile, remove }
  const certificateFile = `${path}/paper-cert.pem`
  runtime.disk.writeTextAtomically(certificateFile, exchange.certificatePem, 0o644)
  return { keyFile, certificateFile, remove }
}

function readyLine(exchange: PaperExchange, files: Files): ReadyLine {
  const certificateFile = files.certificateFile ?? exchange.certificateFile
  return {
    rest: exchange.rest,
    ws: exchange.ws,
    keyFile: files.keyFile ?? exchange.keyFile ?? '',
    control: exchange.control ? { url: exchange.control.url, token: exchange.control.token } : null,
    ...(certificateFile === undefined ? {} : { certificateFile }),
  }
}

const cannotListen: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already',
  EACCES: 'this user may not listen there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
}

function explained(error: unknown, { host = '127.0.0.1', port = 0, controlPort }: PaperExchangeOptions): unknown {
  const why = cannotListen[String((error as { code?: unknown } | undefined)?.code)]
  if (why === undefined) return error
  const where = controlPort ? `port ${port} of ${host}, or control port ${controlPort}` : `port ${port} of ${host}`
  return new ConfigError('ERR_CONFIG_INVALID', `cannot listen on ${where}: ${why}`, {
    hint: 'Name another --port or --host; port 0 picks a free one',
    cause: error,
  })
}
