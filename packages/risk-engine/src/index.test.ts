import { expect, it } from 'vitest'
import * as surface from './index.js'

it('exports these names and no others', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'ORDER_FIELDS',
    'acquiredAsset',
    'applyFills',
    'bookIdsOf',
    'comparePolicies',
    'dayResult',
    'definePolicy',
    'deserializePolicy',
    'deserializeSnapshot',
    'equityPeaks',
    'evaluateEdit',
    'evaluateOrder',
    'judgeOverlay',
    'mergeOverlays',
    'overlayPolicy',
    'parseAgentPolicy',
    'parseOrderRequest',
    'parsePolicy',
    'policyForAgent',
    'positionMetrics',
    'positionsFromLots',
    'productIdPattern',
    'replayPolicy',
    'reservationsFor',
    'serializePolicy',
    'serializeSnapshot',
    'snapshotFrom',
    'tightestPolicy',
    'verdictOf',
    'withoutIntent',
  ])
})
