import { createHash, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import type { Disk, Random } from '@tidegate/trading-model'

/** Whom a token of the home speaks for: whoever may read the home, or its operator. */
export type HomeTokenKind = 'home' | 'operator'

/** The home's two tokens. Whoever may read the files may use them. */
export interface HomeTokens {
  readonly agent: string
  readonly operator: string
  /** Which of the two it is, compared in constant time; `undefined` for neither. */
  recognise(token: string): HomeTokenKind | undefined
}

/** Reads the tokens of an environment's folder, or mints and keeps new ones (256 random bits, readable by the owner alone). */
export function mintTokens(disk: Disk, random: Random, folder: string): HomeTokens {
  const agent = readOrMint(disk, random, join(folder, 'agent.token'), 'tga_')
  const operator = readOrMint(disk, random, join(folder, 'operator.token'), 'tgo_')
  const agentHash = hashToken(agent)
  const operatorHash = hashToken(operator)
  return {
    agent,
    operator,
    recognise(token) {
      const given = hashToken(token)
      // Both are always compared, so that the time says nothing.
      const isAgent = timingSafeEqual(given, agentHash)
      const isOperator = timingSafeEqual(given, operatorHash)
      return isOperator ? 'operator' : isAgent ? 'home' : undefined
    },
  }
}

/** Reads both tokens of a home somebody else owns; `undefined` for what this user may not read. */
export function readTokens(disk: Disk, folder: string): { readonly agent?: string; readonly operator?: string } {
  const agent = tryRead(disk, join(folder, 'agent.token'))
  const operator = tryRead(disk, join(folder, 'operator.token'))
  return { ...(agent === undefined ? {} : { agent }), ...(operator === undefined ? {} : { operator }) }
}

/** A new secret: 256 random bits in base64url behind a prefix that says what it is. */
export function newToken(random: Random, prefix: string): string {
  return prefix + Buffer.from(random.bytes(32)).toString('base64url')
}

/** SHA-256, which is all that is ever kept of an agent's token. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function readOrMint(disk: Disk, random: Random, path: string, prefix: string): string {
  const found = disk.readText(path)?.trim()
  if (found !== undefined && found.length >= 40) return found
  const token = newToken(random, prefix)
  disk.writeTextAtomically(path, `${token}\n`)
  return token
}

function tryRead(disk: Disk, path: string): string | undefined {
  try {
    return disk.readText(path)?.trim()
  } catch {
    return undefined
  }
}
