/**
 * Techniques whose change and whose refusal share no word: what a change touches, and how a system refuses what comes of it.
 *
 *   prompts/system.txt                           Error code: 400 … 'code': 'content_filter'
 *   +  Describe every injury in detail.          ◄── the model's provider refuses the new words
 */
import type { Technique } from '#model/changes/techniques/platform-techniques.ts';
import { CONTENT_REFUSED } from '#model/instruments/policy-words.ts';

export const REFUSED_TECHNIQUES: readonly Technique[] = [
  {
    // getrlimit(2) and its kin: systemd, Docker, ulimit(1), nginx, sysctl, Elasticsearch, the kubelet, inotify(7).
    // https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#Process%20Properties
    kind: 'lower-limit',
    said: 'it changes how many files, threads or watches a process may have',
    changes:
      /\bLimit(?:NOFILE|NPROC|MEMLOCK)\b|\bTasksMax\b|\b(?:nofile|nproc|memlock|ulimits?)\b|\bworker_rlimit_nofile\b|\bfs\.(?:file-max|nr_open)\b|\bfs\.inotify\.\w{5,30}|\b(?:pod_?)?pids_?-?(?:max|limit)\b|\bthreads-max\b|\bmax_?-?open_?-?files\b|\brlimits?\b|\bvm\.max_map_count\b/i,
    shows:
      /\btoo many open files\b|\b(?:emfile|enfile)\b|\bunable to create (?:new )?native thread\b|\bcan(?:no|')t start new thread\b|\bfork\b.{0,30}\bresource temporarily unavailable\b|\bfailed to create new os thread\b|\bfile watchers reached\b|\bnumber of inotify instances\b|\bmax file descriptors \[|\bvm\.max_map_count \[|\bmax number of threads \[|\bunable to lock jvm memory\b/,
    isLess: true,
  },
  {
    // Azure OpenAI, OpenAI, Anthropic, Gemini, Bedrock's guardrails.
    // https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
    // https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-how.html
    kind: 'other-settings',
    said: 'it changes what a model is asked, or what its provider filters',
    changes:
      /(?:^|[^A-Za-z])(?:system_?)?prompts?(?![A-Za-z])|\bsystem_?(?:message|instruction)s?\b|\bguard_?-?rails?\w{0,12}|\bsafety_?-?settings?\b|\bharm_?(?:category|block)\w{0,30}|\bcontent_?-?(?:filter|policy|safety)\w{0,12}|\brai_?-?policy\w{0,5}|\bmoderation\w{0,8}\b|\bblock_?list\w{0,5}/im,
    shows: CONTENT_REFUSED,
  },
  {
    // Oracle (28000, 28001), MySQL (3118, 3955, 1862), SQL Server (18486 to 18488), PostgreSQL (28P01), MongoDB, Snowflake, Active
    // Directory (49 with data 532, 533, 775), Entra ID (AADSTS50053), Kerberos, Keycloak, OpenSSH, Redis, RabbitMQ: who still has
    // the old secret is refused, or tries it until the account is locked.
    // https://docs.oracle.com/error-help/db/ora-28000/, https://ldapwiki.com/wiki/Common%20Active%20Directory%20Bind%20Errors
    kind: 'other-credentials',
    said: 'it changes with which account or password it logs in',
    changes:
      /(?:^|[^A-Za-z])(?:pass_?(?:word|wd|phrase)s?|pwd?|passwd|secrets?|credentials?|creds|(?:db|database|pg|mysql|oracle|sql|smtp|s?ftp|ldap|amqp|mq|broker|datasource[._-])_?user(?:_?name)?|key_?tab|bind_?dn|(?:private|ssh)_?-?keys?)(?![a-z])|(?:Password|Secret|Credentials?)(?![a-z])|\bvault\b|\brotat\w{1,4}\b|\bFAILED_LOGIN_ATTEMPTS\b|\bPASSWORD_LIFE_TIME\b|\b(?:lockout|max_?-?failed)_?-?\w{0,20}|\bdefault_password_lifetime\b|\bvalid until\b/im,
    shows:
      /\bora-(?:01017|2800[0-3])\b|\baccounts? (?:\S{1,80} )?(?:is |was |has been |are )?(?:temporarily )?(?:locked|disabled|blocked)\b|\b(?:locked|disabled) account\b|\blocked out\b|\baadsts(?:50053|50055|50057|50126|7000215|7000222)\b|\bdata (?:52e|532|533|701|773|775)\b|\bkdc_err_(?:client_revoked|preauth_failed|key_expired)\b|\bclients? credentials have been revoked\b|\bpassword authentication failed\b|\baccess denied for user\b|\blogin failed for user\b|\bwrongpass\b|\binvalid username-password pair\b|\bbad auth\b|\bauthenticationfailed\b|\btoo many authentication failures\b|\blogin was refused\b|\bincorrect username or password\b|\binvalid username\/password\b/,
  },
  {
    // Laravel, Rails (Propshaft, Sprockets), Django, Vite, browsers (integrity, types of files): a page and its built files.
    // https://docs.djangoproject.com/en/5.2/ref/contrib/staticfiles/#manifeststaticfilesstorage
    // https://developer.mozilla.org/docs/Web/Security/Defenses/Subresource_Integrity
    kind: 'route-gone',
    said: 'it changes where or how the files of pages are built',
    changes:
      /\bmanifest\b|\bcollectstatic\b|\bassets?[:_.](?:precompile|compile|path|prefix|host|dir|url|public)\w{0,6}|\bassetPrefix\b|\bout_?-?dir\b|\bpublic_?-?path\b|\bstatic_?(?:files|url|root)\w{0,10}|\b(?:npm|pnpm|yarn|bun)\s(?:run\s)?build\b|\bbundler\b|\bintegrity\b|\btry_files\b|\bhistoryApiFallback\b|\bbase_?-?(?:href|path)\b|\b(?:webpack|vite|next|nuxt|rollup|esbuild|angular)\w{0,3}\.(?:config\.\w{2,4}|json)/i,
    shows:
      /\bvite manifest\b|\bmissing staticfiles manifest entry\b|\bmissingassetexception\b|\bmissingasseterror\b|\bassetnotfound\w{0,10}|\basset ["'`]\S{1,200}["'`] (?:was |is )?not (?:found|present|declared)\b|\bmime type (?:of )?\(?["'`“]text\/html\b|\bfailed to find a valid digest in the ["'`]integrity["'`] attribute\b/,
  },
  {
    // MySQL (1366, 3988), PostgreSQL (22021, 22P05), SQL Server, Python, Ruby, Java, Rust: characters in another set than is read.
    // https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-conversion.html
    kind: 'other-format',
    said: 'it changes in which set of characters texts are written',
    changes:
      /\bchar(?:acter)?_?-?sets?\b|\bcollat(?:e|ion)\w{0,10}|\butf-?(?:8|16)(?:mb[34])?\b|\blatin-?1\b|\biso-?8859\w{0,4}|\bcp125\d\b|\bencod(?:e|ing)s?\b|\bdecode\b|\bclient_encoding\b|\bNLS_LANG\b/i,
    shows:
      /\bincorrect string value\b|\binvalid byte sequence\b|\bcharacter with byte sequence\b.{0,60}\bno equivalent\b|\bunicode(?:de|en)codeerror\b|\bcodec can['’]t (?:de|en)code\b|\bmalformedinputexception\b|\bunmappablecharacter\w{0,10}|\bundefinedconversionerror\b|\bincompatible character encodings\b|\billegal mix of collations\b|\bstream did not contain valid utf-8\b/,
  },
];
