import { NOT_KNOWN, plainText } from '../shared/plain-text.js'
import { asList, asRecord } from '../shared/read-fields.js'

/** One limit: what was asked, what is allowed, and whether it let the order through. */
export interface LimitRow {
  readonly name: string
  readonly asked: string
  readonly allowed: string
  readonly unit: string
  readonly passed: boolean
}

/** Names of rules as people say them; another rule is shown by its own name. */
const names: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'account-data': 'Account data at hand',
    'daily-loss': 'Loss per day',
    'daily-value': 'Value per day',
    'duplicate-order': 'Same order again',
    funds: 'Funds',
    liquidity: 'Depth of the book',
    'market-data': 'Market data fresh',
    'max-drawdown': 'Drawdown',
    'max-order-size': 'Size of one order',
    'max-order-value': 'Value of one order',
    mode: 'Trading switched on',
    'open-orders': 'Open orders',
    'open-value': 'Value of open orders',
    'order-price': 'Price fits the product',
    'order-rate': 'Orders per minute',
    'order-size': 'Size fits the product',
    'position-share': 'Share of one position',
    'price-collar': 'Distance from the market',
    'price-jump': 'Jump of the price',
    'product-list': 'Product allowed',
    'product-status': 'Product tradable',
    'repeated-entry': 'Entries one after another',
    'self-match': 'No trade with oneself',
  }),
)

/**
 * Every limit there is word of, those that said no first. Findings tell all; denials alone tell only the refusals.
 *
 * @param findings - `{rule, passed, limit, actual, unit}[]`.
 * @param denials - `{code, limit, actual, unit}[]`; used where there are no findings.
 */
export function limitRows(findings: unknown, denials: unknown): readonly LimitRow[] {
  const found = asList(findings, 100).map((item) => {
    const finding = asRecord(item)
    const rule = plainText(finding['rule'], 60)
    return { ...numbersOf(finding), name: names.get(rule) ?? (rule || NOT_KNOWN), passed: finding['passed'] === true }
  })
  if (found.length > 0) return [...found.filter((row) => !row.passed), ...found.filter((row) => row.passed)]
  return asList(denials, 50).map((item) => {
    const denial = asRecord(item)
    return { ...numbersOf(denial), name: plainText(denial['code'], 60) || NOT_KNOWN, passed: false }
  })
}

/** Limits are not always numbers (`ACTIVE`, `online`), so they are shown as the texts they are. */
function numbersOf(fields: Readonly<Record<string, unknown>>): Pick<LimitRow, 'asked' | 'allowed' | 'unit'> {
  const unit = plainText(fields['unit'], 20)
  return {
    asked: plainText(fields['actual'], 80) || NOT_KNOWN,
    allowed: plainText(fields['limit'], 80) || NOT_KNOWN,
    unit: unit === 'state' ? '' : unit,
  }
}
