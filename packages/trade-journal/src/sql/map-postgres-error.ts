import { BaseError, InvariantError, StoreError } from '@tidegate/trading-model'

interface DriverFault {
  readonly message?: unknown
  /** SQLSTATE, or the code of a socket error. */
  readonly code?: unknown
}

const codeOf = (error: unknown): string => {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as DriverFault
  return typeof code === 'string' ? code : ''
}

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code)

/**
 * Serialization failure, deadlock, a row that another transaction made first, or a statement kept from before somebody changed
 * the tables: done again, it sees what the other did.
 */
export function isRepeatable(error: unknown): boolean {
  return ['40001', '40P01', '23505'].includes(codeOf(error)) || isOutdated(error)
}

/** A newer gateway has migrated the store: the connection must forget the statements it keeps. */
export function isOutdated(error: unknown): boolean {
  return codeOf(error) === '0A000' && String((error as DriverFault).message).includes('cached plan')
}

/**
 * Nobody answered in time, or the server ended a session that was silent for too long: one of us is starved of processor time,
 * and the same again may pass. Our own errors are judged by their cause.
 */
export function isSlowness(error: unknown): boolean {
  const cause = BaseError.isInstance(error) ? error.cause : error
  const code = codeOf(cause)
  if (isSqlState(code)) return ['55P03', '57014', '25P03'].includes(code)
  return /time-?out/i.test(String((cause as DriverFault | null | undefined)?.message))
}

/** The server or the line went away: nobody knows what a statement under way did. */
export function isConnectionLoss(error: unknown): boolean {
  if (BaseError.isInstance(error)) return false
  const code = codeOf(error)
  return !isSqlState(code) || code.startsWith('08') || code.startsWith('57P')
}

/**
 * Turns whatever `pg` threw into one of our errors; our own pass unchanged.
 *
 * @param name - `host:port/database`.
 * @param what - What was being done, to end the sentence.
 */
export function mapPostgresError(error: unknown, name: string, what: string): BaseError {
  if (BaseError.isInstance(error)) return error
  const code = codeOf(error)
  const details = `${code === '' ? '' : `${code}: `}${String((error as DriverFault | null)?.message ?? error)}`
  const options = { details, cause: error }
  const found = sentences.find(({ codes }) => codes.some((start) => code.startsWith(start)))
  if (found) {
    return new StoreError(found.code, `PostgreSQL ${name} ${found.says} (${what})`, { ...options, hint: found.hint })
  }
  if (code.startsWith('22') || code.startsWith('23')) {
    return new InvariantError(`The store refused a write that should be impossible (${what})`, options)
  }
  if (isConnectionLoss(error)) {
    return new StoreError('ERR_STORE_IO', `PostgreSQL ${name} cannot be reached (${what})`, {
      ...options,
      hint: 'start it, or mend the network between; no new order leaves until then',
    })
  }
  return new StoreError('ERR_STORE_IO', `PostgreSQL ${name} refused (${what})`, {
    ...options,
    hint: 'read what it says, and its log',
  })
}

const sentences = [
  {
    codes: ['40001', '40P01', '55P03', '57014'],
    code: 'ERR_STORE_BUSY',
    says: 'is held by other gateways for too long',
    hint: 'look for a gateway that hangs; the next try may pass',
  },
  { codes: ['53100'], code: 'ERR_STORE_IO', says: 'has a full disk', hint: 'make room on the disk of the database' },
  {
    codes: ['53', '57P03'],
    code: 'ERR_STORE_BUSY',
    says: 'has no room for us now',
    hint: 'give it more connections or memory, or wait until it has started',
  },
  {
    codes: ['25006'],
    code: 'ERR_STORE_IO',
    says: 'is read-only',
    hint: 'point store.url at the primary, not at a standby',
  },
  {
    codes: ['28', '42501'],
    code: 'ERR_STORE_IO',
    says: 'does not let us in',
    hint: 'check user, password and rights of store.url',
  },
  { codes: ['3D000'], code: 'ERR_STORE_IO', says: 'does not exist', hint: 'create the database, empty' },
  {
    codes: ['XX001', 'XX002', '42P01', '42703'],
    code: 'ERR_STORE_CORRUPT',
    says: 'is damaged',
    hint: 'stop trading, keep the files, restore a backup',
  },
] as const
