import { describe, expect, it } from 'vitest'
import { createApprovalUrl } from './approval-url.js'

const DOOR = 'http://127.0.0.1:8765'
const config = (host: string, allowedHosts: readonly string[] = [], pageUrl?: string) => ({
  server: { name: 'n', version: '1', host, port: 1 },
  http: { allowedHosts, allowedOrigins: [], maxBodyBytes: 1 },
  approvals: { expireAfterMs: 1, requireTotp: false, ...(pageUrl === undefined ? {} : { pageUrl }) },
})

describe('where the page of an order is', () => {
  it('is the loopback door while everybody is on this machine, once it listens', () => {
    let door: string | undefined
    const urlOf = createApprovalUrl(config('localhost'), () => door)
    expect(urlOf('a-1')).toBeUndefined()
    door = DOOR
    expect(urlOf('a-1')).toBe('http://127.0.0.1:8765/approve/a-1')
    expect(urlOf('a/../b?c#d')).toBe('http://127.0.0.1:8765/approve/a%2F..%2Fb%3Fc%23d')
    expect(createApprovalUrl(config('localhost'), undefined)('a')).toBeUndefined()
  })

  it('is nowhere for people elsewhere, until they are given an address', () => {
    expect(createApprovalUrl(config('0.0.0.0'), () => DOOR)('a')).toBeUndefined()
    expect(createApprovalUrl(config('localhost', ['tide.test']), () => DOOR)('a')).toBeUndefined()
    const named = createApprovalUrl(config('0.0.0.0', ['tide.test'], 'https://tide.test'), () => DOOR)
    expect(named('a')).toBe('https://tide.test/approve/a')
  })
})
