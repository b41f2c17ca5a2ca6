import { timingSafeEqual } from 'node:crypto'
import type { Environment, Random, SecondFactor } from '@tidegate/trading-model'
import { HOTP, Secret, TOTP } from 'otpauth'

/** As every authenticator app takes it: SHA-1, six digits, half a minute. */
const ALGORITHM = 'SHA1'
const DIGITS = 6
const PERIOD_MS = 30_000
/** A clock may be one step off, either way. */
const WINDOW = 1
/** As long as the hash: what RFC 4226 recommends. */
const SECRET_BYTES = 20

/** A code as a person types it: six digits, spaces between them allowed. */
export function readCode(text: string): string | undefined {
  const code = text.replaceAll(/\s/g, '')
  return /^[0-9]{6}$/.test(code) ? code : undefined
}

/** A new secret: 160 random bits in base32, for the authenticator app. */
export function newTotpSecret(random: Random): string {
  const bytes = Uint8Array.from(random.bytes(SECRET_BYTES))
  return new Secret({ buffer: bytes.buffer }).base32
}

/** The `otpauth://` address that an authenticator app takes. It holds the secret. */
export function totpUri(approver: string, environment: Environment, secret: string): string {
  return new TOTP({
    issuer: 'Tidegate',
    label: `${approver} (${environment})`,
    algorithm: ALGORITHM,
    digits: DIGITS,
    period: PERIOD_MS / 1_000,
    secret: Secret.fromBase32(secret),
  }).toString()
}

/**
 * A code of RFC 6238 against a secret: good in its step, the one before and the one after. All of them are always compared, in constant
 * time, so that the time says nothing.
 *
 * @param code - Six digits.
 */
export function totpFactor(secret: string, code: string): SecondFactor {
  const key = Secret.fromBase32(secret)
  const given = Buffer.from(code, 'ascii')
  return {
    stepAt(nowMs) {
      const now = Math.floor(nowMs / PERIOD_MS)
      let found: number | undefined
      for (let step = now - WINDOW; step <= now + WINDOW; step++) {
        if (step < 0) continue
        const expected = HOTP.generate({ secret: key, algorithm: ALGORITHM, digits: DIGITS, counter: step })
        const isEqual = given.length === DIGITS && timingSafeEqual(given, Buffer.from(expected, 'ascii'))
        // The newest that fits: no code of an earlier step is good after it.
        if (isEqual) found = step
      }
      return found
    },
  }
}
