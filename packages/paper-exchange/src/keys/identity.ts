import { createHash } from 'node:crypto'
import { DEFAULT_PORTFOLIO } from '../engine/records.js'

/** Who the one customer of this exchange is. All ids follow from the key's organisation, so they outlive a restart. */
export interface Identity {
  readonly userId: string
  readonly portfolioId: string
  /** Id of a wallet; of the default portfolio unless told otherwise. */
  accountId(currency: string, portfolioId?: string): string
}

/** @param keyName - `organizations/{uuid}/apiKeys/{uuid}`. */
export function identityOf(keyName: string): Identity {
  const organisation = keyName.split('/')[1] ?? keyName
  return {
    userId: uuidFrom(organisation, 'user'),
    portfolioId: uuidFrom(organisation, 'portfolio'),
    accountId: (currency, portfolioId = DEFAULT_PORTFOLIO) =>
      portfolioId === DEFAULT_PORTFOLIO
        ? uuidFrom(organisation, `account ${currency}`)
        : uuidFrom(organisation, portfolioId, `account ${currency}`),
  }
}

/** A well-formed UUID (v8, custom) that always belongs to these names. */
export function uuidFrom(...names: readonly string[]): string {
  const hex = createHash('sha256').update(names.join('\u0000')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A portfolio's id on the wire: the default one goes by the identity's. */
export function portfolioUuid(identity: Identity, portfolioId: string): string {
  return portfolioId === DEFAULT_PORTFOLIO ? identity.portfolioId : portfolioId
}

/** The portfolio that a wire id names, known or not. */
export function portfolioOfUuid(identity: Identity, uuid: string): string {
  return uuid === identity.portfolioId ? DEFAULT_PORTFOLIO : uuid
}
