/** Words of frameworks for agents of language models whose agent found no end and was stopped at its limit. */
import { signList } from '#model/instruments/sign-list.ts';

/** Whoever waits for a result asks again on purpose; an agent that reached its limit went round in circles. */
export const STEP_LIMITS = signList(/recursion|turns?\b|iter|steps?\b|limit/i, [
  {
    by: 'LangGraph',
    says: /\brecursion[ _]?limit\b[^\n]{0,20}\breached\b|\b(?:hit|reached|exceeded) (?:the |its )?recursion[ _]?limit\b|\bGraphRecursionError\b/i,
    example: 'Recursion limit of 25 reached without hitting a stop condition.',
    source: 'https://docs.langchain.com/oss/python/langgraph/errors/GRAPH_RECURSION_LIMIT',
  },
  {
    by: 'OpenAI Agents SDK',
    says: /\bmax(?:imum)?[ _]turns\b[^\n]{0,20}\b(?:exceeded|reached)\b|\bMaxTurnsExceeded\b/i,
    example: 'agents.exceptions.MaxTurnsExceeded: Max turns (10) exceeded',
    source: 'https://openai.github.io/openai-agents-python/running_agents/#exceptions',
  },
  {
    by: 'LangChain, CrewAI',
    says: /\bstopped due to (?:max iterations|iteration limit)\b|\bmaximum iterations reached\b/i,
    example: 'Agent stopped due to iteration limit or time limit.',
    source: 'https://reference.langchain.com/python/langchain-classic/agents/agent/AgentExecutor',
  },
  {
    by: 'smolagents',
    says: /\breached max[ _]steps\b/i,
    example: 'AgentMaxStepsError: Reached max steps.',
    source: 'https://huggingface.co/docs/smolagents/reference/agents',
  },
  {
    by: 'LlamaIndex, Amazon Bedrock, Koog, services',
    says: /\b(?:hit|reached|exceeded|stopped (?:at|after|by)) (?:the |its )?(?:max(?:imum)?[ _]?iter(?:ations)?|iteration[ _]limit|(?:max(?:imum)? )?(?:step|turn|tool[ _-]call)[ _]limit|max[ _]turns)\b|\bmax(?:imum)?[ _]?(?:number of )?iterations\b[^\n]{0,20}\b(?:exceeded|reached)\b|\bMaxNumberOfIterationsReached\w{0,9}\b/i,
    example: 'Max iterations of 20 reached! Either something went wrong, or you can increase the max iterations.',
    source: 'https://developers.llamaindex.ai/python/framework-api-reference/agent/',
  },
  {
    by: 'Pydantic AI, Google ADK',
    says: /\bexceed(?:s|ed)? the (?:request|tool_calls)_limit of\b|\bmax(?:imum)? number of llm calls\b[^\n]{0,20}\bexceeded\b|\bLlmCallsLimitExceeded\w{0,9}\b/i,
    example: 'UsageLimitExceeded: The next request would exceed the request_limit of 50',
    source: 'https://ai.pydantic.dev/agents/#usage-limits',
  },
  {
    by: 'Haystack',
    says: /\breached maximum agent steps\b|\b(?:hit|reached|exceeded) (?:the |its )?max(?:imum)? (?:agent )?steps\b/i,
    example: 'Agent reached maximum agent steps of 100, stopping.',
    source: 'https://docs.haystack.deepset.ai/docs/agent',
  },
]);
