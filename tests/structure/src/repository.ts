import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface PackageJson {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export function folders(parent: 'packages' | 'apps' | 'tests'): readonly string[] {
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
}

export function packageJson(path: string): PackageJson {
  return JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as PackageJson
}

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Every TypeScript file of the packages below `parent`, tests included; build output and build settings not. */
export function sources(parent: 'packages' | 'apps'): readonly SourceFile[] {
  const found: SourceFile[] = []
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      if (name === 'node_modules' || name === 'dist' || name.startsWith('.')) continue
      const path = join(folder, name)
      if (statSync(path).isDirectory()) visit(path)
      else if (name.endsWith('.ts') && name !== 'tsup.config.ts')
        found.push({ path: relative(root, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') })
    }
  }
  visit(join(root, parent))
  return found
}

/** Tests and what only tests use: helpers beside them, and the folders that are never published. */
export const isTest = (file: SourceFile): boolean =>
  /\.(test|test-d|test-support)\.ts$/.test(file.path) || /\/(test|test-support|testing)\//.test(file.path)

/** Module names a file imports, type imports included. */
export function importsOf(file: SourceFile): readonly string[] {
  return [...file.text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}
