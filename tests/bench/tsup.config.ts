import { fileURLToPath } from 'node:url'
import { defineConfig } from 'tsup'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Ours is bundled from the sources as they are; the peers stay as they were published. */
export default defineConfig({
  entry: {
    main: at('src/main.ts'),
    'echo-server': at('src/mcp/echo-server.ts'),
    'no-library-server': at('src/mcp/no-library-server.ts'),
  },
  outDir: at('dist'),
  format: ['esm'],
  target: 'node20',
  splitting: false,
  removeNodeProtocol: false,
  noExternal: [/.*/],
  external: ['nodejs-order-book', 'hft-limit-order-book', 'libsql'],
  esbuildOptions(options) {
    options.conditions = ['@tidegate/source', ...(options.conditions ?? [])]
  },
  // The CommonJS packages inside the bundle ask for `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
