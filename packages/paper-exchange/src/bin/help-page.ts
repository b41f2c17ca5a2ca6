import { PAPER_FLAGS, type PaperFlag } from './paper-flags.js'
import { OWN_FLAGS } from './read-arguments.js'

/** The page of `paper-exchange --help`. */
export function helpPage(): string {
  const flags: readonly PaperFlag[] = [...PAPER_FLAGS, ...OWN_FLAGS]
  const heads = flags.map(({ name, value }) => `--${name}${value === undefined ? '' : ` <${value}>`}`)
  const width = Math.max(...heads.map((head) => head.length))
  return [
    'npx @tidegate/paper-exchange [flags]',
    '',
    'A Coinbase you can break: Advanced Trade’s REST and WebSocket protocol on this machine. No key, no network, no money.',
    '',
    ...flags.map(({ about }, at) => `  ${(heads[at] ?? '').padEnd(width)}  ${about}`),
    '',
    'Faults are a JSON file: {"faults": [{"at": 5000, "kind": "duplicate-event", "channel": "user"}]}.',
    'Ends with 0 when it is told to stop, 1 when it cannot go on, 2 when it does not understand the flags.',
  ].join('\n')
}
