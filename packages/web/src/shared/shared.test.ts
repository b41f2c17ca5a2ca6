import { describe, expect, it } from 'vitest'
import { createHostLink, type HostEvents } from '../host/host-link.js'
import { dataAge } from './data-age.js'
import { styleOf } from './follow-host.js'
import { exactDecimal, lengthOfTime, NOT_KNOWN, plainText, sumOf } from './plain-text.js'
import { contentOf } from './read-fields.js'

describe('text', () => {
  it('of others is one line without signs that hide or turn, and capped', () => {
    expect(plainText('a\n\tb\u202Ec\u200Bd\u0000e  f')).toBe('a bcde f')
    expect(plainText('x'.repeat(5_000), 10)).toBe(`${'x'.repeat(9)}…`)
    expect(plainText('<b>&amp;')).toBe('<b>&amp;')
    expect([plainText(5), plainText(null), plainText({})]).toEqual(['', '', ''])
    // Counted in signs, not in halves of them.
    expect(plainText('😀'.repeat(5), 3)).toBe('😀😀…')
  })

  it('of a decimal is what came, or nothing that could be taken for one', () => {
    for (const text of ['0', '-1.50', '0.000000000000000001', '9'.repeat(60)]) expect(exactDecimal(text)).toBe(text)
    for (const text of ['1e3', '+1', '1,000', 'Infinity', '', '1.', '٣', 1]) expect(exactDecimal(text)).toBe(NOT_KNOWN)
  })

  it('of a sum is exact', () => {
    expect(sumOf(['0.1', '0.2'])).toBe('0.3')
    expect(sumOf(['1', '-2.50'])).toBe('-1.5')
    expect(sumOf(['99999999999999999999.9', '0.1'])).toBe('100000000000000000000')
    expect(sumOf(['1', 'x'])).toBe(NOT_KNOWN)
    expect(sumOf([])).toBe(NOT_KNOWN)
  })

  it('of a length of time names its two largest units', () => {
    expect([0, 59_999, 60_000, 3_723_000, 90_000_000].map(lengthOfTime)).toEqual([
      '0 s',
      '59 s',
      '1 min 0 s',
      '1 h 2 min',
      '1 d 1 h',
    ])
  })
})

describe('the age of data', () => {
  const asOfMs = 1_000_000
  it('is the larger of what was said and what the wall clock says', () => {
    // An answer shown again an hour later says that it is 40 ms old.
    expect(dataAge({ asOfMs, ageMs: 40 }, asOfMs + 3_600_000, asOfMs + 3_600_000, 60_000)).toMatchObject({
      ms: 3_600_000,
      isOld: true,
    })
    // A wall clock that is behind does not make anything younger.
    expect(dataAge({ asOfMs, ageMs: 40 }, asOfMs - 5_000, asOfMs - 4_000, 60_000)).toMatchObject({
      ms: 1_040,
      isOld: false,
    })
    expect(dataAge({ asOfMs: undefined, ageMs: undefined }, 0, 9, 1)).toBeUndefined()
  })
})

describe('an answer', () => {
  it('is its structured content, or the same JSON from its text', () => {
    expect(contentOf({ structuredContent: { a: 1 }, content: [{ type: 'text', text: '{"a":2}' }] })).toEqual({ a: 1 })
    expect(
      contentOf({ content: [{ type: 'image' }, { type: 'text', text: 'words' }, { type: 'text', text: '{"a":2}' }] }),
    ).toEqual({ a: 2 })
    for (const nothing of [
      {},
      { content: 'x' },
      { structuredContent: [1] },
      { content: [{ type: 'text', text: '[1]' }] },
    ])
      expect(contentOf(nothing)).toEqual({})
  })
})

describe('the host’s styles', () => {
  const palette = Object.fromEntries(
    ['background-primary', 'background-secondary', 'text-primary', 'text-secondary', 'border-primary'].map((name) => [
      `--color-${name}`,
      'light-dark(#fff, #000)',
    ]),
  )
  const taken = (variables: object): readonly string[] => [...styleOf({ styles: { variables } }).keys()]

  it('are taken as a whole palette or not at all', () => {
    expect(taken(palette)).toHaveLength(5)
    const { '--color-text-primary': _, ...half } = palette
    expect(taken(half)).toEqual([])
    expect(taken({ ...half, '--font-sans': 'Arial, sans-serif' })).toEqual(['--font-sans'])
  })

  it('load nothing and leave nothing', () => {
    for (const value of ['url(https://x)', 'red; background: blue', 'image-set("a")', '@import "x"', 'a{b}', 7]) {
      expect(taken({ ...palette, '--color-text-primary': value })).toEqual([])
    }
    expect(taken({ '--unknown': 'red', position: 'fixed' })).toEqual([])
  })
})

describe('the link to the host', () => {
  const start = () => {
    const sent: Record<string, unknown>[] = []
    let receive: (message: unknown) => void = () => {}
    let later: () => void = () => {}
    const seen: unknown[] = []
    const note = (name: string) => (value?: unknown) => void seen.push([name, value])
    const events: HostEvents = {
      toolInput: note('input'),
      toolResult: note('result'),
      toolCancelled: note('cancelled'),
      contextChanged: note('context'),
    }
    const link = createHostLink(
      'page',
      {
        send: (message) => void sent.push(message as Record<string, unknown>),
        listen: (listener) => {
          receive = listener
        },
        after: (_, run) => {
          later = run
        },
      },
      events,
    )
    return { link, sent, seen, say: (message: unknown) => receive(message), wait: () => later() }
  }

  it('says hello, takes the context, and only then that it is ready', async () => {
    const { link, sent, seen, say } = start()
    const connected = link.connect()
    expect(sent).toMatchObject([{ id: 1, method: 'ui/initialize', params: { protocolVersion: '2026-01-26' } }])
    say({ jsonrpc: '2.0', id: 1, result: { hostContext: { theme: 'dark' }, hostCapabilities: { serverTools: {} } } })
    expect(await connected).toEqual({ serverTools: {} })
    expect(seen).toEqual([['context', { theme: 'dark' }]])
    expect(sent[1]).toEqual({ jsonrpc: '2.0', method: 'ui/notifications/initialized', params: {} })
  })

  it('answers a goodbye, refuses every call, and survives nonsense', () => {
    const { link, sent, seen, say } = start()
    void link.connect()
    say({ jsonrpc: '2.0', id: 'a', method: 'ui/resource-teardown', params: {} })
    say({ jsonrpc: '2.0', id: 'b', method: 'tools/call', params: { name: 'approve' } })
    for (const nonsense of [undefined, null, 1, 'x', [], {}, { jsonrpc: '2.0' }, { jsonrpc: '2.0', id: 77, result: 1 }])
      say(nonsense)
    expect(sent.slice(1)).toMatchObject([
      { id: 'a', result: {} },
      { id: 'b', error: { code: -32601 } },
    ])
    expect(seen).toEqual([])
  })

  it('reports a refusal and a host that says nothing', async () => {
    const { link, say, wait } = start()
    void link.connect()
    const refused = link.request('tools/call', {})
    say({ jsonrpc: '2.0', id: 2, error: { message: 'not now' } })
    await expect(refused).rejects.toThrow('not now')
    const silent = link.request('tools/call', {})
    wait()
    await expect(silent).rejects.toThrow('The host did not answer')
  })
})
