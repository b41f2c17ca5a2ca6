import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as jsonc from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { runJson } from '../run-command.test-support.js'
import { CLIENTS, type Client, fileOf, type Machine } from '../setup/clients.js'
import { stdioEntry } from '../stdio-entry.js'
import { setUp } from './setup.js'

let home: string
let machine: Machine
const NOW = new Date('2026-11-24T18:30:00.123Z')

// Loaded on demand by the command; here it is nobody's test that waits for it.
beforeAll(async () => void (await import('@tidegate/gateway')), 120_000)
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tidegate-setup-'))
  machine = { platform: 'linux', home, cwd: join(home, 'project'), env: {} }
  vi.stubEnv('TIDEGATE_HOME', join(home, 'tidegate'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

const run = async (client: Client, more: object = {}) => (await setUp({ client, ...more }, machine, NOW)).value
const pathOf = (client: Client): string => fileOf(client, machine, false)
const put = (client: Client, text: string): string => {
  mkdirSync(dirname(pathOf(client)), { recursive: true })
  writeFileSync(pathOf(client), text)
  return pathOf(client)
}
const read = (client: Client): string => readFileSync(pathOf(client), 'utf8')
const parse = (client: Client, text = read(client)): Record<string, Record<string, unknown>> =>
  (client === 'codex' ? parseToml(text) : jsonc.parse(text)) as Record<string, Record<string, unknown>>
const sections: Readonly<Record<Client, string>> = {
  'claude-desktop': 'mcpServers',
  'claude-code': 'mcpServers',
  cursor: 'mcpServers',
  vscode: 'servers',
  codex: 'mcp_servers',
}
const ownIn = (client: Client, text?: string): unknown => parse(client, text)[sections[client]]?.['tidegate']
const launch = { command: process.execPath, args: [stdioEntry()] }

/** A file as people have them: comments, other servers, other keys, an order and an indentation of their own. */
const lived: Readonly<Record<Client, string>> = {
  'claude-desktop':
    '{\n    "globalShortcut": "Ctrl+Space",\n    "mcpServers": {\n        "other": { "command": "npx", "args": ["-y", "x"] }\n    }\n}\n',
  'claude-code':
    '{\n\t"numStartups": 41,\n\t"projects": { "/a": { "allowedTools": [] } },\n\t"mcpServers": {},\n\t"z": 1.50\n}',
  cursor: '{\r\n  "mcpServers": {\r\n    "other": { "url": "https://x.example/mcp" }\r\n  }\r\n}\r\n',
  vscode:
    '{\n  // servers of mine\n  "servers": {\n    "other": { "type": "http", "url": "https://x.example" }, // keep\n  },\n  "inputs": [\n    { "id": "mine", "type": "promptString", "description": "d" }\n  ]\n}\n',
  codex:
    'model = "gpt-5" # the good one\n\n[mcp_servers.other]\ncommand = "npx"\nargs = ["-y", "x"]\n\n# history of mine\n[history]\npersistence = "none"\n',
}

describe('where each client keeps its servers', () => {
  it.each<readonly [NodeJS.Platform, Client, string]>([
    ['linux', 'claude-desktop', '/h/.config/Claude/claude_desktop_config.json'],
    ['darwin', 'claude-desktop', '/h/Library/Application Support/Claude/claude_desktop_config.json'],
    ['win32', 'claude-desktop', 'C:\\Roaming\\Claude\\claude_desktop_config.json'],
    ['linux', 'claude-code', '/h/.claude.json'],
    ['darwin', 'cursor', '/h/.cursor/mcp.json'],
    ['linux', 'vscode', '/h/.config/Code/User/mcp.json'],
    ['darwin', 'vscode', '/h/Library/Application Support/Code/User/mcp.json'],
    ['win32', 'vscode', 'C:\\Roaming\\Code\\User\\mcp.json'],
    ['linux', 'codex', '/h/.codex/config.toml'],
    ['win32', 'codex', 'C:\\h\\.codex\\config.toml'],
  ])('on %s, %s: %s', (platform, client, path) => {
    const on = platform === 'win32' ? 'C:\\h' : '/h'
    expect(fileOf(client, { platform, home: on, cwd: '/p', env: { APPDATA: 'C:\\Roaming' } }, false)).toBe(path)
  })

  it('follows the variables with which clients move their folders', () => {
    const env = { CODEX_HOME: '/c', CLAUDE_CONFIG_DIR: '/d', XDG_CONFIG_HOME: '/x' }
    const moved = { platform: 'linux', home: '/h', cwd: '/p', env } as const
    expect(CLIENTS.map((client) => fileOf(client, moved, false))).toEqual([
      '/x/Claude/claude_desktop_config.json',
      '/d/.claude.json',
      '/h/.cursor/mcp.json',
      '/x/Code/User/mcp.json',
      '/c/config.toml',
    ])
  })

  it('has a file for the project, but for Claude Desktop', () => {
    const at = (client: Client): string => fileOf(client, { ...machine, cwd: '/p' }, true)
    const files = (['claude-code', 'cursor', 'vscode', 'codex'] as const).map(at)
    expect(files).toEqual(['/p/.mcp.json', '/p/.cursor/mcp.json', '/p/.vscode/mcp.json', '/p/.codex/config.toml'])
    expect(() => at('claude-desktop')).toThrow(/one file/)
  })
})

describe.each(CLIENTS)('setup for %s', (client) => {
  it('writes nothing before it is told to, and says what it would', async () => {
    const said = await run(client)
    expect(said).toMatchObject({ ok: true, changed: true, written: false, file: pathOf(client) })
    expect(existsSync(pathOf(client))).toBe(false)
    expect((said['diff'] as string[]).join('\n')).toContain('tidegate')
  })

  it('makes the file where there is none, for its owner alone, over stdio', async () => {
    expect(await run(client, { write: true })).toMatchObject({ written: true })
    expect(ownIn(client)).toMatchObject(launch)
    if (client === 'vscode' || client === 'claude-code') expect(ownIn(client)).toMatchObject({ type: 'stdio' })
    if (process.platform !== 'win32') expect(statSync(pathOf(client)).mode & 0o777).toBe(0o600)
    expect(readdirSync(dirname(pathOf(client))).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('leaves everything else in a file as it was: comments, order, indentation, ends of lines, mode', async () => {
    const before = lived[client]
    chmodSync(put(client, before), 0o640)
    const said = await run(client, { write: true })
    const after = read(client)
    expect(ownIn(client)).toMatchObject(launch)
    const { [sections[client]]: servers, ...rest } = parse(client)
    const { [sections[client]]: serversBefore, ...restBefore } = parse(client, before)
    expect(rest).toEqual(restBefore)
    expect({ ...servers, tidegate: undefined }).toEqual({ ...serversBefore, tidegate: undefined })
    // Each line that was there is there, in its order, but for a comma that had to follow it.
    let at = 0
    const lines = after.split('\n')
    for (const line of before.split('\n').filter((text) => text.trim() !== '' && !text.includes('{}'))) {
      at = lines.findIndex(
        (found, index) => index >= at && found.replace(/,(\r?)$/, '$1') === line.replace(/,(\r?)$/, '$1'),
      )
      expect(at, `${JSON.stringify(line)} is not in\n${after}`).toBeGreaterThanOrEqual(0)
    }
    if (before.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n')
    if (process.platform !== 'win32') expect(statSync(pathOf(client)).mode & 0o777).toBe(0o640)
    const backup = said['backup'] as string
    expect(backup).toBe(`${pathOf(client)}.20261124-183000-123.bak`)
    expect(readFileSync(backup, 'utf8')).toBe(before)
    if (process.platform !== 'win32') expect(statSync(backup).mode & 0o777).toBe(0o600)
  })

  it('does nothing the second time, and takes out exactly what it put in', async () => {
    put(client, lived[client])
    await run(client, { write: true })
    const once = read(client)
    expect(await run(client, { write: true })).toMatchObject({ changed: false, written: false })
    expect(read(client)).toBe(once)
    expect(readdirSync(dirname(pathOf(client))).filter((name) => name.endsWith('.bak'))).toHaveLength(1)
    const removed = await setUp({ client, write: true, remove: true }, machine, new Date(NOW.getTime() + 1_000))
    expect(removed.value).toMatchObject({ written: true })
    expect(read(client)).toBe(lived[client])
    expect((await setUp({ client, write: true, remove: true }, machine, NOW)).value).toMatchObject({ changed: false })
  })

  it('replaces an entry of ours that says something else, for an agent and a home by name', async () => {
    put(client, lived[client])
    await run(client, { write: true })
    const config = join(home, 'agents.yaml')
    writeFileSync(config, 'agents: { momentum: { role: trader } }')
    const said = await setUp({ client, write: true, config, agent: 'momentum' }, machine, new Date(NOW.getTime() + 5))
    expect(said.value).toMatchObject({ written: true })
    expect(ownIn(client)).toMatchObject({ args: [stdioEntry(), '--config', config, '--agent', 'momentum'] })
    expect(said.value['notes']).toHaveLength(existsSync(stdioEntry()) ? 1 : 2)
    await expect(run(client, { config, agent: 'momentun' })).rejects.toThrow(/no agent/)
  })

  it('never writes a token, whatever the environment holds', async () => {
    vi.stubEnv('TIDEGATE_AGENT_TOKEN', `tgt_${'S'.repeat(43)}`)
    const config = join(home, 'agents.yaml')
    writeFileSync(config, 'agents: { momentum: { role: trader } }')
    await setUp({ client, write: true, config, agent: 'momentum' }, machine, NOW)
    if (client !== 'claude-desktop')
      await setUp({ client, write: true, http: true }, machine, new Date(NOW.getTime() + 9))
    for (const name of readdirSync(dirname(pathOf(client))).filter((file) =>
      statSync(join(dirname(pathOf(client)), file)).isFile(),
    ))
      expect(readFileSync(join(dirname(pathOf(client)), name), 'utf8')).not.toContain('SSSS')
  })

  it('refuses a broken file with the line and what to do, and leaves it', async () => {
    const broken =
      client === 'codex' ? 'a = 1\n[mcp_servers.x\ncommand = "y"\n' : '{\n  "mcpServers": {\n    "x": [1,\n}\n'
    put(client, broken)
    await expect(run(client, { write: true })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringMatching(/line \d+ is no (JSON|TOML)/),
      hint: expect.stringMatching(/Mend line \d+/),
    })
    expect(read(client)).toBe(broken)
    const shown = await run(client, { print: true })
    expect((shown['diff'] as string[]).join('')).toContain('tidegate')
    expect((shown['notes'] as string[])[0]).toMatch(/line \d+ is no/)
    expect(readdirSync(dirname(pathOf(client))).filter((name) => name.endsWith('.bak'))).toEqual([])
  })

  it('refuses a file that keeps something else where servers belong', async () => {
    put(client, client === 'codex' ? 'a = 1\nmcp_servers = 7\n' : `{\n  "${sections[client]}": ["x"]\n}\n`)
    await expect(run(client, { write: true })).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' })
  })
})

const by = (reference: string): string => `Bearer $${`{${reference}}`}`

describe('a gateway that runs, by its URL', () => {
  it.each<readonly [Client, object]>([
    ['claude-code', { type: 'http', headers: { Authorization: by('TIDEGATE_AGENT_TOKEN') } }],
    ['cursor', { headers: { Authorization: by('env:TIDEGATE_AGENT_TOKEN') } }],
    ['vscode', { type: 'http', headers: { Authorization: by('input:tidegate-agent-token') } }],
    ['codex', { bearer_token_env_var: 'TIDEGATE_AGENT_TOKEN' }],
  ])('%s gets the token by its name', async (client, more) => {
    put(client, lived[client])
    const said = await run(client, { write: true, http: true })
    expect(ownIn(client)).toEqual({ url: 'http://127.0.0.1:8765/mcp', ...more })
    expect((said['notes'] as string[]).join(' ')).toMatch(/has to run/)
    if (client !== 'vscode') return
    const inputs = parse('vscode')['inputs'] as unknown as { id: string; password?: boolean }[]
    expect(inputs.map(({ id }) => id)).toEqual(['mine', 'tidegate-agent-token'])
    expect(inputs[1]?.password).toBe(true)
  })

  it('is refused for Claude Desktop, which starts servers over stdio only', async () => {
    await expect(run('claude-desktop', { http: true })).rejects.toThrow(/stdio only/)
  })

  it.each([
    'ftp://x/mcp',
    'http://elsewhere.example/mcp',
    'https://u:p@x.example/mcp',
    'https://x.example/mcp?token=1',
    'x',
  ])('takes no address like %s', async (url) => {
    await expect(run('cursor', { http: true, url })).rejects.toThrow(/url/)
  })
})

describe('the file', () => {
  it('stays a link where it is one', async () => {
    const real = join(home, 'dotfiles.json')
    writeFileSync(real, '{}')
    mkdirSync(dirname(pathOf('cursor')), { recursive: true })
    symlinkSync(real, pathOf('cursor'))
    await run('cursor', { write: true })
    expect(readFileSync(real, 'utf8')).toContain('tidegate')
    expect(readdirSync(home)).toContain('dotfiles.json')
  })

  it('shows no value of somebody else’s that may be a secret', async () => {
    put('cursor', '{ "mcpServers": { "other": { "env": { "API_TOKEN": "sk-verysecretvalue" } } } }')
    const said = await run('cursor')
    expect(JSON.stringify(said)).not.toContain('verysecret')
    put('claude-desktop', '{"mcpServers":{"o":{"env":{"A_KEY":"one\\"verysecret"}}}}')
    expect(JSON.stringify(await run('claude-desktop'))).not.toContain('verysecret')
  })

  it('written as an inline table of TOML is not touched', async () => {
    const text = 'mcp_servers = { tidegate = { command = "x" } }\n'
    put('codex', text)
    await expect(run('codex', { write: true })).rejects.toThrow(/cannot be changed safely/)
    expect(read('codex')).toBe(text)
  })

  it('keeps text that only looks like our table', async () => {
    const text = 'note = """\n[mcp_servers.tidegate]\ncommand = "x"\n"""\n[tools]\na = 1\n'
    put('codex', text)
    await run('codex', { write: true })
    expect(parseToml(read('codex'))).toMatchObject({ note: '[mcp_servers.tidegate]\ncommand = "x"\n', tools: { a: 1 } })
  })
})

describe('the command', () => {
  it('answers in one document, and refuses a client it does not know with a suggestion', async () => {
    vi.stubEnv('HOME', home)
    vi.stubEnv('XDG_CONFIG_HOME', undefined)
    const { answer } = await runJson('setup', '--client', 'cursor')
    expect(answer).toMatchObject({ ok: true, client: 'cursor', written: false, section: 'mcpServers' })
    await expect(runJson('setup', '--client', 'cursr')).rejects.toThrow(/did you mean cursor/)
    await expect(runJson('setup', '--client', 'cursor', '--write', '--print')).rejects.toThrow(/both given/)
    await expect(runJson('setup', '--client', 'cursor', '--url', 'http://127.0.0.1:1/mcp')).rejects.toThrow(
      /--http only/,
    )
  })
})
