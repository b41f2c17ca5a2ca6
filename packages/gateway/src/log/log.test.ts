import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, Decimal, VenueNotSentError } from '@tidegate/trading-model'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createScrubber } from '../secrets/create-scrubber.js'
import { Secret } from '../secrets/secret.js'
import { createLog } from './create-log.js'
import { openLogFile } from './open-log-file.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const capture = (level: 'debug' | 'info' | 'warn' | 'error' = 'debug', secret?: string) => {
  const lines: string[] = []
  const scrubber = createScrubber()
  if (secret !== undefined) scrubber.register(secret)
  const log = createLog({ level, name: 'tide', scrubber, sinks: [{ write: (line) => lines.push(line) }] })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

describe('createLog', () => {
  it('writes one JSON object a line, with the event and its fields', () => {
    const { log, lines, last } = capture()
    log.info('order_placed', { order_id: 'o1', product: 'BTC-USD', size: new Decimal('0.00000001'), agent_id: 'local' })
    expect(lines).toHaveLength(1)
    expect(lines[0]?.endsWith('\n')).toBe(true)
    expect(last()).toMatchObject({
      level: 'info',
      name: 'tide',
      event: 'order_placed',
      order_id: 'o1',
      product: 'BTC-USD',
      size: '0.00000001',
      agent_id: 'local',
    })
    expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT/)
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = capture('warn')
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['c', 'd'])
  })

  it('lets no field pose as the line’s own', () => {
    const { log, last } = capture()
    log.info('real', { event: 'forged', level: 'fatal', time: 0, pid: 1, name: 'x' })
    expect(last()).toMatchObject({ event: 'real', level: 'info', field_event: 'forged', field_level: 'fatal' })
  })

  it('shows our errors with code and hint, others by name and message, never a stack', () => {
    const { log, lines, last } = capture()
    log.error('api_error', { error: new VenueNotSentError('refused', { endpoint: 'GET /x', hint: 'again' }) })
    expect(last()['error']).toMatchObject({ code: 'ERR_VENUE_NOT_SENT', hint: 'again', endpoint: 'GET /x' })
    log.error('api_error', { error: new TypeError('boom') })
    expect(last()['error']).toEqual({ name: 'TypeError', message: 'boom' })
    expect(lines.join()).not.toContain('    at ')
  })

  it('never throws, whatever it is given', () => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const trap = {
      get boom(): never {
        throw new Error('no')
      },
    }
    const { log, lines } = capture()
    log.info('cyclic', cyclic)
    log.info('trap', { trap })
    log.info('big', { amount: 12345678901234567890n, bytes: new Uint8Array(4), fn: () => 1, undef: undefined })
    expect(lines).toHaveLength(3)
  })
})

describe('a sink that fails', () => {
  it('never breaks the work that is logged', () => {
    const log = createLog({
      level: 'debug',
      name: 'tide',
      scrubber: createScrubber(),
      sinks: [
        {
          write() {
            throw new Error('gone')
          },
        },
      ],
    })
    expect(() => log.error('x')).not.toThrow()
  })
})

