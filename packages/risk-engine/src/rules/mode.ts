import type { RiskSnapshot } from '../snapshot.js'
import { deny, pass, type Rule } from './rule.js'

const name = 'mode'

/** HALTED stops every order, REDUCE_ONLY those that do not bring exposure down. Cancels never come here. */
export const mode: Rule = ({ snapshot, reducesExposure }) => {
  if (snapshot.mode === 'HALTED') {
    return deny(name, {
      code: 'RISK_HALTED',
      limit: 'ACTIVE',
      actual: 'HALTED',
      unit: 'state',
      message: `Trading is halted; only cancels pass until a person resumes it.${why(snapshot)}`,
    })
  }
  if (snapshot.mode === 'REDUCE_ONLY' && !reducesExposure) {
    return deny(name, {
      code: 'RISK_REDUCE_ONLY',
      limit: 'reduces exposure',
      actual: 'adds exposure',
      unit: 'state',
      message: `Only sells of what the account holds, and cancels, pass now; this order would add exposure.${why(snapshot)}`,
    })
  }
  return pass(name, { limit: snapshot.mode, actual: reducesExposure ? 'reduces' : 'adds', unit: 'state' })
}

function why({ modeReason }: RiskSnapshot): string {
  return modeReason === undefined ? '' : ` ${modeReason}.`
}
