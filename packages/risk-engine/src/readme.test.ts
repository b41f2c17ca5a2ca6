import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import * as model from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import * as engine from './index.js'

const modules: Readonly<Record<string, unknown>> = {
  '@tidegate/risk-engine': engine,
  '@tidegate/trading-model': model,
}

describe('README', () => {
  it('has an example of at most ten lines that runs with this package and the model alone, and prints what it says', async () => {
    const text = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
    const printed = /```text\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
    expect(code.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(10)
    const body = code.replaceAll(/^import (\{.*\}) from '(.*)'$/gm, (_, names: string, from: string) => {
      expect(Object.keys(modules)).toContain(from)
      return `const ${names} = modules['${from}']`
    })
    const lines: string[] = []
    runInNewContext(body, { modules, console: { log: (line: string) => lines.push(line) } })
    expect(lines.join('\n')).toBe(printed.trim())
  })
})
