/** Words of frameworks for agents of language models whose agent found no end and was stopped at its limit. */
import { signList } from '#model/instruments/sign-list.ts';

/** Whoever waits for a result asks again on purpose; an agent that reached its limit went round in circles. */
export const STEP_LIMITS = signList(/recursion|turns|iteration|max[ _]steps/i, [
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
]);
