import { deny, pass, type Rule } from './rule.js'

const name = 'product-list'

/** The policy's allow and deny lists. Names of one book count as each other: denying BTC-USD denies BTC-USDC. */
export const productList: Rule = ({ policy, bookIds, terms }) => {
  const denied = policy.denyProducts.find((id) => bookIds.has(id))
  if (denied !== undefined) {
    return deny(name, {
      code: 'RISK_PRODUCT_BLOCKED',
      limit: `not ${denied}`,
      actual: terms.productId,
      unit: 'state',
      message:
        denied === terms.productId
          ? `The policy denies ${terms.productId}.`
          : `The policy denies ${denied}, and ${terms.productId} trades in the same book.`,
    })
  }
  const { allowProducts } = policy
  if (allowProducts.length > 0 && !allowProducts.some((id) => bookIds.has(id))) {
    return deny(name, {
      code: 'RISK_PRODUCT_BLOCKED',
      limit: allowProducts.join(' '),
      actual: terms.productId,
      unit: 'state',
      message: `The policy allows ${allowProducts.join(', ')} and not ${terms.productId}.`,
      cure: `trade one of ${allowProducts.join(', ')}`,
    })
  }
  return pass(name, { limit: 'allowed', actual: terms.productId, unit: 'state' })
}
