import { describe, expect, it } from 'vitest'
import { isTest, sources } from './repository.js'

const lines = [...sources('packages'), ...sources('apps')]
  .filter((file) => !isTest(file))
  .map((file) => ({ path: file.path, count: file.text.split('\n').length }))
  .sort((a, b) => a.count - b.count)

describe('the size of source files', () => {
  it('stops at 500 lines', () => {
    expect(lines.filter((file) => file.count > 500).map((file) => `${file.path}: ${file.count}`)).toEqual([])
  })

  it('keeps the median at 120 lines and nine of ten below 300', () => {
    const at = (share: number): number => lines[Math.floor(lines.length * share)]?.count ?? 0
    expect(at(0.5)).toBeLessThanOrEqual(120)
    expect(at(0.9)).toBeLessThanOrEqual(300)
  })
})
