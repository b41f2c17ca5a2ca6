import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { ConfigError, InputError } from '@tidegate/trading-model'
import type { Command } from 'commander'
import { createOutput } from '../output.js'
import { type GlobalFlags, readConfig } from '../session.js'
import { CLIENTS, fileOf, type Machine, readClient, SERVER_NAME, type Wish, wantedFor } from '../setup/clients.js'
import { stdioEntry } from '../stdio-entry.js'
import { acceptGlobalFlags } from './define.js'

interface SetupFlags extends GlobalFlags {
  readonly client: string
  readonly write?: boolean
  readonly print?: boolean
  readonly remove?: boolean
  readonly http?: boolean
  readonly url?: string
  readonly agent?: string
  readonly project?: boolean
}

/** `tidegate setup --client NAME`: puts us into the file in which an MCP host keeps its servers. */
export function addSetupCommand(program: Command): void {
  const command = acceptGlobalFlags(program.command('setup'))
    .description('add this server to an MCP client: prints what would change; --write does it, with a backup')
    .requiredOption('--client <name>', CLIENTS.join(', '))
    .option('--print', 'only show it (the default)')
    .option('--write', 'change the file; what it was is kept beside it')
    .option('--remove', 'take our entry out instead')
    .option('--http', 'reach a gateway that runs by its URL, instead of starting a stdio server')
    .option('--url <url>', 'with --http: another URL than that of the configuration')
    .option('--agent <name>', 'speak for this agent of the configuration')
    .option('--project', 'the file of the working directory instead of the user’s own')
  command.action(async () => {
    const flags = command.optsWithGlobals<SetupFlags>()
    const machine = { platform: process.platform, home: homedir(), cwd: process.cwd(), env: process.env }
    const { value, human } = await setUp(flags, machine, new Date())
    createOutput(flags.json === true).result(value, human)
  })
}

/** What the command does, on any machine. */
export async function setUp(
  flags: SetupFlags,
  machine: Machine,
  now: Date,
): Promise<{ readonly value: Readonly<Record<string, unknown>>; readonly human: readonly string[] }> {
  if (flags.write && flags.print) {
    throw new InputError([{ field: 'print', problem: 'and --write were both given', fix: 'leave one of them out' }])
  }
  const client = readClient(flags.client)
  const verb = flags.remove ? 'remove' : 'add'
  const file = fileOf(client, machine, flags.project === true)
  // Taking out needs to know nothing but the name.
  const wish = verb === 'remove' ? emptyWish : await wishOf(flags)
  const wanted = wantedFor(client, wish)
  const { readClientFile, writeClientFile } = await import('../setup/write-client-file.js')
  const { diffLines } = await import('../setup/text.js')
  const edit = async (text: string): Promise<string> =>
    wanted.format === 'toml'
      ? (await import('../setup/edit-toml.js')).editToml(text, file, wanted, verb)
      : (await import('../setup/edit-json.js')).editJson(text, file, wanted, verb)
  const found = readClientFile(file)
  const { before, after, trouble } = await edit(found).then(
    (text) => ({ before: found, after: text, trouble: [] }),
    async (error: unknown) => {
      // Whoever pastes it in by hand is shown it beside a file that we cannot change.
      if (!flags.print || !ConfigError.isInstance(error)) throw error
      return { before: '', after: await edit(''), trouble: [`${error.shortMessage}: shown as for an empty file.`] }
    },
  )
  const diff = diffLines(before, after)
  const isChanged = after !== before
  const backup = isChanged && flags.write ? writeClientFile(file, before, after, now) : undefined
  const notes = [...trouble, ...(verb === 'remove' ? [] : notesOf(wish, wanted.notes))]
  return {
    value: {
      ok: true,
      client,
      file,
      changed: isChanged,
      written: isChanged && flags.write === true,
      ...(backup === undefined ? {} : { backup }),
      ...(verb === 'add' ? { section: wanted.section, entry: wanted.entry } : {}),
      diff,
      notes,
    },
    human: [
      file,
      ...(isChanged
        ? diff
        : [verb === 'add' ? 'is as it should be; nothing to do.' : `has no ${SERVER_NAME}; nothing to do.`]),
      ...(isChanged && !flags.write ? ['', 'Nothing was written. Add --write to do it.'] : []),
      ...(backup === undefined ? [] : ['', `What it was is in ${backup}`]),
      ...(isChanged && flags.write ? ['Restart the client, so that it reads the file.'] : []),
      ...notes.map((note) => `Note: ${note}`),
    ],
  }
}

const emptyWish: Wish = { kind: 'stdio', command: '', args: [], hasToken: false }

async function wishOf(flags: SetupFlags): Promise<Wish> {
  if (!flags.http && flags.url !== undefined) {
    throw new InputError([{ field: 'url', problem: 'is for --http only', fix: 'add --http, or leave it out' }])
  }
  const config = await readConfig(flags, {}, { withoutKey: true })
  const { agentPrincipal } = await import('@tidegate/gateway')
  if (flags.agent !== undefined) agentPrincipal(config, flags.agent)
  if (flags.http) return { kind: 'http', url: readUrl(flags.url ?? urlOf(config.server.host, config.server.port)) }
  const named = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${name}`, value]
  return {
    kind: 'stdio',
    // By its path: a client with windows has another PATH than a shell.
    command: process.execPath,
    args: [
      stdioEntry(),
      ...named('home', flags.home === undefined ? undefined : resolve(flags.home)),
      ...named('config', flags.config === undefined ? undefined : resolve(flags.config)),
      ...named('environment', flags.environment),
      ...named('agent', flags.agent),
    ],
    hasToken: flags.agent !== undefined,
  }
}

function urlOf(host: string, port: number): string {
  const reachable = host === 'localhost' || host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/mcp`
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isOurs = url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
  const isLocal = url !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (
    isOurs &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    (isLocal || url.protocol === 'https:')
  ) {
    return text
  }
  throw new InputError([
    {
      field: 'url',
      problem: 'is no http:// address of this machine and no https:// address, or it holds a secret',
      fix: 'write e.g. http://127.0.0.1:8765/mcp',
    },
  ])
}

function notesOf(wish: Wish, notes: readonly string[]): readonly string[] {
  if (wish.kind === 'http') return [...notes, 'The gateway has to run: tidegate serve.']
  const [entry] = wish.args
  if (entry === undefined || existsSync(entry)) return notes
  return [...notes, `${entry} is not there yet: build it with npm start -- --once.`]
}
