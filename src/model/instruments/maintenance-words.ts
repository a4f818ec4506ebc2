/** Words of a service that people put into maintenance: it refuses all requests until they end it. */

/** Laravel, Drupal, Nextcloud, Magento, GitLab, Rails’ turnout, and people. */
const IN_MAINTENANCE =
  /\b(?:in|into|under|enter(?:s|ed|ing)|enabl(?:e|es|ed|ing)) (?:scheduled |planned )?maintenance\b|\bmaintenance mode (?:is |was )?(?:on|enabled|active)\b/i;
/** GitHub, AWS and Google Cloud announce a window beforehand. What is only announced has not begun. */
const ANNOUNCED_WINDOW =
  /\bmaintenance window\b.{0,80}\b(?:announced|scheduled|planned|until|ends?)\b|\b(?:announced|scheduled|planned) maintenance\b(?!.{0,40}\b(?:will|starts?|begins?|tomorrow|next)\b)/i;
const IS_OVER =
  /\bmaintenance (?:mode )?(?:is |was |has )?(?:off|over|disabled|finished|ended|done)\b|\b(?:left|leaving|out of) maintenance\b|\bapplication is now live\b/i;

export function saysMaintenance(text: string): boolean {
  return IN_MAINTENANCE.test(text) || ANNOUNCED_WINDOW.test(text);
}

export function saysMaintenanceOver(text: string): boolean {
  return IS_OVER.test(text);
}
