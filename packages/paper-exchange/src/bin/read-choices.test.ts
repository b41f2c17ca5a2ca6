import { BaseError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import type { PaperFlags } from './paper-flags.js'
import { type FlagFiles, readChoices } from './read-choices.js'

const files: FlagFiles = {
  absolute: (path) => (path.startsWith('/') ? path : `/here/${path}`),
  readText: (path) => (path === '/here/faults.json' ? '{"faults": [{"kind": "http-401", "times": 3}]}' : undefined),
}
const read = (flags: PaperFlags) => readChoices(flags, files)

function refusal(flags: PaperFlags): string {
  try {
    read(flags)
  } catch (error) {
    if (BaseError.isInstance(error)) return `${error.shortMessage}. ${error.hint}`
  }
  throw new Error(`taken: ${JSON.stringify(flags)}`)
}

describe('what flags say about an exchange', () => {
  it('is nothing when none is given, so that a configuration holds', () => {
    expect(read({})).toEqual({ prices: undefined, folder: undefined, options: {} })
  })

  it('is turned into options, paths meant from where the command was given', () => {
    const { prices, folder, options } = read({
      port: '0',
      host: '[::1]',
      'control-port': '9000',
      products: 'BTC-USDC, eth-usd',
      balances: 'USDC=1000.50,eth=0.1',
      prices: 'synthetic',
      speed: '60',
      state: 'state',
      tls: true,
      strict: true,
      faults: 'faults.json',
    })
    expect(prices).toEqual({ kind: 'synthetic' })
    const played = read({ prices: 'tape:monday.jsonl', balances: 'XYZ=1' })
    expect(played.prices).toEqual({ kind: 'tape', file: '/here/monday.jsonl' })
    expect(played.options.initialBalances).toEqual({ XYZ: '1' })
    expect(folder).toBe('/here/state')
    const { products, ...rest } = options
    // The alias brings the book that it trades in.
    expect(products?.map(({ productId }) => productId)).toEqual(['BTC-USDC', 'ETH-USD', 'BTC-USD'])
    expect(rest).toEqual({
      port: 0,
      host: '::1',
      controlPort: 9000,
      initialBalances: { USDC: '1000.5', ETH: '0.1' },
      pace: { kind: 'accelerated', speed: 60 },
      tls: true,
      tokenMode: 'strict',
      faults: [{ kind: 'http-401', times: 3 }],
    })
    expect(read({ speed: 'stepped', seed: '4294967295' }).options).toEqual({
      pace: { kind: 'stepped' },
      seed: 4294967295,
    })
    expect(read({ lenient: true, speed: '1' }).options).toEqual({ pace: { kind: 'real' } })
  })

  it.each<[PaperFlags, string]>([
    [{ port: 'abc' }, '--port is "abc", no whole number from 0 to 65535'],
    [{ port: '65536' }, '--port is "65536"'],
    [{ port: '-1' }, '--port is "-1"'],
    [{ port: '1e3' }, '--port is "1e3"'],
    [{ seed: '1.5' }, '--seed is "1.5"'],
    [{ seed: '4294967296' }, '--seed is "4294967296"'],
    [{ host: 'localhost:80' }, 'the port is --port'],
    [{ host: 'http://localhost' }, 'no address or host name'],
    [{ speed: '0' }, 'or stepped'],
    [{ speed: 'fast' }, 'or stepped'],
    [{ products: 'BTC-UDS' }, 'Did you mean BTC-USD?'],
    [{ products: '' }, '--products has ""'],
    [{ balances: 'UDS=5' }, 'Did you mean USD?'],
    [{ balances: 'SOL=5', products: 'BTC-USD' }, 'SOL, which no listed product trades'],
    [{ balances: 'USD=1e5' }, 'not a plain decimal'],
    [{ balances: 'USD=0' }, 'is zero'],
    [{ balances: 'USD=-1' }, 'not a plain decimal'],
    [{ balances: 'USD=1,USD=2' }, 'names USD twice'],
    [{ balances: 'USD' }, 'Write e.g. --balances USD=1000,BTC=0.5'],
    [{ prices: 'liv' }, 'Did you mean live?'],
    [{ prices: 'tape:' }, 'tape:monday.jsonl'],
    [{ faults: 'rain.json' }, 'there is no such file'],
    [{ strict: true, lenient: true }, 'exclude each other'],
    [{ prices: 'live', speed: '2' }, 'cannot hurry a live market'],
    [{ prices: 'tape:a', seed: '2' }, '--seed does nothing with --prices tape'],
  ])('is refused with a cure when it makes no sense: %j', (flags, why) => {
    expect(refusal(flags)).toContain(why)
  })
})
