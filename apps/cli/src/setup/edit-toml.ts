import { ConfigError } from '@tidegate/trading-model'
import { parse, stringify, TomlError } from 'smol-toml'
import { SERVER_NAME, type Wanted } from './clients.js'
import { sameValue } from './text.js'

type Table = Readonly<Record<string, unknown>>

/**
 * A client's TOML with our table at its end, or without it. Every other line stays as it is; what comes out is read again and compared.
 *
 * @param text - Of the file; empty for one that is not there.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` with the line: the file is no TOML, or our table is written in a way we cannot take out.
 */
export function editToml(text: string, file: string, { section, entry }: Wanted, verb: 'add' | 'remove'): string {
  const before = read(text, file)
  const servers = before[section]
  if (servers !== undefined && !isTable(servers)) throw cannotChange(file, section)
  const own = servers?.[SERVER_NAME]
  if (verb === 'add' ? sameValue(own, entry) : own === undefined) return text
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const kept = own === undefined ? text : withoutTable(text, section, eol)
  const gap = kept === '' || kept.endsWith(`${eol}${eol}`) ? '' : kept.endsWith(eol) ? eol : `${eol}${eol}`
  const block = stringify({ [section]: { [SERVER_NAME]: entry } })
    .trim()
    .split('\n')
    .join(eol)
  const after = verb === 'add' ? `${kept}${gap}${block}${eol}` : kept
  const others = (root: Table): unknown => {
    const { [section]: all, ...rest } = root
    return [rest, isTable(all) ? { ...all, [SERVER_NAME]: undefined } : {}]
  }
  const now = readBack(after)
  const held = now && isTable(now[section]) ? now[section][SERVER_NAME] : undefined
  if (!now || !sameValue(others(now), others(before)) || !sameValue(held, verb === 'add' ? entry : undefined)) {
    throw cannotChange(file, `${section}.${SERVER_NAME}`)
  }
  return after
}

/** Takes out the table and its subtables, from their headers to the next one; comments right above the next header stay with it. */
function withoutTable(text: string, section: string, eol: string): string {
  const header = new RegExp(`^\\s*\\[\\s*${section}\\s*\\.\\s*("?)${SERVER_NAME}\\1\\s*(\\]|\\.)`)
  const kept: string[] = []
  let cut: string[] | undefined
  for (const line of text.split(eol)) {
    if (header.test(line)) cut = []
    else if (cut && /^\s*\[/.test(line)) {
      kept.push(...trailingComments(cut))
      cut = undefined
    }
    if (cut) cut.push(line)
    else kept.push(line)
  }
  if (cut) {
    const rest = trailingComments(cut.slice(0, cut.at(-1) === '' ? -1 : undefined))
    while (kept.at(-1)?.trim() === '') kept.pop()
    kept.push(...rest, '')
  }
  const left = kept.join(eol)
  return left.trim() === '' ? '' : left
}

function trailingComments(lines: readonly string[]): readonly string[] {
  let from = lines.length
  while (from > 1 && /^\s*(#.*)?$/.test(lines[from - 1] ?? '')) from--
  return lines.slice(from)
}

function readBack(text: string): Table | undefined {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

function read(text: string, file: string): Table {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [reason] = error.message.replace(/^Invalid TOML document: /, '').split('\n')
    throw new ConfigError('ERR_CONFIG_INVALID', `${file} line ${error.line} is no TOML (${reason})`, {
      hint: `Mend line ${error.line} and run it again, or use --print and paste it in; nothing was written`,
    })
  }
}

function cannotChange(file: string, key: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `${key} in ${file} is written in a way that cannot be changed safely`, {
    hint: `Take ${key} out by hand and run it again; nothing was written`,
  })
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
