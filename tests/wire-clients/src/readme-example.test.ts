import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const readme = readFileSync(resolve(import.meta.dirname, '../../../packages/paper-exchange/README.md'), 'utf8')
// Beside us, so that it finds the clients; its name keeps it out of our own run.
const folder = mkdtempSync(join(import.meta.dirname, 'readme-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The block of TypeScript below a heading. */
function example(heading: string): string {
  const section = readme.split(`## ${heading}\n`)[1] ?? ''
  return /```ts\n(.*?)```/s.exec(section)?.[1] ?? ''
}

describe('the README’s example for vitest', () => {
  it('is twenty lines or so, and passes as it stands', async () => {
    const code = example('In a test')
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(22)
    writeFileSync(join(folder, 'example.test.mjs'), code)
    writeFileSync(join(folder, 'vitest.config.mjs'), "export default { test: { include: ['example.test.mjs'] } }\n")
    const runner = join(dirname(fileURLToPath(import.meta.resolve('vitest/package.json'))), 'vitest.mjs')
    const child = spawn(process.execPath, [runner, 'run', '--root', folder, '--testTimeout', '50000'], {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    const exitCode = await new Promise((done) => child.once('close', done))
    expect(output).toMatch(/Tests {2}1 passed \(1\)/)
    expect(exitCode).toBe(0)
  })
})
