import { type CopiedHead, isTornLine, type KeyChange, readCanonicalLine } from './heads-line.js'

/** The file of heads, taken apart. */
export interface HeadsFile {
  readonly lines: readonly { readonly line: number; readonly said: CopiedHead | KeyChange }[]
  /** 1-based lines that nobody of ours wrote. */
  readonly foreign: readonly number[]
  /** 1-based lines whose end a crash took. */
  readonly torn: readonly number[]
}

/** Reads the text of a heads file. Checks the form only; {@link checkHeads} checks what it says. */
export function readHeadsFile(text: string): HeadsFile {
  const lines: HeadsFile['lines'][number][] = []
  const foreign: number[] = []
  const torn: number[] = []
  const all = text.split('\n')
  const last = all.pop() ?? ''
  if (last !== '') all.push(last)
  for (const [index, json] of all.entries()) {
    const said = readCanonicalLine(json)
    const isUnended = last !== '' && index === all.length - 1
    if (said && !isUnended) lines.push({ line: index + 1, said })
    else if (said || isTornLine(json)) torn.push(index + 1)
    else foreign.push(index + 1)
  }
  return { lines, foreign, torn }
}
