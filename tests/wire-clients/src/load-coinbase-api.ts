import { createRequire, Module } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

type CoinbaseApi = typeof import('coinbase-api')

/**
 * Loads `coinbase-api` as plain Node would. Under the test runner's resolve conditions its CommonJS socket library finds the ESM build of
 * `ws`, whose namespace is no constructor; it is given the constructor of that very build instead. The client itself is untouched.
 */
export async function loadCoinbaseApi(): Promise<CoinbaseApi> {
  const require = createRequire(import.meta.url)
  const socketLibrary = createRequire(require.resolve('coinbase-api')).resolve('isomorphic-ws')
  const ws = createRequire(socketLibrary).resolve('ws')
  const { default: WebSocket } = (await import(pathToFileURL(ws).href)) as { default: unknown }
  const loaded = new Module(socketLibrary)
  Object.assign(loaded, { filename: socketLibrary, path: dirname(socketLibrary), loaded: true, exports: WebSocket })
  require.cache[socketLibrary] = loaded
  return require('coinbase-api') as CoinbaseApi
}
