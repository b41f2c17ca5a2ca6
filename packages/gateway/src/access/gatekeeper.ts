import { timingSafeEqual } from 'node:crypto'
import {
  type Clock,
  type Environment,
  type Journal,
  type Log,
  NotReadyError,
  PermissionError,
  type Principal,
} from '@tidegate/trading-model'
import { type HomeTokens, hashToken } from '../http/tokens.js'
import { type AgentDirectory, DEFAULT_AGENT } from './agent-directory.js'

/** Whom a token speaks for. `home`: whoever may read the home, as the default agent or one that has no token of its own. */
export type Caller =
  | { readonly kind: 'operator' }
  | { readonly kind: 'home' }
  | { readonly kind: 'agent'; readonly principal: Principal }

/** What of the journal knows tokens. */
export type TokenStore = Pick<Journal, 'findToken' | 'listTokens' | 'noteTokenUse'>

export interface GatekeeperOptions {
  readonly environment: Environment
  readonly agents: AgentDirectory
  /** The home's two tokens; `undefined` while they are not minted. */
  readonly home: () => HomeTokens | undefined
  /** `undefined` while this process has no store open. */
  readonly store: () => TokenStore | undefined
  readonly clock: Clock
  readonly log: Log
}

/** Says who is asking and as whom they may act. */
export interface Gatekeeper {
  /**
   * Whom a token speaks for, as of now: a revoked or expired one for nobody.
   *
   * @throws {NotReadyError} no store is open here, so no token of an agent can be checked. {StoreError} it does not answer.
   */
  recognise(token: string): Promise<Caller | undefined>
  /** As {@link Gatekeeper.recognise}, from the `Authorization` headers of a request: exactly one, `Bearer` and the token. */
  recogniseHeaders(authorization: readonly string[] | undefined): Promise<Caller | undefined>
  /**
   * The principal that acts when a caller asks as `claimed`. Name, role and permissions are those of the configuration, whatever was
   * claimed: its name is part of every limit. Only the operator's token may speak for anybody.
   *
   * @throws {PermissionError} the token may not act under that name or role.
   */
  speakFor(caller: Caller, claimed: Principal | undefined): Promise<Principal>
}

/** Prefix of tokens that the store knows. */
export const AGENT_TOKEN_PREFIX = 'tgt_'
const storedToken = /^tgt_[A-Za-z0-9_-]{43}$/
const bearer = /^Bearer ([\x21-\x7e]{1,200})$/i
const NOTE_EVERY_MS = 60_000

/** Makes the gatekeeper of a home. */
export function createGatekeeper(options: GatekeeperOptions): Gatekeeper {
  const { agents, home, environment, clock, log } = options
  const configured = agents.names.flatMap((name) =>
    agents.tokenHashesOf(name).map((hash) => ({ name, hash: Buffer.from(hash, 'hex') })),
  )
  const notedAtMs = new Map<string, number>()

  const store = (): TokenStore => {
    const open = options.store()
    if (open) return open
    throw new NotReadyError('The store is not open here, so no token of an agent can be checked', {
      hint: 'Try again in a moment',
    })
  }

  const note = (hash: string): void => {
    const nowMs = clock.nowMs()
    if (nowMs - (notedAtMs.get(hash) ?? -NOTE_EVERY_MS) < NOTE_EVERY_MS) return
    notedAtMs.set(hash, nowMs)
    // When a token was used last is a courtesy; nobody waits for it and nothing fails for it.
    store()
      .noteTokenUse(hash)
      .catch((error: unknown) => log.debug('token_use_not_noted', { error }))
  }

  const asAgent = (name: string): Caller | undefined => {
    const principal = agents.principalOf(name)
    return principal && { kind: 'agent', principal }
  }

  async function recognise(token: string): Promise<Caller | undefined> {
    const given = hashToken(token)
    const kind = home()?.recognise(token)
    // Each is always compared, so that the time says nothing.
    const [known] = configured.filter(({ hash }) => timingSafeEqual(given, hash))
    if (kind !== undefined) return { kind }
    const hex = given.toString('hex')
    if (known) {
      // One that the store knows, too, is as revoked or expired as it is there.
      const isStored = (await store().listTokens()).some(({ hash }) => hash === hex)
      return isStored && !(await store().findToken(hex)) ? undefined : asAgent(known.name)
    }
    if (!storedToken.test(token)) return undefined
    const row = await store().findToken(hex)
    if (!row || !timingSafeEqual(given, Buffer.from(row.hash, 'hex'))) return undefined
    const caller = asAgent(row.principal)
    if (caller) note(hex)
    return caller
  }

  /** An agent that was ever given a token is not to be had without one, also when all of them are revoked. */
  async function hasOwnToken(name: string): Promise<boolean> {
    if (agents.tokenHashesOf(name).length > 0) return true
    return (await store().listTokens()).some((row) => row.principal === name)
  }

  async function fromHome(claimed: Principal | undefined): Promise<Principal> {
    const named = claimed === undefined || claimed.name === DEFAULT_AGENT ? undefined : agents.principalOf(claimed.name)
    if (named) {
      if (environment === 'production' || (await hasOwnToken(named.name))) {
        throw new PermissionError(`The home’s token may not act as ${named.name}: that agent has a token of its own`, {
          hint: 'Give its token in TIDEGATE_AGENT_TOKEN, or as Authorization: Bearer',
        })
      }
      return named
    }
    const principal = agents.defaultAs(claimed?.role)
    if (principal) return principal
    throw new PermissionError(
      agents.principalOf(DEFAULT_AGENT)
        ? `An agent’s token may not act as ${claimed?.role ?? 'this role'}`
        : `${DEFAULT_AGENT} is none of the agents of this server: ${agents.names.join(', ')}`,
      { hint: 'Use the token of an agent, or the operator’s at the operator’s door' },
    )
  }

  return {
    recognise,
    async recogniseHeaders(authorization) {
      const [only, ...more] = authorization ?? []
      // Two of them are two opinions about who is asking.
      if (only === undefined || more.length > 0) return undefined
      const token = bearer.exec(only)?.[1]
      return token === undefined ? undefined : recognise(token)
    },
    async speakFor(caller, claimed) {
      switch (caller.kind) {
        case 'operator':
          if (!claimed) return { name: 'operator', role: 'admin' }
          return agents.names.includes(claimed.name) ? (agents.principalOf(claimed.name) ?? claimed) : claimed
        case 'home':
          return fromHome(claimed)
        case 'agent':
          if (!claimed || claimed.name === caller.principal.name) return caller.principal
          throw new PermissionError(`The token of ${caller.principal.name} may not act as anybody else`, {
            hint: 'Use the token of the agent that is meant',
          })
      }
    },
  }
}
