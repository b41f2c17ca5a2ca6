import { describe, expect, it } from 'vitest'
import { isTest, sources } from './repository.js'

/** Exports of packages that lack a docblock directly above them. Constants and types named after what they are may be bare. */
function undocumented(): readonly string[] {
  const found: string[] = []
  for (const file of sources('packages')) {
    if (isTest(file) || file.path.endsWith('/index.ts') || file.path.startsWith('packages/testkit/')) continue
    const lines = file.text.split('\n')
    lines.forEach((line, index) => {
      const match = /^export (?:async )?(?:function|class) (\w+)/.exec(line)
      if (match && !/\*\/\s*$/.test(lines[index - 1] ?? '')) found.push(`${file.path}: ${match[1]}`)
    })
  }
  return found
}

describe('docblocks', () => {
  it('stand above every exported function and class', () => {
    expect(undocumented()).toEqual([])
  })
})
