import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeCacheOf, loadAndRecord, loadCompiled } from './load-compiled.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-compiled-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function program(text: string): string {
  const file = join(folder, 'program-ABC.cjs')
  writeFileSync(file, text)
  return file
}

const adder = "const { sep } = require('node:path'); exports.add = (a, b) => a + b; exports.sep = sep"

describe('a file with compiled code', () => {
  it('runs without any, as require would', () => {
    const { add, sep } = loadCompiled<{ readonly add: (a: number, b: number) => number; sep: string }>(program(adder))
    expect([add(1, 2), sep]).toEqual([3, '/'])
  })

  it('runs with the code that was recorded of it', () => {
    const file = program(adder)
    const { exports, code } = loadAndRecord<{ readonly add: (a: number, b: number) => number }>(file)
    expect(exports.add(2, 3)).toBe(5)
    writeFileSync(codeCacheOf(file), code())
    expect(loadCompiled<{ readonly add: (a: number, b: number) => number }>(file).add(3, 4)).toBe(7)
  })

  it('runs from its text when the code is damaged, cut short or empty', () => {
    const file = program(adder)
    const code = loadAndRecord(file).code()
    const damaged = Buffer.from(code)
    damaged.fill(0xa5, 0, 64)
    for (const bytes of [damaged, code.subarray(0, code.length >> 1), Buffer.alloc(0)]) {
      writeFileSync(codeCacheOf(file), bytes)
      expect(loadCompiled<{ readonly add: (a: number, b: number) => number }>(file).add(3, 4)).toBe(7)
    }
  })

  it('is looked for under a name that only this engine, system and processor have', () => {
    const { platform, arch, versions } = process
    expect(codeCacheOf('/x/serve-1.cjs')).toBe(`/x/serve-1.cjs.${versions.v8}-${platform}-${arch}.cache`)
  })

  it('names the file in what it throws', () => {
    const file = program('exports.fail = () => {\n  throw new Error("no")\n}')
    const { exports, code } = loadAndRecord<{ readonly fail: () => void }>(file)
    expect(exports.fail).toThrow('no')
    writeFileSync(codeCacheOf(file), code())
    const { fail } = loadCompiled<{ readonly fail: () => void }>(file)
    try {
      fail()
    } catch (error) {
      expect((error as Error).stack).toContain(`${file}:2:`)
    }
    expect(readFileSync(file, 'utf8')).toContain('fail')
  })
})
