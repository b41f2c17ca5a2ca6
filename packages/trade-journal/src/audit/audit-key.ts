import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { type Disk, type Random, StoreError } from '@tidegate/trading-model'

/** The end of the audit chain at some moment. */
export interface AuditHead {
  readonly seq: number
  readonly hash: string
  /** Sequence of the head that was appended outside the database before this one; 0 for none. */
  readonly exportedSeq: number
}

/** Signs with Ed25519; the key lives outside the database. */
export interface HeadSigner {
  /** Raw public key, hex. */
  readonly publicKey: string
  /** The private key as its file holds it. */
  readonly pem: string
  /** Signature of a head, hex. */
  sign(storeId: string, head: AuditHead): string
  /** Signature over any text, hex. */
  signText(text: string): string
}

/** The signer of an open journal: another one after the key was changed. */
export interface AuditKeys {
  signer: HeadSigner
  /** Signs with the key of this public key from now on; throws where its private part is not in the key file. */
  follow(publicKey: string): HeadSigner
}

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** A new key, kept nowhere yet. */
export function newSigner(random: Random): HeadSigner {
  const der = Buffer.concat([pkcs8Prefix, random.bytes(32)])
  return signerFrom(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
}

/**
 * The signing key of a store that does not exist yet: one that lies there, or a new one.
 *
 * @throws StoreError `ERR_STORE_CORRUPT` when what lies there is no key.
 */
export function createSigner(disk: Disk, path: string, random: Random): HeadSigner {
  const [there] = readSigners(disk, path)
  if (there) return there
  const signer = newSigner(random)
  disk.writeTextAtomically(path, signer.pem, 0o600)
  return signer
}

/**
 * Loads the key that a store says it is signed with. While a key is changed the file holds two.
 *
 * @throws StoreError `ERR_STORE_CORRUPT` when the file is missing or unreadable, or holds other keys.
 */
export function openSigner(disk: Disk, path: string, publicKey: string): HeadSigner {
  const signers = readSigners(disk, path)
  if (signers.length === 0) {
    throw new StoreError('ERR_STORE_CORRUPT', `The audit key ${path} is missing`, {
      hint: 'restore it from the backup of this store; without it nobody can tell whether the log was changed',
    })
  }
  const signer = signers.find((each) => each.publicKey === publicKey)
  if (signer) return signer
  throw new StoreError('ERR_STORE_CORRUPT', `${path} is the key of another store, or one that was changed since`, {
    hint: 'put the key file here of the gateway on which the key was changed; nothing is written until then',
  })
}

/** Every key in the file; none where there is no file. */
export function readSigners(disk: Disk, path: string): readonly HeadSigner[] {
  const text = disk.readText(path)
  if (text === undefined) return []
  const blocks = text.match(/-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----\n?/g) ?? [text]
  return blocks.map((pem) => signerFrom(readKey(pem, path)))
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
  const signText = (text: string) => sign(null, Buffer.from(text), privateKey).toString('hex')
  return {
    publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'),
    pem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    sign: (storeId, head) => signText(headText(storeId, head)),
    signText,
  }
}

/** The public key of raw hex; throws where it is none. */
export function publicKeyOf(hex: string): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiPrefix, Buffer.from(hex, 'hex')]), format: 'der', type: 'spki' })
}

/** True when the signature (hex) is that of the key over the text. */
export function isSigned(publicKey: string, text: string, signature: string): boolean {
  if (!/^[0-9a-f]{128}$/.test(signature) || !/^[0-9a-f]{64}$/.test(publicKey)) return false
  return verify(null, Buffer.from(text), publicKeyOf(publicKey), Buffer.from(signature, 'hex'))
}

/** What a head's signature is over. */
export function headText(storeId: string, head: AuditHead): string {
  return `tidegate.audit-head/1\n${storeId}\n${head.seq}\n${head.hash}\n${head.exportedSeq}\n`
}
