import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The version of a package as it is installed; its manifest lies somewhere above its entry, and may not be exported. */
export function installedVersion(name: string, entry = name): string {
  for (let folder = dirname(createRequire(import.meta.url).resolve(entry)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    const manifest = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string })
      : {}
    if (manifest.name === name && manifest.version !== undefined) return manifest.version
    if (folder === dirname(folder)) throw new Error(`${name} has no manifest`)
  }
}
