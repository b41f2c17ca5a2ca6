import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Disk, type Random, StoreError } from '@tidegate/trading-model'

/** The end of the audit chain at some moment. */
export interface AuditHead {
  readonly seq: number
  readonly hash: string
  /** Sequence of the head that was appended outside the database before this one; 0 for none. */
  readonly exportedSeq: number
}

/** Signs heads with Ed25519; the key lives outside the database. */
export interface HeadSigner {
  /** Raw public key, hex. */
  readonly publicKey: string
  /** Signature, hex. */
  sign(storeId: string, head: AuditHead): string
  verify(storeId: string, head: AuditHead, signature: string): boolean
}

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/**
 * Loads the signing key, or makes one where `mayCreate`.
 *
 * @throws StoreError `ERR_STORE_CORRUPT` when the key is missing or unreadable.
 */
export function openHeadSigner(disk: Disk, path: string, random: Random, mayCreate: boolean): HeadSigner {
  let pem = disk.readText(path)
  if (pem === undefined) {
    if (!mayCreate) {
      throw new StoreError('ERR_STORE_CORRUPT', `The audit key ${path} is missing`, {
        hint: 'restore it from the backup of this store; without it nobody can tell whether the log was changed',
      })
    }
    const der = Buffer.concat([pkcs8Prefix, random.bytes(32)])
    pem = String(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }))
    disk.writeTextAtomically(path, pem, 0o600)
  }
  return signerFrom(readKey(pem, path))
}

function readKey(pem: string, path: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // Falls through to the sentence below; the parser's own message may quote the key.
  }
  throw new StoreError('ERR_STORE_CORRUPT', `The audit key ${path} is no Ed25519 key`, {
    hint: 'restore it from the backup of this store',
  })
}

function signerFrom(privateKey: KeyObject): HeadSigner {
  const publicKey = createPublicKey(privateKey)
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'),
    sign: (storeId, head) => sign(null, signedText(storeId, head), privateKey).toString('hex'),
    verify: (storeId, head, signature) =>
      /^[0-9a-f]{128}$/.test(signature) &&
      verify(null, signedText(storeId, head), publicKey, Buffer.from(signature, 'hex')),
  }
}

function signedText(storeId: string, head: AuditHead): Buffer {
  return Buffer.from(`tidegate.audit-head/1\n${storeId}\n${head.seq}\n${head.hash}\n${head.exportedSeq}\n`)
}
