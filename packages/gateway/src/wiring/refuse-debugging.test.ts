import { describe, expect, it } from 'vitest'
import { refuseDebugging } from './refuse-debugging.js'

const plain = { execArgv: [] as string[], nodeOptions: '', inspector: undefined }

describe('production', () => {
  it.each([
    ['--inspect', { ...plain, execArgv: ['--inspect'] }],
    ['--inspect-brk=0.0.0.0:9229', { ...plain, execArgv: ['--inspect-brk=0.0.0.0:9229'] }],
    ['--inspect in NODE_OPTIONS', { ...plain, nodeOptions: '--max-old-space-size=100 --inspect=9229' }],
    ['a debugger that listens', { ...plain, inspector: 'ws://127.0.0.1:9229/x' }],
  ])('does not start with %s', (_, started) => {
    expect(() => refuseDebugging('production', started)).toThrow(/production does not run with/)
    for (const environment of ['paper', 'sandbox'] as const) {
      expect(() => refuseDebugging(environment, started)).not.toThrow()
    }
  })

  it('starts without, and with options that only sound alike', () => {
    expect(() => refuseDebugging('production', plain)).not.toThrow()
    expect(() => refuseDebugging('production', { ...plain, execArgv: ['--inspector-is-not-it'] })).not.toThrow()
  })
})
