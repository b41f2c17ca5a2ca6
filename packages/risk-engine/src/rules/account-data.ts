import { deny, pass, type Rule } from './rule.js'

const name = 'account-data'

/** Balances are fresh. Without them nobody knows what is held, so not even a sell passes: cancels only. */
export const accountData: Rule = ({ policy, snapshot, isAccountUsable }) => {
  const { ageMs, usable } = snapshot.balances
  const numbers = { limit: String(policy.maxAccountAgeMs), actual: String(ageMs), unit: 'ms' }
  if (isAccountUsable) return pass(name, numbers)
  return deny(name, {
    code: 'RISK_STALE_DATA',
    ...numbers,
    message: usable
      ? `Balances are ${ageMs} ms old; at most ${policy.maxAccountAgeMs} ms are allowed.`
      : 'Balances could not be read from the venue.',
    cure: 'wait until balances are read again',
  })
}