describe('secrets in the log', () => {
  const canary = 'CANARY-4c1e/92+a0?f8&b7'

  it('are masked in every place and form', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<(value: string) => unknown>(
          (value) => value,
          (value) => ({ deep: { deeper: [value] } }),
          (value) => new Error(`failed with ${value}`),
          (value) =>
            new ConfigError('ERR_CONFIG_INVALID', `bad ${value}`, { context: { apiSecret: value, other: value } }),
          (value) => new Secret(value),
          (value) => `https://host/?key=${encodeURIComponent(value)}`,
          (value) => Buffer.from(value).toString('hex'),
          (value) => Buffer.from(`user:${value}`).toString('base64'),
          (value) => JSON.stringify({ body: JSON.stringify({ value }) }),
          (value) => new Map([['k', value]]),
        ),
        fc.constantFrom('error', 'detail', 'apiSecret', 'authorization', 'url', 'body'),
        (shape, key) => {
          const { log, lines } = capture('debug', canary)
          log.error('leak', { [key]: shape(canary) })
          log.error(`leak ${canary}`)
          const text = lines.join()
          for (const part of ['CANARY', '4c1e', Buffer.from('CANARY-4c1e').toString('hex')])
            expect(text).not.toContain(part)
          expect(text).not.toContain(Buffer.from('CANARY-4c1e').toString('base64').slice(4, 12))
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('openLogFile', () => {
  const named = (): string => join(folder, 'logs', 'mcp_server.log')
  const today = /^mcp_server\.\d{4}-\d\d-\d\d\.1\.log$/

  it('writes to a dated file that the configured name leads to', async () => {
    const file = await openLogFile(named(), 'daily')
    const first = new Promise<string>((resolve) => file.onFile(resolve))
    file.write('line 1\n')
    expect(await first).toMatch(/mcp_server\.\d{4}-\d\d-\d\d\.1\.log$/)
    await file.close()
    expect(readFileSync(named(), 'utf8')).toBe('line 1\n')
    expect(lstatSync(named()).isSymbolicLink()).toBe(true)
    expect(readdirSync(join(folder, 'logs')).filter((name) => today.test(name))).toHaveLength(1)
  })

  it('goes on in the same day’s file after a restart', async () => {
    for (const line of ['one\n', 'two\n']) {
      const file = await openLogFile(named(), 'daily')
      file.write(line)
      await file.close()
    }
    expect(readFileSync(named(), 'utf8')).toBe('one\ntwo\n')
    expect(readdirSync(join(folder, 'logs'))).toHaveLength(2)
  })

  it('moves the configured name to the new file at every rotation and loses no line', async () => {
    const file = await openLogFile(named(), 40)
    const seen: string[] = []
    const third = new Promise<void>((resolve) => {
      file.onFile((path) => {
        if (seen.at(-1) === path) return
        seen.push(path)
        file.write(`line in ${seen.length}\n`)
        if (seen.length === 3) resolve()
      })
    })
    await third
    await file.close()
    expect(readFileSync(named(), 'utf8')).toContain('line in 3')
    const all = readdirSync(join(folder, 'logs'))
      .filter((name) => name !== 'mcp_server.log')
      .map((name) => readFileSync(join(folder, 'logs', name), 'utf8'))
      .join('')
    for (const line of [1, 2, 3]) expect(all).toContain(`line in ${line}\n`)
  })

  it('without rotation writes to the name itself', async () => {
    const file = await openLogFile(named(), 'none')
    file.write('plain\n')
    await file.close()
    expect(lstatSync(named()).isFile()).toBe(true)
    expect(readFileSync(named(), 'utf8')).toBe('plain\n')
  })

  it('keeps what an earlier kind of rotation left under the name', async () => {
    const plain = await openLogFile(named(), 'none')
    plain.write('old\n')
    await plain.close()
    const rolled = await openLogFile(named(), 'daily')
    rolled.write('new\n')
    await rolled.close()
    expect(readFileSync(named(), 'utf8')).toBe('new\n')
    const kept = readdirSync(join(folder, 'logs')).find((name) => /\.log\.\d+$/.test(name))
    expect(readFileSync(join(folder, 'logs', kept ?? ''), 'utf8')).toBe('old\n')
    const again = await openLogFile(named(), 'none')
    again.write('plain again\n')
    await again.close()
    expect(readFileSync(named(), 'utf8')).toBe('plain again\n')
  })

  it('takes lines after it was closed, and drops them', async () => {
    for (const rotation of ['daily', 'none'] as const) {
      const file = await openLogFile(join(folder, rotation, 'x.log'), rotation)
      file.write('kept\n')
      await file.close()
      await file.close()
      file.write('late\n')
      expect(readFileSync(join(folder, rotation, 'x.log'), 'utf8')).toBe('kept\n')
    }
  })

  it('says so when the folder cannot be made', async () => {
    writeFileSync(join(folder, 'logs'), 'in the way')
    await expect(openLogFile(named(), 'daily')).rejects.toThrow()
  })
})
