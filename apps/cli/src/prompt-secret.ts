import { readFileSync } from 'node:fs'
import { InputError } from '@tidegate/trading-model'

const ENTER = new Set(['\r', '\n', '\u0004'])
const INTERRUPT = '\u0003'
const BACKSPACE = new Set(['\u007f', '\b'])

/** The terminal, as far as asking needs it. */
export interface Terminal {
  readonly input: Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'resume' | 'pause' | 'on' | 'removeListener'>
  readonly output: { write(text: string): unknown }
}

/**
 * Asks a person for a secret without showing it. The question goes to stderr, so that stdout stays what the command prints.
 *
 * @throws {InputError} without a terminal, or when the person gives up.
 */
export function promptSecret(
  question: string,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  const { input, output } = terminal
  if (!input.isTTY) {
    throw new InputError([
      { field: question, problem: 'cannot be asked for without a terminal', fix: 'give a file or a descriptor' },
    ])
  }
  return new Promise((resolve, reject) => {
    let text = ''
    const end = (settle: () => void): void => {
      input.removeListener('data', onData)
      input.setRawMode(false)
      input.pause()
      output.write('\n')
      settle()
    }
    const onData = (chunk: Buffer | string): void => {
      for (const letter of String(chunk)) {
        if (letter === INTERRUPT) {
          end(() => reject(new InputError([{ field: question, problem: 'was not answered', fix: 'try again' }])))
          return
        }
        if (ENTER.has(letter)) {
          end(() => resolve(text))
          return
        }
        text = BACKSPACE.has(letter) ? Array.from(text).slice(0, -1).join('') : text + letter
      }
    }
    output.write(`${question}: `)
    input.setRawMode(true)
    input.resume()
    input.on('data', onData)
  })
}

/** A secret from a file or an open descriptor, without the end of its last line. */
export function readSecretFrom(place: { readonly file?: string; readonly fd?: string }): string | undefined {
  if (place.file === undefined && place.fd === undefined) return undefined
  const from = place.file ?? Number(place.fd)
  if (typeof from === 'number' && !(Number.isInteger(from) && from >= 0)) {
    throw new InputError([
      { field: 'descriptor', problem: 'is no whole number', fix: 'write e.g. 3, and open it: 3<file' },
    ])
  }
  try {
    return readFileSync(from, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'unreadable'
    throw new InputError([{ field: String(from), problem: `cannot be read (${code})`, fix: 'name one that can' }])
  }
}
