import type { Axis } from '../axis.js'
import { auditVerify } from './audit-verify.js'
import { exchangePlace } from './exchange-place.js'
import { fanout } from './fanout.js'
import { matching } from './matching.js'
import { mcpCall } from './mcp-call.js'
import { mcpStart } from './mcp-start.js'

/** All axes, in the order in which they run; one file each. */
export const AXES: readonly Axis[] = [matching, exchangePlace, fanout, auditVerify, mcpStart, mcpCall]
