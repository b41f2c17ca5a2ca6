import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { type Disk, type Ids, type Random, StoreError } from '@tidegate/trading-model'
import { z } from 'zod'

/** A key as a client holds it. */
export interface ClientKey {
  /** `organizations/{uuid}/apiKeys/{uuid}`. */
  readonly name: string
  /** EC P-256, SEC1 PEM: what Coinbase's portal hands out for ECDSA. */
  readonly privateKeyPem: string
}

/** A key as the exchange knows it. */
export interface ExchangeKey {
  readonly name: string
  readonly publicKey: KeyObject
  readonly canView: boolean
  readonly canTrade: boolean
  readonly canTransfer: boolean
  /** The one portfolio that the key trades in; absent: the default one. */
  readonly portfolioId?: string
}

const keyFileSchema = z.object({ name: z.string().min(1), privateKey: z.string().min(1) })

/** Makes a P-256 key out of the random port. */
export function generateClientKey(random: Random, ids: Ids): ClientKey {
  const curve = createECDH('prime256v1')
  for (;;) {
    try {
      curve.setPrivateKey(Buffer.from(random.bytes(32)))
      break
    } catch {
      // Not every 32 bytes are a scalar of the curve: the odds against are 2^32 to 1.
    }
  }
  const point = curve.getPublicKey()
  const encode = (bytes: Buffer) => bytes.toString('base64url')
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: encode(padded(curve.getPrivateKey())),
      x: encode(point.subarray(1, 33)),
      y: encode(point.subarray(33, 65)),
    },
  })
  return {
    name: `organizations/${ids.uuid()}/apiKeys/${ids.uuid()}`,
    privateKeyPem: privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  }
}

/**
 * Reads the key file of a folder, or makes one: `{"name","privateKey"}`, as Coinbase's portal downloads it, readable by its owner only.
 *
 * @throws {StoreError} `ERR_STORE_CORRUPT` when the file is there but is none.
 */
export function loadOrCreateClientKey(options: {
  readonly disk: Disk
  readonly path: string
  readonly random: Random
  readonly ids: Ids
}): ClientKey {
  const text = options.disk.readText(options.path)
  if (text === undefined) {
    const key = generateClientKey(options.random, options.ids)
    const json = JSON.stringify({ name: key.name, privateKey: key.privateKeyPem }, undefined, 2)
    options.disk.writeTextAtomically(options.path, `${json}\n`, 0o600)
    return key
  }
  try {
    const { name, privateKey } = keyFileSchema.parse(JSON.parse(text))
    createPrivateKey(privateKey)
    return { name, privateKeyPem: privateKey }
  } catch (cause) {
    throw new StoreError('ERR_STORE_CORRUPT', 'The paper exchange cannot read its key file', {
      hint: 'delete the file to get a new key; clients then need the new one',
      context: { path: options.path },
      cause,
    })
  }
}

/** What the exchange keeps of a client's key. */
export function exchangeKeyOf(
  key: ClientKey,
  permissions: Partial<Pick<ExchangeKey, 'canView' | 'canTrade' | 'canTransfer'>> = {},
): ExchangeKey {
  return {
    name: key.name,
    publicKey: createPublicKey(createPrivateKey(key.privateKeyPem)),
    canView: true,
    canTrade: true,
    canTransfer: false,
    ...permissions,
  }
}

function padded(scalar: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(32 - scalar.length), scalar])
}
