import { X509Certificate } from 'node:crypto'
import type { Clock, Disk, Random } from '@tidegate/trading-model'

/** What a TLS server needs; PEM. */
export interface ServerCertificate {
  readonly certificate: string
  readonly privateKey: string
}

const lifeMs = 365 * 86_400_000
const renewBeforeMs = 7 * 86_400_000

/**
 * Reads the certificate of a folder, or makes one that says who we are on this machine: `localhost`, `127.0.0.1`, `::1` and the
 * host given. Self-signed: clients trust it only when they are told to (`NODE_EXTRA_CA_CERTS`, `REQUESTS_CA_BUNDLE`).
 *
 * @param options - Without `files` nothing is kept.
 */
export async function serverCertificate(options: {
  readonly host: string
  readonly clock: Clock
  readonly random: Random
  readonly files?: { readonly disk: Disk; readonly certificate: string; readonly privateKey: string }
}): Promise<ServerCertificate> {
  const { files } = options
  const kept = files && {
    certificate: files.disk.readText(files.certificate),
    privateKey: files.disk.readText(files.privateKey),
  }
  if (kept?.certificate !== undefined && kept.privateKey !== undefined && isGood(kept.certificate, options)) {
    return { certificate: kept.certificate, privateKey: kept.privateKey }
  }
  const made = await makeCertificate(
    options.host,
    options.clock.nowMs(),
    Buffer.from(options.random.bytes(6)).toString('hex'),
  )
  files?.disk.writeTextAtomically(files.privateKey, made.privateKey, 0o600)
  files?.disk.writeTextAtomically(files.certificate, made.certificate, 0o644)
  return made
}

async function makeCertificate(host: string, nowMs: number, mark: string): Promise<ServerCertificate> {
  // Loaded only here: most exchanges speak plain HTTP.
  const { generate } = await import('selfsigned')
  const names = [{ type: 2 as const, value: 'localhost' }]
  const addresses = ['127.0.0.1', '::1'].map((ip) => ({ type: 7 as const, ip }))
  const isAddress = /^[\d.]+$|:/.test(host)
  const own = isAddress ? { type: 7 as const, ip: host } : { type: 2 as const, value: host }
  const isNew = ![...names.map(({ value }) => value), ...addresses.map(({ ip }) => ip)].includes(host)
  // Its own name for each: who trusts two exchanges tells them apart by it.
  const pems = await generate([{ name: 'commonName', value: `tidegate paper exchange ${mark}` }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - 3_600_000),
    notAfterDate: new Date(nowMs + lifeMs),
    extensions: [
      // A client that is told to trust it takes it as the authority of its own chain.
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [...names, ...addresses, ...(isNew ? [own] : [])] },
    ],
  })
  return { certificate: pems.cert, privateKey: pems.private }
}

function isGood(pem: string, options: { readonly host: string; readonly clock: Clock }): boolean {
  try {
    const certificate = new X509Certificate(pem)
    const isFor = certificate.checkIP(options.host) ?? certificate.checkHost(options.host)
    return isFor !== undefined && Date.parse(certificate.validTo) - renewBeforeMs > options.clock.nowMs()
  } catch {
    return false
  }
}
