import { BaseError } from '@tidegate/trading-model'
import { type StepFinding, TOUR, type TourContext } from './steps.js'

export interface StepReport extends StepFinding {
  readonly step: string
  readonly ms: number
}

/** Plays every step, also after one failed: a broken tour should say everything that is wrong at once. */
export async function runTour(
  context: TourContext,
  nowMs: () => number,
  began: (title: string, index: number, total: number) => void,
  ended: (report: StepReport) => void,
): Promise<{ readonly ok: boolean; readonly passed: number; readonly total: number }> {
  let passed = 0
  for (const [index, step] of TOUR.entries()) {
    began(step.title, index + 1, TOUR.length)
    const started = nowMs()
    const finding = await step.run(context).catch(failure)
    if (finding.ok) passed++
    ended({ step: step.name, ms: Math.round(nowMs() - started), ...finding })
  }
  return { ok: passed === TOUR.length, passed, total: TOUR.length }
}

function failure(error: unknown): StepFinding {
  const message = BaseError.isInstance(error) ? error.message : error instanceof Error ? error.message : String(error)
  return { ok: false, expected: 'no error', observed: { error: message }, asked: '–', happened: message, why: '–' }
}
