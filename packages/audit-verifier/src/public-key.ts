import { createPublicKey, type KeyObject, verify } from 'node:crypto'

/** A public key that can check signatures. */
export interface PublicKey {
  /** Raw Ed25519 public key, hex. */
  readonly hex: string
  /** True when `signature` (hex) is this key's over `text`. */
  verifies(text: string, signature: string): boolean
}

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** A key from 64 hex digits or a PEM block; `undefined` when the text is neither. */
export function readPublicKey(text: string): PublicKey | undefined {
  const trimmed = text.trim()
  try {
    if (/^[0-9a-f]{64}$/.test(trimmed)) {
      const der = Buffer.concat([spkiPrefix, Buffer.from(trimmed, 'hex')])
      return fromObject(createPublicKey({ key: der, format: 'der', type: 'spki' }))
    }
    // A private key would do, too, and has no place here.
    if (!trimmed.includes('PUBLIC KEY')) return undefined
    return fromObject(createPublicKey(trimmed))
  } catch {
    return undefined
  }
}

function fromObject(key: KeyObject): PublicKey | undefined {
  if (key.asymmetricKeyType !== 'ed25519') return undefined
  return {
    hex: key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'),
    verifies: (text, signature) =>
      /^[0-9a-f]{128}$/.test(signature) && verify(null, Buffer.from(text), key, Buffer.from(signature, 'hex')),
  }
}
