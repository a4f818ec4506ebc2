/** Which lines of a log report a failure. */
import { ERROR, logLevel, severityOf } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';

/** Words that never occur in a line about a success; only the start of a line is examined. */
const FAILURE_WORDS =
  /\b(?:fail(?:ed|ure|ures|s)?|error|exception|fatal|panic(?:ked|s)?|crash(?:ed|ing)?|abort(?:ed|ing)|refused|unreachable|unavailable|denied|rejected|time[d]?[ -]?out|out of memory|no space left|down|lost|corrupt(?:ed|ion)?|cannot|could not|unable to|giv(?:ing|en) up)\b|\b\w{2,}(?:Error|Exception)\b|\bE(?:CONN|TIMED|PIPE|HOST|NET)[A-Z]+\b/i;
/** `0 errors`, `no failures`, `error=null`, `failed: 0`: the word occurs, but nothing failed. */
const NOTHING_FAILED =
  /\b(?:0|no|without|zero) (?:[a-z]+ )?(?:errors?|fail(?:ed|ures?)|exceptions?|timeouts?)\b|\b(?:errors?|fail(?:ed|ures?)|exceptions?|timeouts?)["']?\s*[:=]\s*["']?(?:0\b|null|nil|none|false|<nil>|""|''|$)|\b(?:shut(?:ting)?|scal(?:e|ing)|cool|count|slow|break|drill|mark|write|log|spin|wind|sit|tear)(?:ing)?[- ]?down\b|\bdrop[- ]?down\b|\b(?:error|failure)[- ](?:handler|handling|page|rate|log|budget|reporting)\b/i;
/** Later in a line the word is more often part of a quotation. */
const START = 240;

/** By its level; a line without a level by its words. */
export function tellsOfFailure({ level, line }: LogLine): boolean {
  const isFailure = logLevel(level) === '' ? wordedAsFailure(line) || saysBlocked(line) : isErrorLevel(level);
  return isFailure && !isOfScanner(line);
}

/**
 * A browser's console: it did not send the request, or gave the page no answer. Chrome, Edge, Firefox, Safari.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors
 * https://developer.mozilla.org/en-US/docs/Web/Security/Mixed_content
 */
const BLOCKED_BY_BROWSER =
  /\bblocked by CORS policy\b|\bcross-origin request blocked\b|\bnot allowed by access-control-allow-\w{4,8}|\bdue to access control checks\b|\bmixed content: .{1,400}\bblocked\b|\bblocked loading mixed\b|\bviolates the (?:document's|following) content security policy\b/i;

function saysBlocked(line: string): boolean {
  return BLOCKED_BY_BROWSER.test(line.slice(0, LONGEST_READ));
}

/**
 * Files and pages of other products, which scanners of the internet ask every host for.
 * https://github.com/coreruleset/coreruleset/blob/main/rules/restricted-files.data
 * https://github.com/danielmiessler/SecLists/tree/master/Discovery/Web-Content
 */
const SCANNED =
  /\/(?:wp-(?:login|admin|content|includes|config|cron)\b|xmlrpc\.php|vendor\/phpunit\b|phpmyadmin\b|pma\/|\.env\b|\.git\/|\.aws\/|\.ssh\/|\.svn\/|\.DS_Store\b|cgi-bin\/|boaform\/|HNAP1\b|owa\/auth|server-status\b|solr\/admin|_ignition\/|etc\/passwd\b)|\/(?:eval-stdin|shell|config\.inc|adminer|phpinfo)\.php\b/i;
/** Rails, Symfony and Laravel, Django, Express, Spring, Go, ASP.NET Core, nginx. */
const NO_SUCH_PAGE =
  /\bno route\b|\brouting ?error\b|\bnot ?found\b|\b404\b|\bcannot (?:get|post|head)\b|\bno (?:handler|mapping|endpoint|static resource)\b|\bno such file or directory\b|\bdoes not exist\b|\bunknown (?:path|url|route)\b/i;
const LONGEST_READ = 1_000;

/** A scanner requested a page that does not exist and got an answer such as 404. Nothing failed. */
function isOfScanner(line: string): boolean {
  const start = line.slice(0, LONGEST_READ);
  return NO_SUCH_PAGE.test(start) && SCANNED.test(start);
}

export function isErrorLevel(level: string): boolean {
  return severityOf(logLevel(level)) >= ERROR;
}

export function wordedAsFailure(line: string): boolean {
  const start = line.slice(0, START);
  return FAILURE_WORDS.test(start) && !NOTHING_FAILED.test(start);
}
