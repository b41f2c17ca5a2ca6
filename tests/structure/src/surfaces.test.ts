import { describe, expect, it } from 'vitest'
import { root } from './repository.js'

/** Packages whose exported names are pinned: a change of the snapshot needs a changeset. */
const pinned = [
  'trading-model',
  'coinbase-wire',
  'coinbase-client',
  'risk-engine',
  'market-cache',
  'mcp-adapter',
  'paper-exchange',
]

describe('public surfaces', () => {
  it.each(pinned)('%s exports exactly the pinned values', async (name) => {
    const module = (await import(/* @vite-ignore */ `${root}packages/${name}/src/index.ts`)) as Record<string, unknown>
    await expect(`${Object.keys(module).sort().join('\n')}\n`).toMatchFileSnapshot(`./__surfaces__/${name}.txt`)
  })
})
