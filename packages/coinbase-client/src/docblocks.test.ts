import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ENDPOINTS, type EndpointName } from '@tidegate/coinbase-wire'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('.', import.meta.url))
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && !file.startsWith('socket'))
  .map((file) => readFileSync(`${root}${file}`, 'utf8'))

/** Requests that a verb makes instead of another one when there is no key; its docblock names that one. */
const publicTwins: Partial<Record<EndpointName, string>> = {
  listPublicProducts: 'listProducts',
  getPublicProduct: 'getProduct',
  getPublicProductBook: 'getProductBook',
  getPublicCandles: 'getCandles',
  getPublicMarketTrades: 'getMarketTrades',
}

describe('the docblock of a verb', () => {
  it.each((Object.keys(ENDPOINTS) as EndpointName[]).filter((name) => !publicTwins[name]))(
    '%s names the wire call, the permission, the weight and the errors',
    (name) => {
      const { method, path, permission, weight, bucket } = ENDPOINTS[name]
      const blocks = sources.flatMap((text) => [
        ...text.matchAll(new RegExp(`(/\\*\\*(?:(?!\\*/)[^])*\\*/)\\nexport (?:async )?function ${name}\\(`, 'g')),
      ])
      expect(blocks).toHaveLength(1)
      const block = blocks[0]?.[1] ?? ''
      expect(block).toContain(`- Wire: \`${method} ${path}\``)
      const key = permission === 'public' ? 'none' : permission
      expect(block).toContain(`- Key: \`${key}\`, weight ${weight} of the ${bucket} bucket`)
      expect(block).toContain('@throws')
    },
  )
})
