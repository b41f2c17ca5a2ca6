import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { HOTP, Secret } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enrollApprover } from '../approvals/enroll-approver.js'
import { loadConfig } from '../config/load-config.js'
import type { Endpoint, Home } from '../gateway.js'
import { openHome } from '../home/open-home.js'
import { createRuntime } from '../runtime.js'

const file = `
approvals: { require_totp: true }
policy: { max_orders_per_minute: 100, max_value_per_day: 1000000 }
safety: { max_order_value_usd: 5000 }
agents:
  momentum: { role: trader }
  reading: { role: viewer }
  ann: { role: approver }
  bob: { role: approver }
  boss: { role: admin }
`
const runtime = createRuntime()
const token: Record<string, string> = {}
let folder: string
let home: Home
let endpoint: Endpoint
let secret: string
let lastStep = 0
let size = 600

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-approvals-'))
  const config = loadConfig({
    flags: { home: join(folder, 'home'), config: 'c.yaml', 'log-level': 'ERROR', port: '0' },
    env: {},
    cwd: folder,
    readFile: () => file,
    platform: process.platform,
  })
  home = openHome(config, { as: 'serve', quiet: true })
  endpoint = await home.endpoint()
  for (const agent of ['momentum', 'reading', 'ann', 'bob', 'boss']) {
    token[agent] = (await home.control.call('tokens_create', { agent }))['token'] as string
  }
  token['operator'] = endpoint.operatorToken
  token['home'] = endpoint.agentToken
  secret = new URL(enrollApprover(config, runtime, 'ann').uri).searchParams.get('secret') ?? ''
}, 60_000)
afterAll(async () => {
  await home?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: JsonObject
}

function ask(
  path: string,
  who: string | undefined,
  body?: unknown,
  more: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${endpoint.url}${path}`,
      {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...(who === undefined ? {} : { authorization: `Bearer ${token[who]}` }), ...more },
      },
      (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: JSON.parse(text) as JsonObject,
          }),
        )
      },
    )
    request.on('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** An order of the trader that waits, as the approver is shown it. */
async function waiting(): Promise<{ path: string; hash: string; shown: JsonObject }> {
  size++
  const { structured } = await home.mcp.callTool({ name: 'momentum', role: 'trader' }, 'place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'MARKET',
    quote_size: String(size),
  })
  const { intent_id: id } = structured as { intent_id: string }
  const { approvals } = (await ask('/approvals', 'ann')).body as unknown as { approvals: JsonObject[] }
  const shown = approvals.find((row) => row['intent_id'] === id) as { terms_hash_prefix: string } | undefined
  expect(shown).toBeDefined()
  return { path: `/approvals/${id}`, hash: shown?.terms_hash_prefix ?? '', shown: shown ?? {} }
}

/** A code that is good now and was not used before. */
function freshCode(): string {
  const now = Math.floor(runtime.clock.nowMs() / 30_000)
  lastStep = Math.max(lastStep + 1, now - 1)
  expect(lastStep).toBeLessThanOrEqual(now + 1)
  return HOTP.generate({ secret: Secret.fromBase32(secret), counter: lastStep })
}

/** A plain request of a browser for a page. */
function open(
  path: string,
  method = 'GET',
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${endpoint.url}${path}`, { method }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.on('error', reject)
    request.end()
  })
}

