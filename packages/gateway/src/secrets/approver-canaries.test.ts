import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrollApprover } from '../approvals/enroll-approver.js'
import { totpUri } from '../approvals/totp.js'
import { loadConfig } from '../config/load-config.js'
import type { Home } from '../gateway.js'
import { askOwner } from '../home/ask-owner.js'
import { openHome } from '../home/open-home.js'
import { createRuntime } from '../runtime.js'
import { createScrubber } from './create-scrubber.js'
import { registerApprover } from './register-secrets.js'

const secret = 'K7QW3MZ5XN2VTB6LHJ4RYDPC3EASGFUO'
const uri = totpUri('ann', 'production', secret)
/** So many characters of it in a row, in any encoding, are a leak. */
const LEAK = 16

const encodings: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  'JSON-escaped': (text) => JSON.stringify(JSON.stringify(text)),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 at offset 1': (text) => Buffer.from(`:${text}`).toString('base64'),
  'base64 at offset 2': (text) => Buffer.from(`::${text}`).toString('base64'),
  hex: (text) => Buffer.from(text).toString('hex'),
  'percent-encoded': (text) => encodeURIComponent(text),
}
const bytes = Buffer.from(Secret.fromBase32(secret).buffer)
const shapes: readonly (readonly [string, string])[] = [
  ...Object.entries(encodings).flatMap(([name, encode]): (readonly [string, string])[] => [
    [`the secret, ${name}`, encode(secret)],
    [`the address, ${name}`, encode(uri)],
    [`a sentence about both, ${name}`, encode(`the code of ${secret} comes from ${uri}, it said`)],
  ]),
  ['the secret in small letters', secret.toLowerCase()],
  ['its bytes in hex', bytes.toString('hex')],
  ['its bytes in base64', bytes.toString('base64')],
]

/** Every run of the secret that would be a leak, in each encoding: also inside of a longer text, at each of its offsets. */
const runs = ((): readonly string[] => {
  const windows = (text: string): readonly string[] =>
    Array.from({ length: Math.max(0, text.length - LEAK + 1) }, (_, at) => text.slice(at, at + LEAK))
  const inside = [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
      .toString('base64')
      .replace(/=+$/, '')
    return [whole.slice(Math.ceil((offset * 4) / 3), Math.floor((secret.length + offset) / 3) * 4)]
  })
  const forms = [
    secret,
    secret.toLowerCase(),
    Buffer.from(secret).toString('hex'),
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
  ]
  return [...forms, ...inside].flatMap(windows)
})()
const leaksIn = (text: string): readonly string[] => runs.filter((run) => text.includes(run))

describe('the authenticator secret of an approver and its address', () => {
  const scrubber = createScrubber()
  registerApprover(secret, scrubber)

  it.each(shapes)('%s is masked, in one piece and cut in two anywhere', (_, text) => {
    // Without the mask it would leak: the check can fail.
    expect(leaksIn(text).length).toBeGreaterThan(0)
    expect(leaksIn(scrubber.scrub(text))).toEqual([])
    expect(leaksIn(JSON.stringify(scrubber.scrubValue({ a: [{ note: text }], [text]: 1 })))).toEqual([])
    for (let cut = 1; cut < text.length; cut += 3) {
      const stream = scrubber.stream()
      expect(leaksIn(stream(text.slice(0, cut)) + stream(text.slice(cut))), `cut at ${cut}`).toEqual([])
    }
  })

  it('leaves the rest of the address: who it is for is no secret', () => {
    expect(scrubber.scrub(uri)).toMatch(/^otpauth:\/\/totp\/Tidegate:ann.*secret=\[redacted\]/)
  })
})

const told = (error: unknown): string => (error instanceof Error ? `${error.name} ${error.message}` : 'no error')

describe('a gateway with an approver', () => {
  let folder: string
  let home: Home
  let own: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidegate-approver-canary-'))
    const read = () =>
      loadConfig({
        flags: { home: join(folder, 'home'), 'log-level': 'INFO', port: '0', 'logging.rotation': 'none' },
        env: {},
        cwd: folder,
        readFile: () => undefined,
        platform: process.platform,
      })
    home = openHome(read(), { as: 'serve', quiet: true })
    await home.endpoint()
    own = new URL(enrollApprover(read(), createRuntime(), 'ann').uri).searchParams.get('secret') ?? ''
    await askOwner(read(), 'access_record')
    // Whoever decides, the secret is read for it.
    await home.control.call('approvals_deny', { intent_id: 'none', name: 'ann' })
  }, 120_000)
  afterAll(async () => {
    await home?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('shows it in no answer, refusal, audit entry, metric or line of the log', async () => {
    const address = totpUri('ann', 'paper', own)
    const said = [
      JSON.stringify(await home.control.call('halt', { scope: 'account', reason: `${own} ${address}` })),
      JSON.stringify(await home.control.call('status', {})),
      JSON.stringify(await home.control.call('audit_show', { limit: 1_000 })),
      JSON.stringify(await home.control.call(own, {}).catch(told)),
      JSON.stringify(await home.control.call('halt', { scope: address }).catch(told)),
      JSON.stringify(await home.mcp.callTool({ name: 'local', role: 'trader' }, 'halt_trading', { reason: address })),
    ]
    home.gateway()?.log.error('canary', { note: address, error: new Error(own) })
    home.gateway()?.metrics.count('tool_calls_total', { tool: own.slice(0, 32), is_error: 'false' })
    said.push((await home.gateway()?.metrics.text()) ?? '')
    await home.close()
    const logs = join(folder, 'home', 'logs')
    for (const name of readdirSync(logs)) said.push(readFileSync(join(logs, name), 'utf8'))
    const all = said.join('\n')
    expect(all).toContain('canary')
    expect(all).toContain('[redacted]')
    expect(own).toHaveLength(32)
    for (let at = 0; at + LEAK <= own.length; at++) expect(all).not.toContain(own.slice(at, at + LEAK))
  }, 120_000)
})
