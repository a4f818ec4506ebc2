/** All tools, in the order in which clients list them. */
import type { Tool } from '#mcp/tool.ts';
import { compareTool } from '#mcp/tools/compare.ts';
import { diagnoseTraceTool } from '#mcp/tools/diagnose-trace.ts';
import { findSimilarTool } from '#mcp/tools/find-similar.ts';
import { investigateTool } from '#mcp/tools/investigate.ts';
import { listIncidentsTool } from '#mcp/tools/list-incidents.ts';
import { listServicesTool } from '#mcp/tools/list-services.ts';
import { readCaseTool } from '#mcp/tools/read-case.ts';
import { readTimelineTool } from '#mcp/tools/read-timeline.ts';

export const tools: readonly Tool[] = [
  diagnoseTraceTool,
  investigateTool,
  compareTool,
  findSimilarTool,
  readCaseTool,
  readTimelineTool,
  listIncidentsTool,
  listServicesTool,
];