describe('the page of an order', () => {
  it('is named in the answer to its placement, by an id alone', async () => {
    const { structured } = await home.mcp.callTool({ name: 'momentum', role: 'trader' }, 'place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '599.5',
    })
    const { intent_id: id, approval_url: url } = structured as { intent_id: string; approval_url: string }
    expect(url).toBe(`${endpoint.url}/approve/${id}`)
    expect(await open(new URL(url).pathname)).toMatchObject({ status: 200 })
  })

  it('is the same for everybody and every order, loads nothing, and is framed, cached and followed by nobody', async () => {
    const page = await open('/approve/0b7c6f9e-1111-4222-8333-444455556666')
    expect(page.status).toBe(200)
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(page.headers).not.toHaveProperty('set-cookie')
    expect(page.headers).not.toHaveProperty('access-control-allow-origin')
    expect((await open('/approve/another')).text).toBe(page.text)

    const policy = String(page.headers['content-security-policy'])
    for (const rule of [
      "default-src 'none'",
      "frame-ancestors 'none'",
      "form-action 'none'",
      "base-uri 'none'",
      "connect-src 'self'",
    ])
      expect(policy.split('; ')).toContain(rule)
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
    const hashOf = (tag: string) => {
      const inner = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page.text)?.[1] ?? ''
      return `${tag}-src 'sha256-${createHash('sha256').update(inner).digest('base64')}'`
    }
    expect(policy.split('; ')).toEqual(expect.arrayContaining([hashOf('script'), hashOf('style')]))
    expect(page.text.match(/<script/g)).toHaveLength(1)
    expect(page.text).not.toMatch(/ on[a-z]+=|style="|src=|href=|<form|https?:\/\//)
  })

  it('answers nothing but reading, and nothing beside its own addresses', async () => {
    expect(await open('/approve/a', 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    const head = await open('/approve/a', 'HEAD')
    expect([head.status, head.text]).toEqual([200, ''])
    for (const path of ['/approve', '/approve/', '/approve/a/b', '/approve/..%2Fcontrol', '/approve/<x>']) {
      expect([path, (await open(path)).status]).toEqual([path, 401])
    }
  })

  it('asks for one order, decided or not, and only who may decide is told', async () => {
    const { path, hash } = await waiting()
    const asked = `/approvals?intent_id=${path.split('/').pop()}`
    const of = async (who: string) => (await ask(asked, who)).body
    expect(await of('ann')).toMatchObject({ approvals: [{ terms_hash_prefix: hash, decision: null }] })
    await ask(path, 'ann', { decision: 'denied', terms_hash: hash })
    expect(await of('ann')).toMatchObject({ approvals: [{ decision: 'denied', decided_by: 'ann' }] })
    expect((await ask('/approvals?intent_id=nothing', 'ann')).body).toMatchObject({ ok: true, approvals: [] })
    expect((await ask(asked, 'momentum')).status).toBe(404)
    expect((await ask(asked, undefined)).status).toBe(401)
  })
})

describe('approving over HTTP', () => {
  it('shows what waits with the facts a person needs', async () => {
    const { shown } = await waiting()
    expect(shown).toMatchObject({
      environment: 'paper',
      requested_by: 'momentum',
      product_id: 'BTC-USD',
      side: 'BUY',
      terms: { quote_size: String(size) },
      price_band: { low: expect.stringMatching(/^\d/), high: expect.stringMatching(/^\d/) },
      limits: {
        verdict: 'passed',
        claims: expect.arrayContaining([expect.objectContaining({ scope: 'balance:USD' })]),
      },
    })
    expect(shown['expires_in_ms']).toBeGreaterThan(100_000)
    const { terms_hash: whole, terms_hash_prefix: start } = shown as { terms_hash: string; terms_hash_prefix: string }
    expect(whole.startsWith(start) && start.length >= 8).toBe(true)
  })

  it('takes a right code once, and sends the order', async () => {
    const { path, hash } = await waiting()
    const code = freshCode()
    const approved = await ask(path, 'ann', { decision: 'approved', terms_hash: hash, code })
    expect(approved).toMatchObject({ status: 200, body: { ok: true, by: 'ann', intent: { principal: 'momentum' } } })
    const again = await ask(path, 'ann', { decision: 'approved', terms_hash: hash, code })
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'ERR_APPROVAL_REFUSED', why: 'decided' } } })
    const next = await waiting()
    const used = await ask(next.path, 'ann', { decision: 'approved', terms_hash: next.hash, code })
    expect(used).toMatchObject({ status: 403, body: { error: { code: 'ERR_APPROVAL_CODE', why: 'code_used' } } })
    const stale = await ask(next.path, 'ann', { decision: 'approved', terms_hash: hash, code })
    expect(stale).toMatchObject({ status: 409, body: { error: { why: 'terms' } } })
    expect(await ask(next.path, 'ann', { decision: 'denied', terms_hash: next.hash })).toMatchObject({
      status: 200,
      body: { decision: 'denied', intent: { state: 'APPROVAL_DENIED' } },
    })
  })

  it('is one and the same 404 for who may not see it and for what is not there', async () => {
    const { path, hash } = await waiting()
    const body = { decision: 'approved', terms_hash: hash }
    const bodies = new Set<string>()
    const cases = ['momentum', 'reading', 'home'].flatMap((who) => [
      ask(path, who, body),
      ask('/approvals/nothing', who, body),
      ask('/approvals', who),
      ask(path, who),
    ])
    cases.push(
      ask('/approvals/nothing', 'ann', { ...body, code: '123456' }),
      ask('/approvals/x', 'boss', { ...body, decision: 'denied' }),
    )
    for (const answer of await Promise.all(cases)) {
      bodies.add(JSON.stringify([answer.status, answer.body]))
    }
    // The admin is not enrolled, and denies without a code.
    expect([...bodies]).toEqual([
      JSON.stringify([404, { ok: false, error: { code: 'ERR_NOT_FOUND', message: 'There is nothing here' } }]),
    ])
    expect((await ask(path, undefined, body)).status).toBe(401)
  })

  it('takes a bearer token and nothing a browser sends by itself, and no page of others', async () => {
    const { path, hash } = await waiting()
    const body = { decision: 'denied', terms_hash: hash }
    expect((await ask(path, undefined, body, { cookie: `token=${token['ann']}` })).status).toBe(401)
    expect((await ask(path, 'ann', body, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await ask(path, 'ann', body, { origin: 'null' })).status).toBe(403)
    expect((await ask(`${path}?decision=denied&terms_hash=${hash}`, 'ann')).status).toBe(405)
  })

  it('says exactly what is missing', async () => {
    const { path, hash } = await waiting()
    const approve = { decision: 'approved', terms_hash: hash }
    const cases: readonly (readonly [string, unknown, number, string])[] = [
      ['ann', approve, 403, 'ERR_APPROVAL_CODE'],
      ['bob', approve, 403, 'ERR_PERMISSION'],
      ['operator', approve, 403, 'ERR_PERMISSION'],
      ['operator', { ...approve, name: 'momentum', code: '123456' }, 403, 'ERR_PERMISSION'],
      ['operator', { ...approve, name: 'ann' }, 403, 'ERR_APPROVAL_CODE'],
      ['bob', { ...approve, name: 'ann', code: '123456' }, 400, 'ERR_INPUT_INVALID'],
      ['ann', { ...approve, code: '12' }, 400, 'ERR_INPUT_INVALID'],
      ['ann', { decision: 'approved', code: '123456' }, 400, 'ERR_INPUT_INVALID'],
      ['ann', { ...approve, decision: 'maybe' }, 400, 'ERR_INPUT_INVALID'],
      ['ann', { ...approve, extra: 1 }, 400, 'ERR_INPUT_INVALID'],
    ]
    for (const [who, body, status, code] of cases) {
      expect([who, body, await ask(path, who, body)]).toMatchObject([who, body, { status, body: { error: { code } } }])
    }
  })

  it('locks an approver after five wrong codes, tells when to come back, and still lets deny', async () => {
    const { path, hash } = await waiting()
    const good = Math.floor(runtime.clock.nowMs() / 30_000)
    const codes = [good - 1, good, good + 1, good + 2].map((counter) =>
      HOTP.generate({ secret: Secret.fromBase32(secret), counter }),
    )
    const wrong = ['111111', '222222', '333333', '444444'].find((code) => !codes.includes(code))
    let answer: Answer | undefined
    // The used code of before counts, too.
    for (let turn = 0; turn < 6 && answer?.status !== 429; turn++) {
      answer = await ask(path, 'ann', { decision: 'approved', terms_hash: hash, code: wrong })
    }
    expect(answer).toMatchObject({ status: 429, body: { error: { code: 'ERR_APPROVAL_LOCKED' } } })
    expect(Number(answer?.headers['retry-after'])).toBeGreaterThan(880)
    expect((await ask(path, 'ann', { decision: 'denied', terms_hash: hash })).status).toBe(200)
    const audit = JSON.stringify(await home.control.call('audit_show', { limit: 500 }))
    expect(audit.match(/"code_wrong"/g)?.length).toBeGreaterThanOrEqual(4)
    expect(audit).not.toContain(wrong)
    expect(audit).not.toContain(secret)
  })

  it('lets nobody try without end', async () => {
    const { path, hash } = await waiting()
    let answer: Answer | undefined
    for (let turn = 0; turn < 25 && answer?.status !== 429; turn++) {
      answer = await ask(path, 'bob', { decision: 'approved', terms_hash: hash })
    }
    expect(answer).toMatchObject({ status: 429, body: { error: { code: 'ERR_CALL_RATE' } } })
    expect(Number(answer?.headers['retry-after'])).toBeLessThanOrEqual(60)
  })
})
