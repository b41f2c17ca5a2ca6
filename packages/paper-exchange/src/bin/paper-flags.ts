/** One flag of the commands that serve a paper exchange. */
export interface PaperFlag {
  /** Without the dashes. */
  readonly name: string
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string
  readonly about: string
}

/** What `paper-exchange` and `tidegate paper` can be told, in the order of the help. Both read it with `openServedPaper`. */
export const PAPER_FLAGS = [
  { name: 'port', value: 'port', about: 'one port for REST and WebSocket; 0 (default) picks a free one' },
  { name: 'host', value: 'address', about: 'default 127.0.0.1; anything else opens the exchange to the network' },
  { name: 'control-port', value: 'port', about: 'port of the control endpoint; 0 (default) picks a free one' },
  { name: 'products', value: 'ids', about: 'what is listed, e.g. BTC-USD,ETH-USD' },
  { name: 'balances', value: 'amounts', about: 'paid in at the first start, e.g. USD=1000,BTC=0.5' },
  { name: 'prices', value: 'source', about: 'synthetic (default), tape:FILE, or live (tidegate paper only)' },
  { name: 'seed', value: 'number', about: 'of the synthetic market' },
  { name: 'speed', value: 'factor', about: 'how fast time passes, e.g. 60; stepped: only when control says so' },
  { name: 'state', value: 'folder', about: 'keep orders, balances and key there' },
  { name: 'tls', about: 'serve https and wss with a self-signed certificate' },
  {
    name: 'strict',
    about: 'take only tokens that production would take, host and all; most clients need --tls with it',
  },
  { name: 'lenient', about: 'take every dialect that clients are known to speak (default)' },
  { name: 'faults', value: 'file', about: 'what is to go wrong, and when' },
] as const satisfies readonly PaperFlag[]

type Names<F> = F extends { readonly name: infer N extends string } ? N : never
type Switch = 'tls' | 'strict' | 'lenient'

/** The flags as they were written; absent where none was. */
export type PaperFlags = {
  readonly [N in Exclude<Names<(typeof PAPER_FLAGS)[number]>, Switch>]?: string | undefined
} & { readonly [N in Switch]?: boolean | undefined }
