import { formatDecimal } from '@tidegate/trading-model'
import type { PaperExchange } from '../create-paper-exchange.js'
import { describeMarkets, measureSyntheticMarket } from '../prices/describe-market.js'

/** What a script needs to know; the one line of `--json`. */
export interface ReadyLine {
  readonly rest: string
  readonly ws: string
  /** A CDP key file; absolute. */
  readonly keyFile: string
  readonly control: { readonly url: string; readonly token: string } | null
  /** To be trusted by clients; with TLS only. Absolute. */
  readonly certificateFile?: string
}

/** What a person needs to know: addresses, key, what to tell each client, how to break it, what the market is like. */
export function startPage(options: {
  readonly ready: ReadyLine
  readonly exchange: PaperExchange
  /** Absolute; `undefined` when everything is in memory. */
  readonly folder: string | undefined
  readonly host: string
}): readonly string[] {
  const { ready, exchange, folder, host } = options
  const { rest, ws, control, certificateFile } = ready
  const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.')
  const balances = exchange.balances().map((wallet) => `${formatDecimal(wallet.available)} ${wallet.currency}`)
  return [
    'A paper exchange that speaks Coinbase Advanced Trade. Press Ctrl-C to stop.',
    '',
    `  REST         ${rest}`,
    `  WebSocket    ${ws}  (market and user channels)`,
    `  key file     ${ready.keyFile}`,
    ...(certificateFile ? [`  certificate  ${certificateFile}`] : []),
    ...(control ? [`  control      ${control.url}  token ${control.token}`] : []),
    `  balances     ${balances.join(' · ')}`,
    `  products     ${exchange.products.map(({ productId }) => productId).join(' · ')}`,
    `  prices       ${exchange.priceSource}${exchange.seed === undefined ? '' : ', invented'}`,
    `  state        ${folder ?? 'in memory, gone at the end; --state keeps it'}`,
    ...(isLocal
      ? []
      : ['', `  ${host} is not this machine alone: whoever reaches the port and has the key can trade here.`]),
    '',
    'Point a client here, with name and privateKey of the key file:',
    `  ccxt          new ccxt.pro.coinbase({ apiKey, secret, urls: { api: { rest: '${rest}', ws: '${ws}' } },`,
    "                  options: { fetchBalance: 'v3PrivateGetBrokerageAccounts' } })",
    ...(certificateFile ? [] : ['                await it.loadHttpProxyAgent() before it watches anything']),
    `  coinbase-api  new CBAdvancedTradeClient({ apiKey, apiSecret, baseUrl: '${rest}' })`,
    `                new WebsocketClient({ apiKey, apiSecret, wsUrl: '${ws}' })`,
    ...(certificateFile
      ? [
          `  Python SDK    RESTClient(key_file='${ready.keyFile}', base_url='${rest.replace('https://', '')}')`,
          `                WSClient(key_file='${ready.keyFile}', base_url='${ws}')`,
        ]
      : ['  Python SDK    speaks https only: start with --tls']),
    `  Tidegate      connectCoinbase({ key: { name, secret }, restUrl: '${rest}', socketUrl: '${ws}' })`,
    ...(certificateFile
      ? [
          '  They trust it with',
          `                NODE_EXTRA_CA_CERTS=${certificateFile}`,
          `                REQUESTS_CA_BUNDLE=${certificateFile} SSL_CERT_FILE=${certificateFile}`,
        ]
      : []),
    ...(control
      ? [
          '',
          'Lose the answer to the next order, on purpose:',
          `  curl -H 'Authorization: Bearer ${control.token}' ${control.url}/faults \\`,
          `    -d '{"kind":"accept-then-drop","verb":"create-order"}'`,
        ]
      : []),
    ...aboutMarket(exchange),
  ]
}

function aboutMarket(exchange: PaperExchange): readonly string[] {
  if (exchange.seed === undefined) return []
  const startMs = exchange.clock.nowMs()
  const statistics = measureSyntheticMarket({ seed: exchange.seed, products: exchange.products, startMs, seconds: 120 })
  return [
    '',
    'In two minutes its market is like this (sizes in base units, depth in quote):',
    ...describeMarkets(statistics).map((line) => `  ${line}`),
  ]
}
