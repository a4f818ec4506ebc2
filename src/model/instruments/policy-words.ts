/**
 * The provider of a language model judged what was asked or answered: the content filter of Azure OpenAI, OpenAI's and
 * Anthropic's policies, guardrails of Bedrock, the safety settings of Gemini. `content_filter_error` is a filter that
 * does not work.
 */
export const CONTENT_REFUSED =
  /\bcontent_filter\b|\bResponsibleAIPolicyViolation\b|\bcontent management policy\b|\bcontent_policy_violation\b|\brejected as a result of our safety system\b|\bblocked by (?:our |the )?content filter(?:ing)?(?: policy)?\b|\bguardrail[ _]?intervened\b|\bBlockedPrompt(?:Exception|Error)?\b|\b(?:finish|block)_?reason["']?\s{0,2}[:=]\s{0,2}["']?(?:SAFETY|PROHIBITED_CONTENT|BLOCKLIST)\b/i;
