import { createHash } from 'node:crypto'

/** Writes one record as a line that can tell whether it is whole: sixteen hex digits of SHA-256, a space, JSON. */
export function formatCheckedLine(json: string): string {
  return `${checksum(json)} ${json}\n`
}

/** The JSON of a line, or `undefined` when its checksum does not fit. */
export function readCheckedLine(line: string): string | undefined {
  const json = line.slice(17)
  return line[16] === ' ' && line.slice(0, 16) === checksum(json) ? json : undefined
}

function checksum(json: string): string {
  return createHash('sha256').update(json).digest('hex').slice(0, 16)
}
