import { formatDecimal, InputError, parsePositiveDecimal, suggest } from '@tidegate/trading-model'
import type { ClockPace } from '../clock/exchange-clock.js'
import type { Fault } from '../faults/fault.js'
import { readFaultScript } from '../faults/fault-script.js'
import { listProducts } from '../list-products.js'
import type { PaperExchangeOptions } from '../paper-exchange-options.js'
import { DEFAULT_PRODUCTS, type ListedProduct } from '../products.js'
import type { PaperFlags } from './paper-flags.js'

/** Where prices are to come from. */
export type PriceChoice =
  | { readonly kind: 'synthetic' }
  | { readonly kind: 'live' }
  | { readonly kind: 'tape'; readonly file: string }

/** What the flags say, checked. */
export interface PaperChoices {
  readonly prices: PriceChoice | undefined
  /** Absolute. */
  readonly folder: string | undefined
  readonly options: Pick<
    PaperExchangeOptions,
    'port' | 'host' | 'controlPort' | 'seed' | 'products' | 'initialBalances' | 'pace' | 'tls' | 'tokenMode' | 'faults'
  >
}

/** How the files that flags name are found and read. */
export interface FlagFiles {
  /** Makes a path absolute: relative ones are meant from where the command was given. */
  readonly absolute: (path: string) => string
  /** `undefined` when the file is absent. */
  readonly readText: (path: string) => string | undefined
}

const maxSeed = 2 ** 32 - 1
const maxSpeed = 10_000

/**
 * Turns flags into options of the exchange. Only what is given is in the result.
 *
 * @throws {InputError} naming the flag, what is wrong with its value, and what to write instead.
 */
export function readChoices(flags: PaperFlags, files: FlagFiles): PaperChoices {
  if (flags.strict && flags.lenient) throw refuse('strict', 'and --lenient exclude each other', 'Leave one of them out')
  const products = flags.products === undefined ? undefined : readProducts(flags.products)
  const prices = flags.prices === undefined ? undefined : readPrices(flags.prices, files)
  if (flags.seed !== undefined && prices && prices.kind !== 'synthetic') {
    throw refuse('seed', `does nothing with --prices ${prices.kind}`, 'Leave one of them out')
  }
  const pace = flags.speed === undefined ? undefined : readPace(flags.speed)
  if (pace && prices?.kind === 'live') {
    throw refuse('speed', 'cannot hurry a live market', 'Leave it out, or record a tape and play that')
  }
  return {
    prices,
    folder: flags.state === undefined ? undefined : files.absolute(flags.state),
    options: {
      ...given('port', flags.port, (text) => readWhole('port', text, 65_535)),
      ...given('controlPort', flags['control-port'], (text) => readWhole('control-port', text, 65_535)),
      ...given('host', flags.host, readHost),
      ...given('seed', flags.seed, (text) => readWhole('seed', text, maxSeed)),
      ...given('initialBalances', flags.balances, (text) =>
        // A tape and a live venue know their own products.
        readBalances(text, products ?? (prices && prices.kind !== 'synthetic' ? undefined : DEFAULT_PRODUCTS)),
      ),
      ...given('faults', flags.faults, (path) => readFaults(path, files)),
      ...(products ? { products } : {}),
      ...(pace ? { pace } : {}),
      ...(flags.tls ? { tls: true } : {}),
      ...(flags.strict ? { tokenMode: 'strict' as const } : {}),
    },
  }
}

function given<K extends string, V>(key: K, text: string | undefined, read: (text: string) => V): { [P in K]?: V } {
  return text === undefined ? {} : ({ [key]: read(text) } as { [P in K]?: V })
}

function readWhole(flag: string, text: string, high: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(number <= high))
    throw refuse(flag, `is ${quote(text)}, no whole number from 0 to ${high}`, `Write e.g. --${flag} 7`)
  return number
}

function readHost(text: string): string {
  const bare = /^\[(.+)\]$/.exec(text)?.[1] ?? text
  if (/^[\w.:-]+$/.test(bare) && !/^\w+:\d*$/.test(bare)) return bare
  throw refuse('host', `is ${quote(text)}, no address or host name`, 'Write e.g. --host 127.0.0.1; the port is --port')
}

function readPace(text: string): ClockPace {
  if (text === 'stepped') return { kind: 'stepped' }
  const speed = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0
  if (speed > 0 && speed <= maxSpeed) return speed === 1 ? { kind: 'real' } : { kind: 'accelerated', speed }
  throw refuse('speed', `is ${quote(text)}`, `Write a factor above 0 and up to ${maxSpeed}, such as 60, or stepped`)
}

function readProducts(text: string): readonly ListedProduct[] {
  const ids = text.split(',').map((id) => id.trim().toUpperCase())
  try {
    return listProducts(ids)
  } catch (error) {
    throw error instanceof InputError ? asFlags(error) : error
  }
}

function readBalances(text: string, products: readonly ListedProduct[] | undefined): Readonly<Record<string, string>> {
  const currencies = products && [...new Set(products.flatMap((one) => [one.baseCurrency, one.quoteCurrency]))]
  const balances: Record<string, string> = {}
  for (const part of text.split(',')) {
    const [, currency, amount] = /^\s*([A-Za-z0-9]+)\s*=\s*(.*?)\s*$/.exec(part) ?? []
    const name = currency?.toUpperCase()
    if (name === undefined) throw refuse('balances', `has ${quote(part)}`, 'Write e.g. --balances USD=1000,BTC=0.5')
    if (currencies && !currencies.includes(name)) {
      const near = suggest(name, currencies)
      const fix = `${near ? `Did you mean ${near}? ` : ''}The listed products trade ${currencies.join(', ')}`
      throw refuse('balances', `names ${name}, which no listed product trades`, fix)
    }
    if (balances[name] !== undefined) throw refuse('balances', `names ${name} twice`, 'Leave one of them out')
    balances[name] = formatDecimal(parsePositiveDecimal(amount, `--balances ${name}`))
  }
  return balances
}

function readPrices(text: string, files: FlagFiles): PriceChoice {
  if (text === 'synthetic' || text === 'live') return { kind: text }
  const file = /^tape:(.+)$/s.exec(text)?.[1]
  if (file !== undefined) return { kind: 'tape', file: files.absolute(file) }
  const near = suggest(text, ['synthetic', 'live'])
  const fix = `${near ? `Did you mean ${near}? ` : ''}Write synthetic, live, or tape: and a file, e.g. tape:monday.jsonl`
  throw refuse('prices', `is ${quote(text)}`, fix)
}

function readFaults(path: string, files: FlagFiles): readonly Fault[] {
  const text = files.readText(files.absolute(path))
  if (text === undefined) throw refuse('faults', `names ${quote(path)}, and there is no such file`, 'Name a script')
  return readFaultScript(text)
}

function asFlags(error: InputError): InputError {
  return new InputError(error.issues.map((issue) => ({ ...issue, field: `--${issue.field}` })))
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}

function refuse(flag: string, problem: string, fix: string): InputError {
  return new InputError([{ field: `--${flag}`, problem, fix }])
}
