import { analyzePositionPrompt } from './analyze-position.js'
import { dailyReviewPrompt } from './daily-review.js'
import { marketSummaryPrompt } from './market-summary.js'
import type { PromptDefinition } from './prompt.js'
import { riskCheckPrompt } from './risk-check.js'

export const prompts: readonly PromptDefinition[] = [
  analyzePositionPrompt,
  riskCheckPrompt,
  marketSummaryPrompt,
  dailyReviewPrompt,
]
