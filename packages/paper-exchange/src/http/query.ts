import { parseTimestamp } from '@tidegate/coinbase-wire'
import { protoName } from './proto-names.js'
import { badRequest } from './wire-fault.js'

/** Reads query parameters in every dialect that clients send: repeated keys, `k[]=`, the old singular, booleans in any case. */
export class Query {
  private readonly parameters: URLSearchParams

  constructor(parameters: URLSearchParams) {
    this.parameters = new URLSearchParams()
    for (const [name, value] of parameters) this.parameters.append(protoName(name), value)
  }

  text(name: string): string | undefined {
    return this.parameters.get(name) || undefined
  }

  /** `product_ids`, `product_ids[]` and `product_id` together. */
  list(plural: string): readonly string[] {
    const singular = plural.replace(/s$/, '')
    return [plural, `${plural}[]`, singular]
      .flatMap((name) => this.parameters.getAll(name))
      .filter((item) => item !== '')
  }

  flag(name: string): boolean {
    return this.parameters.get(name)?.toLowerCase() === 'true'
  }

  /** @throws a 400 for anything but a whole number from 0. */
  count(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^\d{1,9}$/.test(text)) throw badRequest(`${name} is not a whole number`)
    return Number(text)
  }

  /** UNIX seconds, in ms. */
  seconds(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^\d{1,12}$/.test(text)) throw badRequest(`${name} is not a UNIX time in seconds`)
    return Number(text) * 1_000
  }

  /** RFC 3339, in ms. */
  moment(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const ms = parseTimestamp(text) ?? parseTimestamp(`${text}T00:00:00Z`)
    if (ms === undefined) throw badRequest(`${name} is not an RFC 3339 time`)
    return ms
  }
}
