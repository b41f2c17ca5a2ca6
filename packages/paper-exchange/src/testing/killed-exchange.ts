/* oxlint-disable no-restricted-globals -- a process of its own, bundled by the test that kills it */
import { createPaperExchange } from '../create-paper-exchange.js'
import { DEFAULT_PRODUCTS } from '../products.js'

// argv: folder. Says where it listens and whether its books agree, then lives until it is killed.
const exchange = await createPaperExchange({
  folder: process.argv[2] ?? '',
  seed: 17,
  // One market is what it takes; the others would only make each of many starts dear.
  products: DEFAULT_PRODUCTS.filter(({ productId }) => productId === 'BTC-USD'),
  pace: { kind: 'accelerated', speed: 20 },
  rateLimits: 'off',
  initialBalances: { USD: '10000000', BTC: '100' },
})
const { rest, keyName, privateKeyPem } = exchange
process.stdout.write(`${JSON.stringify({ rest, keyName, privateKeyPem, discrepancies: exchange.reconcile() })}\n`)
