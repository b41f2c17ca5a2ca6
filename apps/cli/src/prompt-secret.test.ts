import { EventEmitter } from 'node:events'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { promptSecret, readSecretFrom, type Terminal } from './prompt-secret.js'

/** A terminal whose keys the test presses. */
class Keys extends EventEmitter {
  isTTY = true
  raw: boolean[] = []
  setRawMode(mode: boolean): this {
    this.raw.push(mode)
    return this
  }
  resume(): this {
    return this
  }
  pause(): this {
    return this
  }
}

const open = (isTTY = true) => {
  const keys = new Keys()
  keys.isTTY = isTTY
  let shown = ''
  const terminal = {
    input: keys,
    output: {
      write(text: string) {
        shown += text
      },
    },
  } as unknown as Terminal
  return { keys, terminal, shown: () => shown }
}

describe('asking for a secret', () => {
  it('shows the question and none of the answer, and takes corrections', async () => {
    const { keys, terminal, shown } = open()
    const answer = promptSecret('Passphrase', terminal)
    keys.emit('data', 'CANARX')
    keys.emit('data', Buffer.from('\u007f'))
    keys.emit('data', 'Y\rignored')
    expect(await answer).toBe('CANARY')
    expect(shown()).toBe('Passphrase: \n')
    // The terminal is as it was, and nobody listens any more.
    expect(keys.raw).toEqual([true, false])
    expect(keys.listenerCount('data')).toBe(0)
  })

  it('is refused by Ctrl-C, and where there is no terminal', async () => {
    const { keys, terminal } = open()
    const answer = promptSecret('Passphrase', terminal)
    keys.emit('data', 'half\u0003')
    await expect(answer).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' })
    expect(keys.raw).toEqual([true, false])
    expect(() => promptSecret('Passphrase', open(false).terminal)).toThrow(/terminal/)
  })
})

describe('a secret from a file or descriptor', () => {
  it('comes without the end of its last line, and names what cannot be read', () => {
    const file = join(tmpdir(), `tidegate-secret-${process.pid}`)
    writeFileSync(file, 'first\nsecond\n')
    expect(readSecretFrom({ file })).toBe('first\nsecond')
    expect(readSecretFrom({})).toBeUndefined()
    expect(() => readSecretFrom({ file: `${file}-absent` })).toThrow(/ENOENT/)
    expect(() => readSecretFrom({ fd: 'three' })).toThrow(/whole number/)
    expect(() => readSecretFrom({ fd: '987' })).toThrow(/EBADF/)
  })
})
