import { createHash, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import type { Disk, Principal, Random, Role } from '@tidegate/trading-model'

/** Whom a token speaks for. */
export type TokenKind = 'agent' | 'operator'

/** The home's two tokens. Whoever may read the files may use them. */
export interface Tokens {
  readonly agent: string
  readonly operator: string
  /** Whom an `Authorization` header speaks for, compared in constant time; `undefined` for nobody. */
  recognise(authorization: string | undefined): TokenKind | undefined
}

/** Reads the tokens of an environment's folder, or mints and keeps new ones (256 random bits, readable by the owner alone). */
export function mintTokens(disk: Disk, random: Random, folder: string): Tokens {
  const agent = readOrMint(disk, random, join(folder, 'agent.token'), 'tga_')
  const operator = readOrMint(disk, random, join(folder, 'operator.token'), 'tgo_')
  const agentHash = hash(agent)
  const operatorHash = hash(operator)
  return {
    agent,
    operator,
    recognise(authorization) {
      const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization ?? '')?.[1]
      if (token === undefined) return undefined
      const given = hash(token)
      // Both are always compared, so that the time says nothing.
      const isAgent = timingSafeEqual(given, agentHash)
      const isOperator = timingSafeEqual(given, operatorHash)
      return isOperator ? 'operator' : isAgent ? 'agent' : undefined
    },
  }
}

/** Reads both tokens of a home somebody else owns; `undefined` for what this user may not read. */
export function readTokens(disk: Disk, folder: string): { readonly agent?: string; readonly operator?: string } {
  const agent = tryRead(disk, join(folder, 'agent.token'))
  const operator = tryRead(disk, join(folder, 'operator.token'))
  return { ...(agent === undefined ? {} : { agent }), ...(operator === undefined ? {} : { operator }) }
}

/**
 * Who acts when a token asks as `claimed`. An agent's token is always `local` and at most a trader, whatever it claims:
 * its name is part of every limit. The operator's token may speak for anybody.
 *
 * @returns `undefined` when the token may not speak for that role.
 */
export function principalFor(kind: TokenKind, claimed: Principal | undefined): Principal | undefined {
  if (kind === 'operator') return claimed ?? { name: 'operator', role: 'admin' }
  const role = claimed?.role ?? 'trader'
  const allowed: readonly Role[] = ['viewer', 'analyst', 'trader']
  return allowed.includes(role) ? { name: 'local', role } : undefined
}

function readOrMint(disk: Disk, random: Random, path: string, prefix: string): string {
  const found = disk.readText(path)?.trim()
  if (found !== undefined && found.length >= 40) return found
  const token = prefix + Buffer.from(random.bytes(32)).toString('base64url')
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

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
