// The complete public surface of @tidegate/mcp-adapter: named exports only.
export type {
  CallControl,
  CallProgress,
  Json,
  JsonObject,
  PromptOutcome,
  ResourceOutcome,
  SurfaceBackend,
  ToolOutcome,
} from './backend.js'
export {
  createMcpHttpHandler,
  type McpHttpHandler,
  type McpHttpOptions,
  type McpStdioOptions,
  type McpStdioServer,
  type ServerInfo,
  serveMcpStdio,
} from './bind-sdk.js'
export { createSurface } from './create-surface.js'
export { surfaceInstructions } from './instructions.js'
export type { LimitStep, LimitsDoor, TightenResult, TightenWish } from './limits-door.js'
export type { LoggedEvent, LogLevel, LogReader } from './log-reader.js'
export { publicCode, type SpecificationCode, specificationCode } from './public-code.js'
export type { ExtensionCall, McpExtension } from './serve/extension.js'
export { createOpenQuestions, type OpenQuestions } from './serve/open-questions.js'
export type { SurfaceDeps } from './surface-deps.js'
export { describeError, type ErrorBody, toToolResult } from './to-tool-result.js'
export { offeredTools, TOOLSET_NAMES, TOOLSETS, type Toolset } from './tools/toolsets.js'
