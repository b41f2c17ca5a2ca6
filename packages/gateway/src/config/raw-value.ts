import { ConfigError } from '@tidegate/trading-model'

/** A value as written: YAML scalars stay text, so that `1000.10` never becomes a float. */
export type RawValue = string | readonly RawValue[] | { readonly [key: string]: RawValue }

/** Where a value came from, for messages and for the question whether somebody decided it. */
export interface Origin {
  readonly kind: 'flag' | 'variable' | 'file' | 'default'
  /** `--port`, `TIDEGATE_SERVER_PORT`, or `server.port in config.yaml`. */
  readonly label: string
}

/** Makes the refusal of one value: names where it stands, what is wrong, and what would do. Never shows the value of a secret. */
export function refuseValue(origin: Origin, problem: string, fix: string): ConfigError {
  return new ConfigError('ERR_CONFIG_INVALID', `${origin.label} ${problem}`, { hint: fix })
}

/** The value as one text; lists and maps are refused. */
export function asText(raw: RawValue, origin: Origin): string {
  if (typeof raw === 'string') return raw
  throw refuseValue(origin, `is ${Array.isArray(raw) ? 'a list' : 'a map'}, not one value`, 'write a single value')
}

/** Quotes a value for a message, shortened. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
