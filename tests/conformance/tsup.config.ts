import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { app } from '@tidegate/tooling/tsup-preset'
import { defineConfig } from 'tsup'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The command, and the HTTP app twice: as it is, and with the fixtures. */
export default defineConfig({
  ...app({
    main: at('src/main.ts'),
    'http-server': at('node_modules/@tidegate/http-server/src/main.ts'),
    'http-server-with-fixtures': at('src/serve-with-fixtures.ts'),
  }),
  outDir: at('dist'),
  // The preset copies them to where it is run; here that is the root.
  onSuccess: async () => cpSync(at('../../packages/mcp-adapter/dist/pages'), at('dist/pages'), { recursive: true }),
  silent: true,
})
