import { ConfigError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { ApprovalConfig } from './approval-settings.js'
import { loadConfig } from './load-config.js'

function load(environment: string, approvals: string): ApprovalConfig {
  return loadConfig({
    flags: { config: 'c.yaml' },
    env: {
      HOME: '/home/tide',
      ENVIRONMENT: environment,
      COINBASE_API_KEY: 'organizations/1/apiKeys/2',
      COINBASE_API_SECRET: 'aGVsbG8=',
    },
    cwd: '/srv',
    readFile: () => `approvals: ${approvals}`,
    platform: 'linux',
  }).approvals
}

describe('the section approvals', () => {
  it('lets an order of production wait two minutes and not a millisecond longer', () => {
    expect(load('production', '{ expire_after_seconds: 120 }').expireAfterMs).toBe(120_000)
    for (const seconds of ['120.001', '3600']) {
      expect(() => load('production', `{ expire_after_seconds: ${seconds} }`)).toThrow(ConfigError)
      expect(() => load('production', `{ expire_after_seconds: ${seconds} }`)).toThrow(/expire_after_seconds.*120/s)
      expect(load('paper', `{ expire_after_seconds: ${seconds} }`).expireAfterMs).toBe(Number(seconds) * 1_000)
    }
    for (const environment of ['paper', 'production']) {
      expect(() => load(environment, '{ expire_after_seconds: 3600.001 }')).toThrow(/3600/)
    }
  })

  it('takes a code in production whatever is written, and refuses to be told otherwise', () => {
    expect(load('production', '{}')).toEqual({ expireAfterMs: 120_000, requireTotp: true })
    expect(load('paper', '{}')).toEqual({ expireAfterMs: 120_000, requireTotp: false })
    expect(() => load('production', '{ require_totp: false }')).toThrow(/in production/)
  })

  it('names the page by an address that is safe to open', () => {
    expect(load('paper', '{ page_url: "https://tide.test/x/" }').pageUrl).toBe('https://tide.test/x')
    for (const url of ['http://tide.test', 'https://a:b@tide.test', 'https://tide.test/?t=1', 'javascript:alert(1)']) {
      expect(() => load('paper', `{ page_url: "${url}" }`)).toThrow(/page_url/)
    }
  })
})
