import * as jsonc from 'jsonc-parser'

/**
 * Puts a child behind the others of an object or a list. Nothing else moves: where a comma has to follow the child before, it is put
 * behind that, and comments on its line stay there.
 *
 * @param child - Its text, at no indentation.
 */
export function insertChild(text: string, container: jsonc.Node, child: string): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const close = container.offset + container.length - 1
  const last = container.children?.at(-1)
  const indent = last ? indentOf(text, last.offset) : indentOf(text, container.offset) + unitOf(text)
  const lines = child.split('\n').join(`${eol}${indent}`)
  if (!last) {
    const inside = text.slice(container.offset + 1, close)
    const kept = inside.trim() === '' ? '' : inside.trimEnd()
    const before = text.slice(0, container.offset + 1) + kept
    return `${before}${eol}${indent}${lines}${eol}${indentOf(text, container.offset)}${text.slice(close)}`
  }
  const end = last.offset + last.length
  const comma = commaAfter(text, end)
  const lineEnd = Math.min(lineEndAfter(text, comma ?? end), close)
  const isInline = lineEnd === close
  const at = isInline ? (comma === undefined ? end : comma + 1) : lineEnd
  const head = comma === undefined ? `${text.slice(0, end)},${text.slice(end, at)}` : text.slice(0, at)
  return `${head}${eol}${indent}${lines}${comma === undefined ? '' : ','}${text.slice(at)}`
}

/** Puts another value in the place of one. */
export function replaceValue(text: string, node: jsonc.Node, value: string): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = value.split('\n').join(`${eol}${indentOf(text, node.offset)}`)
  return text.slice(0, node.offset) + lines + text.slice(node.offset + node.length)
}

/** Takes a child out, with the comma that it leaves over and the line that it leaves empty. */
export function removeChild(text: string, container: jsonc.Node, child: jsonc.Node): string {
  const siblings = container.children ?? []
  const index = siblings.indexOf(child)
  const before = siblings[index - 1]
  const end = child.offset + child.length
  const comma = commaAfter(text, end)
  if (siblings.length === 1) {
    const close = container.offset + container.length - 1
    const inside =
      text.slice(container.offset + 1, child.offset) + text.slice(comma === undefined ? end : comma + 1, close)
    if (inside.trim() === '') return text.slice(0, container.offset + 1) + text.slice(close)
  }
  let from = child.offset
  let to = comma === undefined ? end : comma + 1
  // An empty line is left only where the child had lines of its own.
  const lineStart = from - (/[ \t]*$/.exec(text.slice(0, from))?.[0].length ?? 0)
  const startsLine = lineStart === 0 || text[lineStart - 1] === '\n'
  const rest = /^[ \t]*(\r?\n)?/.exec(text.slice(to))?.[0] ?? ''
  if (startsLine && rest.endsWith('\n')) {
    from = lineStart
    to += rest.length
  }
  const without = text.slice(0, from) + text.slice(to)
  if (comma !== undefined || !before) return without
  const over = commaAfter(text, before.offset + before.length)
  return over === undefined ? without : without.slice(0, over) + without.slice(over + 1)
}

/** A value as it is written, with the indentation of the file. */
export function textOf(value: unknown, text: string): string {
  return JSON.stringify(value, undefined, unitOf(text))
}

function unitOf(text: string): string {
  return /^([ \t]+)\S/m.exec(text)?.[1] ?? '  '
}

function indentOf(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  return /^[ \t]*/.exec(line)?.[0] ?? ''
}

function lineEndAfter(text: string, offset: number): number {
  const at = text.indexOf('\n', offset)
  return at < 0 ? text.length : text[at - 1] === '\r' ? at - 1 : at
}

/** Where the comma stands that follows, past comments and space. */
function commaAfter(text: string, offset: number): number | undefined {
  const scanner = jsonc.createScanner(text, true)
  scanner.setPosition(offset)
  return scanner.scan() === COMMA ? scanner.getTokenOffset() : undefined
}

/** `SyntaxKind.CommaToken`: a constant of declarations alone. */
const COMMA = 5
