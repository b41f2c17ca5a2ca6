// Shared by start, test and tidegate: runs pnpm at the pinned version without asking the user to install it.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager.split('+')[0]

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(
    `Tidegate needs Node 20.19 or newer; this is ${process.versions.node}. Install a current Node and run again.`,
  )
  process.exit(2)
}

/** Runs a command, resolves with its exit code and what it printed; prints live only when asked. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
    })
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output += chunk
    })
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** `npm -s` must not silence what failed. */
const unattended = { npm_config_loglevel: 'warn' }

export const pnpm = (args, { env = {}, ...options } = {}) =>
  run('npx', ['-y', pinned, ...args], { ...options, env: { ...unattended, ...env } })

/** One step of the set-up: says what it does while it does it, and shows the whole output when it fails. */
export async function step(label, action) {
  const started = performance.now()
  process.stderr.write(`  ${label} …`)
  const { code, output } = await action()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stderr.write(code === 0 ? ` ${seconds} s\n` : ' failed\n')
  if (code === 0) return
  process.stderr.write(`${output}\n`)
  process.stderr.write(`\nTidegate could not finish "${label}". The output above is from the tool that failed.\n`)
  process.exit(1)
}

/** Installs what the apps need (not the laboratory in tests/) and builds them. */
export async function buildApps() {
  const firstTime = !existsSync(join(root, 'node_modules'))
  await step(firstTime ? 'installing packages (the first time takes half a minute)' : 'checking packages', () =>
    pnpm(['install', '--frozen-lockfile', '--filter', 'tidegate-monorepo', '--filter', '{apps/*}...'], { quiet: true }),
  )
  await step('building', () =>
    pnpm(['exec', 'turbo', 'run', 'build', '--filter', './apps/*', '--output-logs', 'errors-only'], {
      quiet: true,
      env: { TURBO_TELEMETRY_DISABLED: '1' },
    }),
  )
}

/** Hands this process over to a Node script: same input and output, same exit code, signals passed on. */
export function become(script, args) {
  const child = spawn(process.execPath, [join(root, script), ...args], { stdio: 'inherit', env: process.env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('close', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
