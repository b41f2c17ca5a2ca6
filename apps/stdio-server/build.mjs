// Three steps: what the first answer needs as one CommonJS file, the rest as ES modules beside it, and the first one's machine code.
// CommonJS, because V8's compiled code can be handed in again for scripts only, on Node 20 at least.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { app } from '@tidegate/tooling/tsup-preset'
import { build } from 'tsup'

const { banner: _, ...preset } = app()

/** The SDK never asks for another language than English, and 50 of them are a quarter of the code. */
const englishOnly = {
  name: 'english-only',
  setup(esbuild) {
    esbuild.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

const gatewayApart = {
  name: 'gateway-apart',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^\.\/gateway\.js$/ }, ({ path }) => ({ path, external: true }))
  },
}

await build({
  ...preset,
  config: false,
  silent: true,
  entry: { serve: 'src/serve.ts' },
  format: ['cjs'],
  splitting: false,
  // A hash of the content in the name: compiled code of another build can never be found for it.
  outExtension: () => ({ js: '.cjs' }),
  esbuildPlugins: [englishOnly],
  esbuildOptions(options) {
    preset.esbuildOptions(options)
    options.entryNames = '[name]-[hash]'
  },
})
const serveFile = readdirSync('dist').find((name) => /^serve-\w+\.cjs$/.test(name))
if (!serveFile) throw new Error('there is no serve-*.cjs in dist')

// What the gateway loads only when it needs it stays in files of its own.
await build({ ...app({ gateway: 'src/gateway.ts' }), config: false, silent: true, clean: false })

await build({
  ...preset,
  config: false,
  silent: true,
  clean: false,
  entry: { main: 'src/main.ts', 'load-compiled': 'src/load-compiled.ts' },
  // One file: each further one that is imported takes its time before the first answer.
  splitting: false,
  esbuildPlugins: [gatewayApart],
  define: { SERVE_FILE: JSON.stringify(serveFile) },
})

const compiler = spawn(process.execPath, ['make-code-cache.mjs', serveFile], { stdio: ['pipe', 'ignore', 'inherit'] })
for (const [index, method] of ['initialize', 'notifications/initialized', 'tools/list'].entries()) {
  const params = method === 'initialize' && {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'build', version: '1' },
  }
  const message = { jsonrpc: '2.0', method, ...(index === 1 ? {} : { id: index }), ...(params ? { params } : {}) }
  compiler.stdin.write(`${JSON.stringify(message)}\n`)
}
const code = await new Promise((resolve) => compiler.once('exit', resolve))
if (code !== 0) throw new Error(`make-code-cache.mjs ended with ${code}`)
