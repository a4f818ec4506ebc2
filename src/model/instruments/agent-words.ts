/** Words of frameworks for agents of language models whose agent found no end and was stopped at its limit. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';

/** Whoever waits for a result asks again on purpose; an agent that reached its limit went round in circles. */
export const STEP_LIMITS = signList(/recursion|turns?\b|iter|steps?|limit|max|loop|circles|stuck|same|cap\b|budget/i, [
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
  {
    by: 'Mastra, Vercel AI SDK, AutoGen, Semantic Kernel, Dify, services',
    says: /\b(?:stopp(?:ed|ing)|ended|end(?:ing|s)|halted|aborted|cut off|gave up|terminated|hit|reached|exceeded)\b[^\n]{0,40}\b(?:max_?(?:imum)?[ _-]?(?:steps?|rounds?|loops?|hand-?offs?|delegations?|tool[ _-]?(?:calls|rounds|invocations)|function[ _-]?calls|consecutive_?auto_?repl(?:y|ies)|auto_?invoke_?attempts)|step_?count_?is|(?:step|tool[ _-]?call|loop|round)s? (?:cap|budget))\b/i,
    example: 'agent triage stopped at maxSteps=24',
    source: 'https://ai-sdk.dev/docs/agents/loop-control',
  },
  {
    by: 'services',
    says: /\b(?:agent|assistant|planner|tool loop)\b[^\n]{0,60}\b(?:loop(?:s|ed|ing)?|in circles|stuck)\b|\b(?:step|turn|iteration|round|tool[ _-]?call)s? (?:limit|cap|budget)(?: of)?(?: \d{1,5})? (?:was |is )?(?:reached|hit|exceeded|used up|exhausted)\b|\bsame (?:tool|call|arguments|step)\b[^\n]{0,60}\b\d{1,4} times\b|\b\d{1,4} times (?:in a row )?with the same arguments\b|\b\d{1,4}(?:st|nd|rd|th) time\b[^\n]{0,40}\bsame (?:message|question|arguments?|input|call|prompt|answer|query)\b|\bsame (?:message|question|input|prompt|query)\b[^\n]{0,60}\b(?:\d{1,4} times|over and over)\b|\bloop (?:was )?(?:ended|broken|stopped|cut|detected)\b/i,
    example: 'agent loop detected: find_station called 24 times with the same arguments',
    source: CUSTOMARY,
  },
]);
