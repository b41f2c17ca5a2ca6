import { BaseError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { helpPage } from './help-page.js'
import { PAPER_FLAGS } from './paper-flags.js'
import { readArguments } from './read-arguments.js'

function refusal(...args: string[]): string {
  try {
    readArguments(args)
  } catch (error) {
    if (BaseError.isInstance(error)) return `${error.shortMessage}. ${error.hint}`
  }
  throw new Error(`taken: ${args.join(' ')}`)
}

describe('the arguments of paper-exchange', () => {
  it('are read in both spellings, and --json is not the exchange’s matter', () => {
    expect(readArguments(['--port', '8080', '--tls', '--balances=USD=5,BTC=1', '--json'])).toEqual({
      kind: 'serve',
      flags: { port: '8080', tls: true, balances: 'USD=5,BTC=1' },
    })
    expect(readArguments([])).toEqual({ kind: 'serve', flags: {} })
  })

  it.each([
    [['--prot', '1'], 'Did you mean --port?'],
    [['--seeed', '1'], 'Did you mean --seed?'],
    [['--ws-port', '1'], 'Did you mean --port (REST and WebSocket share it)?'],
    [['--umbrella'], 'See --help'],
    [['8080'], '8080 is no flag'],
    [['-p', '1'], '-p is no flag'],
    [['--port'], '--port has no value'],
    [['--port', '--tls'], '--port has no value'],
    [['--port='], '--port has no value'],
    [['--tls=yes'], '--tls takes no value'],
    [['--tls', '--tls'], '--tls is given twice'],
    [['--seed', '1', '--seed=1'], '--seed is given twice'],
  ])('are refused when they make no sense: %j', (args, why) => {
    expect(refusal(...args)).toContain(why)
  })

  it('show every flag in the help', () => {
    expect(readArguments(['--help', '--port', '1'])).toEqual({ kind: 'help' })
    expect(readArguments(['-h'])).toEqual({ kind: 'help' })
    expect(readArguments(['--version'])).toEqual({ kind: 'version' })
    for (const { name } of PAPER_FLAGS) expect(helpPage()).toContain(`--${name}`)
  })
})
