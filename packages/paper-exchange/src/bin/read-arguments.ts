import { InputError, suggest } from '@tidegate/trading-model'
import { PAPER_FLAGS, type PaperFlag, type PaperFlags } from './paper-flags.js'

/** What the command line asks for. */
export type Asked =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'serve'; readonly flags: PaperFlags }

/** The flags of the command that are no matter of the exchange. */
export const OWN_FLAGS: readonly PaperFlag[] = [
  { name: 'json', about: 'one ready line of JSON on stdout, then nothing more' },
  { name: 'help', about: 'this page' },
  { name: 'version', about: 'the version' },
]

/** What other tools call the same thing. */
const alsoKnown: Readonly<Record<string, string>> = {
  'ws-port': 'port (REST and WebSocket share it)',
  'rest-port': 'port (REST and WebSocket share it)',
  dir: 'state',
  folder: 'state',
  https: 'tls',
  cash: 'balances',
}

/**
 * Reads the arguments of `paper-exchange`. `--flag value` and `--flag=value` are the same.
 *
 * @throws {InputError} for an argument that is no flag (with the one that was meant), a value too many, missing or given twice.
 */
export function readArguments(args: readonly string[]): Asked {
  const known = [...PAPER_FLAGS, ...OWN_FLAGS] as readonly PaperFlag[]
  const flags: Record<string, string | boolean> = {}
  for (let at = 0; at < args.length; at++) {
    const written = args[at] === '-h' ? '--help' : (args[at] ?? '')
    const [, name, attached] = /^--([^=]+)(?:=(.*))?$/s.exec(written) ?? []
    if (name === undefined) throw refuse(written, 'is no flag', 'See --help; every flag begins with two dashes')
    const flag = known.find((one) => one.name === name)
    if (!flag) throw refuse(`--${name}`, 'is not a flag of this command', meant(name, known))
    if (flags[name] !== undefined) throw refuse(`--${name}`, 'is given twice', 'Leave one of them out')
    if (flag.value === undefined) {
      if (attached !== undefined) throw refuse(`--${name}`, 'takes no value', `Write --${name} alone`)
      flags[name] = true
      continue
    }
    const next = args[at + 1]
    if (attached === undefined && next !== undefined && !next.startsWith('--')) at++
    const value = attached ?? (next?.startsWith('--') ? undefined : next)
    if (!value) throw refuse(`--${name}`, 'has no value', `Write --${name} <${flag.value}>: ${flag.about}`)
    flags[name] = value
  }
  if (flags['help']) return { kind: 'help' }
  if (flags['version']) return { kind: 'version' }
  const { json: _json, ...rest } = flags
  return { kind: 'serve', flags: rest as PaperFlags }
}

function meant(name: string, known: readonly PaperFlag[]): string {
  const other = alsoKnown[name]
  if (other) return `Did you mean --${other}?`
  const near = suggest(
    name,
    known.map((flag) => flag.name),
  )
  return near ? `Did you mean --${near}?` : 'See --help for the flags there are'
}

function refuse(field: string, problem: string, fix: string): InputError {
  return new InputError([{ field, problem, fix }])
}
