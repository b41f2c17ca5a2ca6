import { join, posix, win32 } from 'node:path'
import { InputError, suggest } from '@tidegate/trading-model'

export const CLIENTS = ['claude-desktop', 'claude-code', 'cursor', 'vscode', 'codex'] as const
export type Client = (typeof CLIENTS)[number]

/** Where a token is read from: in no file of a client, ever. */
export const TOKEN_VARIABLE = 'TIDEGATE_AGENT_TOKEN'
/** The name under which a client knows us. */
export const SERVER_NAME = 'tidegate'
/** Under which VS Code keeps the token it asks for. */
export const INPUT_ID = 'tidegate-agent-token'

/** Where the files of clients lie on this machine. */
export interface Machine {
  readonly platform: NodeJS.Platform
  /** The user's home. */
  readonly home: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** How a client is to reach us. */
export type Wish =
  | { readonly kind: 'stdio'; readonly command: string; readonly args: readonly string[]; readonly hasToken: boolean }
  | { readonly kind: 'http'; readonly url: string }

/** What has to stand in a client's file. */
export interface Wanted {
  readonly format: 'json' | 'toml'
  /** The key of the map of servers. */
  readonly section: 'mcpServers' | 'servers' | 'mcp_servers'
  readonly entry: Readonly<Record<string, unknown>>
  /** A value the client asks the person for and keeps itself (VS Code). */
  readonly input?: Readonly<Record<string, unknown>>
  readonly notes: readonly string[]
}

/** @throws {InputError} with a suggestion. */
export function readClient(name: string): Client {
  const found = CLIENTS.find((client) => client === name)
  if (found) return found
  const meant = suggest(name, CLIENTS)
  throw new InputError([
    {
      field: 'client',
      problem: `${JSON.stringify(name.slice(0, 40))} is none we know: ${CLIENTS.join(', ')}`,
      fix: meant === undefined ? 'name one of them' : `did you mean ${meant}?`,
    },
  ])
}

/**
 * The file in which a client keeps its servers: the user's own, or with `project` that of the working directory.
 *
 * @throws {InputError} the client has none for a project.
 */
export function fileOf(client: Client, machine: Machine, project: boolean): string {
  const { home, cwd, env, platform } = machine
  const path = platform === 'win32' ? win32 : posix
  if (project) {
    if (client === 'claude-desktop') {
      throw new InputError([
        { field: 'project', problem: 'is not known to Claude Desktop: it has one file', fix: 'leave --project out' },
      ])
    }
    const inProject = {
      'claude-code': ['.mcp.json'],
      cursor: ['.cursor', 'mcp.json'],
      vscode: ['.vscode', 'mcp.json'],
      codex: ['.codex', 'config.toml'],
    } as const
    return join(cwd, ...inProject[client])
  }
  const applications =
    platform === 'darwin'
      ? path.join(home, 'Library', 'Application Support')
      : platform === 'win32'
        ? (env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'))
        : (env['XDG_CONFIG_HOME'] ?? path.join(home, '.config'))
  switch (client) {
    case 'claude-desktop':
      return path.join(applications, 'Claude', 'claude_desktop_config.json')
    case 'claude-code':
      return env['CLAUDE_CONFIG_DIR'] === undefined
        ? path.join(home, '.claude.json')
        : path.join(env['CLAUDE_CONFIG_DIR'], '.claude.json')
    case 'cursor':
      return path.join(home, '.cursor', 'mcp.json')
    case 'vscode':
      return path.join(applications, 'Code', 'User', 'mcp.json')
    case 'codex':
      return path.join(env['CODEX_HOME'] ?? path.join(home, '.codex'), 'config.toml')
  }
}

/**
 * What has to stand in a client's file. A token is only ever named: by the variable, or as something that the client asks for.
 *
 * @throws {InputError} the client cannot do it.
 */
export function wantedFor(client: Client, wish: Wish): Wanted {
  const section = client === 'vscode' ? 'servers' : client === 'codex' ? 'mcp_servers' : 'mcpServers'
  const format = client === 'codex' ? 'toml' : 'json'
  const named = { format, section } as const
  if (wish.kind === 'http') return { ...named, ...httpEntry(client, wish.url) }
  const { command, args, hasToken } = wish
  const base = client === 'vscode' || client === 'claude-code' ? { type: 'stdio', command, args } : { command, args }
  if (!hasToken) return { ...named, entry: base, notes: [] }
  switch (client) {
    case 'claude-desktop':
      return {
        ...named,
        entry: base,
        notes: [
          `Claude Desktop hands no variable on by name, so no token is written: start it with ${TOKEN_VARIABLE} in its environment.`,
        ],
      }
    case 'codex':
      return { ...named, entry: { ...base, env_vars: [TOKEN_VARIABLE] }, notes: [setTheVariable] }
    case 'vscode':
      return {
        ...named,
        entry: { ...base, env: { [TOKEN_VARIABLE]: inputReference } },
        input: tokenInput,
        notes: [asked],
      }
    case 'claude-code':
      return {
        ...named,
        entry: { ...base, env: { [TOKEN_VARIABLE]: `\${${TOKEN_VARIABLE}:-}` } },
        notes: [setTheVariable],
      }
    case 'cursor':
      return {
        ...named,
        entry: { ...base, env: { [TOKEN_VARIABLE]: `\${env:${TOKEN_VARIABLE}}` } },
        notes: [setTheVariable],
      }
  }
}

function httpEntry(client: Client, url: string): Pick<Wanted, 'entry' | 'input' | 'notes'> {
  switch (client) {
    case 'claude-desktop':
      throw new InputError([
        {
          field: 'http',
          problem: 'is not possible with Claude Desktop: its file starts servers over stdio only',
          fix: 'leave --http out: the stdio server uses the gateway that runs',
        },
      ])
    case 'claude-code':
      return { entry: { type: 'http', url, headers: bearer(`\${${TOKEN_VARIABLE}}`) }, notes: [setTheVariable] }
    case 'cursor':
      return { entry: { url, headers: bearer(`\${env:${TOKEN_VARIABLE}}`) }, notes: [setTheVariable] }
    case 'vscode':
      return { entry: { type: 'http', url, headers: bearer(inputReference) }, input: tokenInput, notes: [asked] }
    case 'codex':
      return { entry: { url, bearer_token_env_var: TOKEN_VARIABLE }, notes: [setTheVariable] }
  }
}

const inputReference = `\${input:${INPUT_ID}}`
const tokenInput = { id: INPUT_ID, type: 'promptString', description: 'Token of the Tidegate agent', password: true }
const asked = 'VS Code asks for the token when it starts the server, and keeps it itself.'
const setTheVariable = `Put the token into ${TOKEN_VARIABLE} in the environment the client is started from: make one with tidegate tokens create --agent NAME.`

function bearer(token: string): Readonly<Record<string, string>> {
  return { Authorization: `Bearer ${token}` }
}
