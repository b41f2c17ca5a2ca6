import type { Signer } from '@tidegate/trading-model'

/** A key in use: hand it back when the request that was signed with it has its answer. */
export interface BorrowedSigner {
  readonly signer: Signer
  release(): void
}

/** A signer whose key can be exchanged while it is in use. */
export interface SwappableSigner extends Signer {
  /** The key that signs now. */
  current(): Signer
  /** The key that signs now, counted as in use until it is released. */
  borrow(): BorrowedSigner
  /** From here on `next` signs. Resolves with the old key when nothing that it signed is under way any more. */
  swap(next: Signer): Promise<Signer>
}

/**
 * Makes a signer that passes everything on to the key in force. Give one to both client and feed: requests under way end
 * with the key they began with, the stream uses the new one with its next message.
 *
 * @param initial - The key in force from the start.
 *
 * @example
 * const signer = createSwappableSigner(createKeySigner(name, pem))
 * const client = createCoinbaseClient({ ...options, signer })
 * await client.swapKey(createKeySigner(newName, newPem))
 */
export function createSwappableSigner(initial: Signer): SwappableSigner {
  let current = initial
  const inUse = new Map<Signer, number>()
  const drained = new Map<Signer, (() => void)[]>()

  function release(signer: Signer): void {
    const left = (inUse.get(signer) ?? 0) - 1
    if (left > 0) {
      inUse.set(signer, left)
      return
    }
    inUse.delete(signer)
    for (const tell of drained.get(signer) ?? []) tell()
    drained.delete(signer)
  }

  return {
    get keyName() {
      return current.keyName
    },
    get algorithm() {
      return current.algorithm
    },
    sign: (data) => current.sign(data),
    current: () => current,
    borrow: () => {
      const signer = current
      inUse.set(signer, (inUse.get(signer) ?? 0) + 1)
      let isOut = true
      return {
        signer,
        release: () => {
          if (isOut) release(signer)
          isOut = false
        },
      }
    },
    swap: (next) => {
      const old = current
      current = next
      if (old === next || !inUse.has(old)) return Promise.resolve(old)
      return new Promise((resolve) => {
        drained.set(old, [...(drained.get(old) ?? []), () => resolve(old)])
      })
    },
  }
}

/** True for a signer made by {@link createSwappableSigner}. */
export function isSwappable(signer: Signer): signer is SwappableSigner {
  return typeof (signer as Partial<SwappableSigner>).swap === 'function'
}
