// The complete public surface of @tidegate/mcp-adapter: named exports only.
export type { Json, JsonObject, PromptOutcome, ResourceOutcome, SurfaceBackend, ToolOutcome } from './backend.js'
