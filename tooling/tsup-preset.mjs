import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** @type {import('tsup').Options} */
const shared = {
  format: ['esm'],
  target: 'node20',
  sourcemap: true,
  clean: true,
  dts: false,
  // tsup strips `node:` by default, which breaks `node:sqlite` at run time.
  removeNodeProtocol: false,
}

/** Puts built pages beside the code that reads them: files, so that nothing of them is loaded before somebody looks. */
function takePages(from) {
  return async () =>
    cpSync(fileURLToPath(new URL(`../${from}/dist/pages`, import.meta.url)), 'dist/pages', { recursive: true })
}

/** A library that carries the pages of `packages/web`. */
export function libraryWithPages() {
  return { ...library(), onSuccess: takePages('packages/web') }
}

/** One ESM file per entry, dependencies stay imports; declarations come from `tsc`. */
export function library(entry = ['src/index.ts']) {
  return { ...shared, entry }
}

/**
 * One bundled entry with lazy chunks beside it. Workspace sources are bundled; native modules stay imports.
 * `require` exists for the CommonJS packages inside the bundle.
 */
export function app(entry = { main: 'src/main.ts' }) {
  return {
    ...shared,
    entry,
    splitting: true,
    sourcemap: false,
    noExternal: [/.*/],
    onSuccess: takePages('packages/mcp-adapter'),
    external: ['libsql'],
    esbuildOptions(options) {
      // Less to read at start; names stay, so that a stack trace still says where it was.
      options.minifyWhitespace = true
      options.minifySyntax = true
      options.conditions = ['@tidegate/source', ...(options.conditions ?? [])]
    },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  }
}
