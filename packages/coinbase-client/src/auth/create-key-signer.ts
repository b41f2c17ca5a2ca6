import { sign } from 'node:crypto'
import type { Signer } from '@tidegate/trading-model'
import { parseCoinbaseKey } from './parse-key.js'

/**
 * Makes a signer that keeps the key in this process, parsed once.
 *
 * @param keyName - Name of the CDP key; may be `''` when `secret` is the text of a JSON key file.
 * @param secret - Any form that {@link parseCoinbaseKey} reads.
 * @throws {ConfigError} `ERR_CONFIG_MISSING` or `ERR_CONFIG_INVALID`, before any request.
 *
 * @example
 * const signer = createKeySigner('organizations/…/apiKeys/…', pem)
 * // signer.algorithm === 'ES256'
 */
export function createKeySigner(keyName: string, secret: string): Signer {
  const key = parseCoinbaseKey(keyName, secret)
  return {
    keyName: key.keyName,
    algorithm: key.algorithm,
    sign: (data) =>
      key.algorithm === 'ES256'
        ? sign('sha256', data, { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
        : sign(null, data, key.privateKey),
  }
}
