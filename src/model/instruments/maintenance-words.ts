/** Words of a service that people put into maintenance: it refuses all requests until they end it. */

/** Laravel, Drupal, Nextcloud, Magento, GitLab, Rails’ turnout, and people. */
const IN_MAINTENANCE =
  /\b(?:in|into|under|enter(?:s|ed|ing)|enabl(?:e|es|ed|ing)|(?:down|closed|offline|unavailable) (?:for|due to|because of)) (?:the |our )?(?:scheduled |planned )?maintenance\b|\bmaintenance mode (?:is |was )?(?:on|enabled|active)\b/i;
/** `maintenance mode: 503 with Retry-After 60 until the release is done` */
const ANSWERS_SO = /\bmaintenance(?: mode| page|[:,;])[^.\n]{0,40}\b(?:503|retry-after)\b/i;
/** GitHub, AWS and Google Cloud announce a window beforehand. What is only announced has not begun. */
const ANNOUNCED_WINDOW =
  /\bmaintenance window\b.{0,80}\b(?:announced|scheduled|planned|until|ends?)\b|\b(?:announced|scheduled|planned) maintenance\b(?!.{0,40}\b(?:will|starts?|begins?|tomorrow|next)\b)/i;
const IS_OVER =
  /\bmaintenance (?:mode )?(?:is |was |has )?(?:off|over|disabled|finished|ended|done)\b|\b(?:left|leaving|out of) maintenance\b|\bapplication is now live\b/i;

export function saysMaintenance(text: string): boolean {
  return IN_MAINTENANCE.test(text) || ANSWERS_SO.test(text) || ANNOUNCED_WINDOW.test(text);
}

export function saysMaintenanceOver(text: string): boolean {
  return IS_OVER.test(text);
}
