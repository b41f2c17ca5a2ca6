// Serves the first questions of a host, so that V8 has compiled what they need, and keeps what it compiled.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codeCacheOf, loadAndRecord } from './dist/load-compiled.js'

const file = join(import.meta.dirname, 'dist', process.argv[2] ?? '')
const { exports, code } = loadAndRecord(file)
// No gateway: nothing of this may open a home.
exports.serve([], () => new Promise(() => {})).catch(() => process.exit(1))

let answers = 0
const write = process.stdout.write.bind(process.stdout)
process.stdout.write = (...args) => {
  if (String(args[0]).includes('"result"')) answers++
  if (answers === 2) {
    // After the answer, when everything on its way has run.
    setImmediate(() => {
      writeFileSync(codeCacheOf(file), code())
      process.exit(0)
    })
  }
  return write(...args)
}
