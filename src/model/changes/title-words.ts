/**
 * What people write in the title of a change, by what it does. Titles are short and sloppy: `tweak limits`, `bump deps`,
 * `Revert "Cache rates"`. Words that only may mean it count half.
 */
import { type EffectKind, WEAK } from '#model/changes/effect.ts';

export type TitleWords = Readonly<{ kind: EffectKind; said: string; words: RegExp; strength: number }>;

function says(kind: EffectKind, said: string, words: RegExp, strength = 1): TitleWords {
  return { kind, said, words, strength };
}

const CLEANS = String.raw`\b(?:drop|remov|delet|clean\w{0,3}[ -]?up|retir|unused|obsolete|redundant)\w{0,4}\b`;

/** Rows that belong to others, loaded with the first query: JPA, Entity Framework, Rails, Django, SQLAlchemy, GraphQL, MongoDB. */
const EAGER = String.raw`@?EntityGraph\b|JOIN FETCH\b|fetch joins?\b|Include\(|includes\(|eager(?:ly)?\b|eager[- ]?load\w{0,3}\b|preload\w{0,3}\b|(?:select|prefetch)_related\b|(?:joined|selectin|subquery)load\b|data ?loaders?\b|\$lookup\b|batch[- ]?load\w{0,3}\b`;
/** Work side by side: Kotlin, Go, Python, Java, .NET, JavaScript. */
const SIDE_BY_SIDE = String.raw`(?:coroutines?|goroutines?|await ?all|async\w{0,8}|parallel\w{0,4}|concurren\w{1,4}|promise\.all\w{0,8}|(?:asyncio\.)?gather|virtual threads?|completable ?futures?|futures|when ?all|err ?groups?)\b`;
const TAKES = String.raw`\b(?:drop|remov|delet|without|no longer|disabl|stop|undo)\w{0,4}\s(?!.{0,30}\b(?:unused|obsolete|import|dead)\b)`;
const IS_TAKEN = String.raw`\b(?:to follow|follows later|removed|dropped|gone|disabled|off)\b`;
/** What a page loads, and not a statement. */
const OF_PAGES = String.raw`(?!.{0,300}\b(?:images?|thumbnails?|fonts?|css|stylesheets?|scripts?|routes?|bundles?|chunks?|components?|modules?|iframes?|videos?|maps?|links?|assets?|icons?|logos?|banners?|pictures?|photos?|galler(?:y|ies)|carousels?|widgets?|pages?|tabs?|screens?)\b)`;

/** Rows that are read by themselves: `read one by one`, `in a query of its own`, `loaded when they are needed`, `lazily`. */
const READ_ALONE =
  /(?:(?:load|read|fetch|quer(?:y|ied|ies)|resolv|look|select|retriev)\w{0,4}(?: \w{1,20}){0,4}? (?:lazily|on (?:demand|access|first (?:use|access))|one (?:by one|at a time|after (?:another|the other))|individually|(?:when|as soon as|only when|once|where) (?:they are|it is|(?:first )?(?:needed|read|used|accessed|asked for)))\b|(?:in|by|with) (?:a|one|its|their) (?:own )?(?:quer(?:y|ies)|selects?|statements?|look-?ups?|round ?trips?)(?: (?:of (?:its|their) own|each)\b)|(?:in|by|with) (?:its|their) own (?:quer(?:y|ies)|selects?|statements?)\b|(?:a|own|separate|single) (?:query|select|statement|look-?up) (?:per|for (?:each|every))\b)/
    .source;

export const TITLE_WORDS: readonly TitleWords[] = [
  says(
    'eager-gone',
    'it no longer loads related rows with the first query',
    new RegExp(String.raw`^${OF_PAGES}.{0,300}?(?:${TAKES}.{0,40}?(?:${EAGER})|\b(?:${EAGER}).{0,30}${IS_TAKEN})`, 'i'),
  ),
  says(
    'eager-gone',
    'it loads related rows when they are read',
    // Hibernate, Spring Boot, Entity Framework Core.
    new RegExp(
      String.raw`^${OF_PAGES}.{0,300}?(?:\bUseLazyLoadingProxies\b|\blazy[- ]?load\w{0,3}\b|\bopen-?in-?view\b.{0,20}\b(?:on|true|back|enabled)\b|\bFetchType\.LAZY\b|\bone (?:query|select|statement) (?:per|for (?:each|every)|each)\b)`,
      'i',
    ),
  ),
  says(
    'eager-gone',
    'it reads each of them by itself',
    new RegExp(String.raw`^${OF_PAGES}.{0,300}?\b${READ_ALONE}`, 'i'),
  ),
  says(
    'eager-gone',
    'it moves rows to another table',
    /\b[a-z_]{3,40} (?:is |are )?(?:moved|split|extracted) (?:out of|off|away from) [a-z_]{3,40}\b/i,
    WEAK,
  ),
  says(
    'parallel-gone',
    'it does one after another what ran in parallel',
    new RegExp(
      String.raw`${TAKES}.{0,40}?\b${SIDE_BY_SIDE}|\b${SIDE_BY_SIDE}.{0,30}\b(?:removed|dropped|gone|disabled|off)\b|\bsequential\w{0,3}\b|\bserially\b|\bone (?:after (?:another|the other)|by one|at a time)\b`,
      'i',
    ),
  ),
  says(
    'held-longer',
    'it holds a connection or a transaction for longer',
    /^(?!.{0,200}\b(?:logs?|logged|cookies?|logins?|metrics?)\b).{0,200}?\b(?:sessions?|connections?|transactions?|cursors?|row locks?|unit of work|tx)\b.{0,60}?\b(?:(?:open(?:ed|s)?|taken|acquired|begun|started|checked out)\b.{0,30}\b(?:earlier|before|middleware|outside|at the (?:start|beginning))\b|(?:closed|released|committed|returned|ends?)\b.{0,30}\b(?:after|later|only when|at the end|on shutdown)\b|(?:held|kept|stays?|spans?|open)\b.{0,30}\b(?:across|during|while|until|whole|entire|around|longer|over)\b)/i,
  ),
  says(
    'unindexed-statement',
    'its query calls a function for each row',
    // SQL Server names functions of users dbo.fn_… by convention.
    /^(?!.{0,200}\b(?:remov|drop|replac|inlin|avoid|instead|without)\w{0,4}\b).{0,200}?(?:\bscalar (?:udfs?|functions?)\b|\bUDFs?\b|\bdbo\.fn_\w{1,60}|\bORDER BY (?:RAND|RANDOM|NEWID)\b)/i,
  ),
  says(
    'index-gone',
    'it removes a hint for an index',
    new RegExp(String.raw`${TAKES}.{0,40}?\b(?:index|query|optimi[sz]er|planner) hints?\b`, 'i'),
  ),
  says(
    'index-gone',
    'it drops an index',
    new RegExp(
      String.raw`${CLEANS}.{0,40}\b(?:index(?:es)?|indices|idx)\b|\b(?:index(?:es)?|idx)\b.{0,40}${CLEANS}`,
      'i',
    ),
  ),
  says(
    'column-gone',
    'it renames or drops a column',
    /\b(?:renam|drop|remov|delet)\w{0,4}\b.{0,40}\b(?:columns?|tables?|views?)\b|\b[a-z]{2,40}_[a-z_]{2,40} (?:is now|becomes|->|→) [a-z_]{2,40}\b/i,
  ),
  says(
    'unlimited-statement',
    'it reads more rows',
    /\b(?:full|entire|complete|whole|all|unlimited)\b.{0,30}\b(?:history|rows|records|results|lists?|data(?:sets?)?|exports?|archives?|entries|orders|items)\b|\b(?:remov|drop|without|no)\w{0,4}\b.{0,20}\b(?:pag(?:ing|ination)|page size|row limit)\b/i,
    WEAK,
  ),
  says(
    'unindexed-statement',
    'it searches inside of texts',
    /\b(?:wildcards?|substrings?|infix|fuzzy|contains|partial|inside)\b.{0,40}\b(?:search\w{0,3}|match\w{0,3}|quer(?:y|ies)|filters?|look-?ups?|titles?|names?|texts?)\b|\bsearch\w{0,3}\b.{0,40}\b(?:wildcards?|substrings?|infix|fuzzy|inside|anywhere)\b/i,
    WEAK,
  ),
  says(
    'calls-in-loop',
    'it does something for each item',
    /\b(?:each|every|per)\s(?!(?:second|minute|min|hour|day|week|month|night|time|deploy|release|few|other|environment|env|pod|node|container|instance|replica|worker|core|cpu|call|request|response|route|endpoint|client|service)s?\b|\d)[a-z]{3,40}/i,
    WEAK,
  ),
  says(
    'shorter-timeout',
    'it sets a time-out',
    /\b\w{0,40}timeout\w{0,20}\b\s{0,3}(?:=|:|to\b)\s{0,3}["']?\d{1,9}\s?(?:ms|s|sec\w{0,4})?\b(?!\s{0,3}(?:->|→|=>|to\b))/i,
  ),
  says(
    'shorter-timeout',
    'it waits less long',
    /\bfail(?:s|ing)?[- ]fast(?:er)?\b|\b(?:short|tight|strict|low|aggressiv|reduc)\w{0,4}\b.{0,40}\b(?:time-?outs?|deadlines?|budgets?)\b|\bgiv\w{1,3} up (?:earlier|sooner|faster)\b/i,
  ),
  says(
    'other-network',
    'it changes which connections are allowed',
    /\bnetwork ?polic(?:y|ies)\b|\bdefault[- ]deny\b|\bdeny (?:all|by default|ingress|egress)\b|\bfirewall\b|\bsecurity groups?\b|\bsg rules?\b|\bn?acls?\b|\bsubnets?\b|\bvpc\b|\bpeering\b|\bnat gateway\b|\begress\b|\bmTLS\b|\bauthorization ?polic(?:y|ies)\b/i,
  ),
  says(
    'route-gone',
    'it removes or rewrites a route',
    /\b(?:drop|remov|delet|retir|renam|mov|rewrit|strip|sunset|clean)\w{0,4}\b.{0,60}\b(?:routes?|endpoints?|paths?|prefix(?:es)?)\b|\b(?:HTTP|TCP|GRPC)Route\b|\bVirtualService\b|\bingress rules?\b|\brewrite\b.{0,40}\s\/|\bv\d{1,2}\b.{0,20}\b(?:gone|removed|retired|off)\b|\b(?:drop|remov|retir|sunset)\w{0,4} v\d{1,2}\b/i,
  ),
  says(
    'new-lock',
    'it takes a lock',
    /\b(?:distributed|advisory|exclusive|pessimistic|row|global|redis|table)[- ]locks?\b|\bunder an? \w{0,20} ?lock\b|\bmutex\b|\bredlock\b|\bserializable\b|\bFOR UPDATE\b|\b(?:prevent|avoid|stop|no)\w{0,4}\b.{0,20}\b(?:double|duplicate|concurrent|overlapping|simultaneous)\b/i,
  ),
  says(
    'new-wait',
    'it waits where it did something else meanwhile',
    // ASP.NET Core, Node.js, Python's asyncio, Netty: a thread that waits does no other work.
    /^(?!.{0,200}\b(?:remov|drop|replac|avoid|instead|without|no longer|non)\w{0,4}\b)(?!.{0,200}\basync\w{0,8}\b).{0,200}?(?:\bsynchronous(?:ly)?\b|\bblocking (?:calls?|clients?|reads?|writes?|i\/?o|drivers?)\b)|\bsync[- ]over[- ]async\b/i,
  ),
  says(
    'narrower-type',
    'it changes the type of ids',
    /\bids?\b.{0,60}\b(?:uuid|ulid|guid|strings?|integers?|bigint|numbers?)s?\b|\b(?:uuid|ulid|guid)s?\b.{0,40}\bids?\b/i,
  ),
  says(
    'other-name',
    'it renames fields',
    /\b(?:renam\w{1,3}|consistent|unif(?:y|ied|orm)|camel-?case|snake-?case)\b.{0,60}\b(?:fields?|attributes?|propert(?:y|ies)|columns?|names?|schema)\b/i,
  ),
  // What a key gets besides is another part of it: HTTP's Vary (RFC 9110), keys of proxies, networks and applications.
  says(
    'other-cache-keys',
    'it changes the keys of the cache',
    /\bcache ?keys?\b|\bkeys? of the cache\b|\bkeys? (?:now )?(?:carry|carries|includes?|contains?|var(?:y|ies))\b|\bvar(?:y|ies) (?:on|by)\b.{0,40}\b(?:headers?|cookies?|user[- ]agent|device|language|client)\b|\bVary\b\s?:?\s{0,2}["'`]?(?:Cookie|Accept|User-Agent|Origin|Authorization|X-[\w-]{2,40}|\*)|\b(?:forward|key|whitelist|include)\w{0,3}\b.{0,30}\b(?:all (?:headers|cookies|query ?strings?)|cookies|query ?strings?)\b/i,
  ),
  says(
    'cache-gone',
    'it no longer uses a cache',
    /\b(?:disabl|remov|drop|without|no|bypass|skip|stop|retir)\w{0,4}\b.{0,30}\b(?:cach(?:e|es|ing)|redis|memcached|varnish)\b|\b(?:cach(?:e|es|ing)|redis|memcached)\b.{0,20}\b(?:off|disabled|removed|no longer)\b|\b(?:turn|switch)\w{0,3} off\b.{0,30}\bcach|\bCache-Control\b.{0,30}\b(?:no-store|no-cache|private|max-age=0)\b|\breturn ?\(pass\)|\bproxy_cache_bypass\b/i,
  ),
  says(
    'more-logs',
    'it writes more to the log',
    /\blog(?:s|ging)? (?:all|every|each)\b|\blog_statement\b|\b(?:log\w{0,6}|level)\b.{0,60}\b(?:to|=|at|on)\s{0,3}(?:debug|trace|all)\b|\b(?:debug|trace|verbose)[- ]logg?(?:ing|s)?\b/i,
  ),
  says(
    'other-credentials',
    'it changes which tokens or rights are accepted',
    /\b(?:validat|check|verif|requir|enforc|reject|restrict)\w{0,6}\b.{0,60}\b(?:audience|issuer|tokens?|scopes?|roles?|permissions?|signatures?|certificates?|authenticat\w{1,5}|authoriz\w{1,5})\b/i,
  ),
  says(
    'other-credentials',
    'it changes who is let in',
    /\bWAF\b|\bbot (?:protection|detection|management|rules?)\b|\bgeo-?block\w{0,3}\b|\b(?:allow|block|deny|white|black)-?lists?\b|\bIP (?:ranges?|filters?|rules?)\b|\bCORS\b|\bCSRF\b|\bSameSite\b|\bSSO\b|\bOIDC\b|\bOAuth2?\b|\bSAML\b|\bRBAC\b|\bIAM\b|\bservice accounts?\b|\bleast privilege\b|\bauthorization ?polic(?:y|ies)\b/i,
  ),
  says(
    'other-credentials',
    'it takes rights away',
    /\b(?:tighten|restrict|narrow|reduc|remov|revok|drop|limit|scop|lock)\w{0,4}\s.{0,40}\b(?:(?:iam |service |user |bucket |db |database |access )?(?:roles?|permissions?|privileges?|grants?|acls?)|(?:iam|bucket|access|role|vault|key) polic(?:y|ies))\b|\b(?:roles?|permissions?|privileges?|grants?|acls?)\b.{0,40}\b(?:tighten|restrict|narrow|reduc|remov|revok|drop)\w{0,4}\b/i,
  ),
  says(
    'stricter-input',
    'it accepts fewer inputs',
    /\b(?:only|strict(?:er|ly)?|validat\w{1,4}|reject\w{0,3}|refus\w{1,3}|requir\w{1,3}|mandatory|enforc\w{1,3}|sanitiz\w{1,3}|tighten\w{0,3})\b/i,
    WEAK,
  ),
  says(
    'fewer-workers',
    'it limits how much runs at once',
    /\b(?:bound|limit|cap|restrict|lower|reduc|few)\w{0,4}\b.{0,40}\b(?:concurrency|parallelism|threads?|workers?|executors?|dispatchers?|consumers?|replicas?|pods?|instances?)\b|\b(?:strictly |keep )?in order\b|\bone (?:at a time|by one)\b|\bsingle[- ]threaded\b|\bsequential\w{0,3}\b/i,
  ),
  says(
    'smaller-pool',
    'it makes a pool smaller',
    /\b(?:small|shrink|reduc|lower|few|cut|cap|limit|right-?siz)\w{0,4}\b.{0,40}\b(?:pools?|connections?|hikari|pgbouncer)\b/i,
  ),
  ...(['less-memory', 'less-cpu'] as const).map((kind) =>
    says(
      kind,
      'it gives less memory or CPU',
      /\b(?:small|shrink|reduc|lower|less|cut|cap|cheap|downsiz|right-?siz)\w{0,4}\b.{0,40}\b(?:heaps?|memory|mem|ram|cpus?|cores?|limits?|requests?|resources?|machines?|instances?|nodes?|vms?)\b|\bdownsiz\w{1,3}\b|\b(?:cost|money) sav\w{1,4}\b|\bsave (?:costs?|money)\b|\bspot (?:instances?|nodes?)\b|\bXmx/i,
    ),
  ),
  says(
    'refuses-more',
    'it limits what it accepts',
    /\b(?:rate|request|traffic)[- ]?limit\w{0,4}\b|\bthrottl\w{1,4}\b|\bquotas?\b|\bback-?pressure\b|\bload[- ]shed\w{0,4}\b|\bbulkheads?\b/i,
  ),
  says('stricter-breaker', 'it puts a circuit breaker before its calls', /\bcircuit[- ]breaker\w{0,2}\b/i),
  says(
    'lower-limit',
    'it limits what may run at once',
    /\bcap(?:s|ped|ping)?\b.{0,40}\b(?:lambdas?|functions?|concurrency|rates?|requests|calls|jobs|tenants?)\b/i,
  ),
  says(
    'other-format',
    'it changes how values are written or read',
    /\b(?:de-?)?seriali[sz]\w{1,6}\b|\bencod\w{1,4}\b|\b(?:date|time|number|wire|payload|message|event) ?formats?\b|\bprotobuf\b|\bavro\b|\bSystem\.Text\.Json\b|\bjackson\b/i,
  ),
  says(
    'more-retries',
    'it retries more',
    /\b(?:more|add|enabl\w{1,3}|new|hard\w{0,2}|aggressive\w{0,2}|always|forever|automatic\w{0,4})\b.{0,30}\bretr(?:y|ies|ying)\b|\bretr(?:y|ies|ying)\b.{0,30}\b(?:more|hard\w{0,2}|aggressive\w{0,2}|always|forever|everything|\d{1,3} ?(?:x|times))\b/i,
  ),
  says(
    'costlier-work',
    'it does more work for each request',
    /\b(?:strong|bett|high|deep|rich|fin)(?:er)\b.{0,30}\b(?:hash\w{0,4}|encrypt\w{0,4}|compress\w{0,4}|quality|resolution|rank\w{0,4}|scor\w{1,4}|match\w{0,4}|search|models?)\b|\b(?:bcrypt|argon2\w{0,2}|scrypt|pbkdf2|gzip|brotli|zstd)\b|\bregex(?:es|p)?\b|\bregular expressions?\b|\bencrypt\w{0,4}\b.{0,20}\b(?:payloads?|fields?|responses?|requests?)\b/i,
  ),
  says(
    'shorter-interval',
    'it runs a job more often or at a busier time',
    /\b(?:hourly|more often|more frequent\w{0,2}|daytime|(?:business|office|busy|peak|working) hours)\b|\b(?:run|job|sync|export|import|report|refresh|poll|archive|clean\w{0,3}|cron|schedul)\w{0,5}\b.{0,60}\b(?:every|each) (?:few |\d{1,3} ?)?(?:s|sec|seconds?|m|min|minutes?|hours?)\b/i,
  ),
  says(
    'more-load',
    'it makes much more work at once',
    /\b(?:load|stress|soak|spike|capacity|performance|perf)[- ]?tests?(?:ing)?\b|\b(?:k6|gatling|locust|jmeter|chaos)\b|\bback-?fill\w{0,3}\b|\bre-?index\w{0,3}\b|\bre-?(?:build|import|play|process|comput)\w{0,4}\b.{0,30}\b(?:all|everything|history|index|events|messages|tables?)\b|\b(?:bulk|mass|one-?off) (?:import|delete|update|load|insert|mail\w{0,3}|e-?mail\w{0,3})\w{0,3}\b|\bfull (?:sync|import|refresh|scan|export)\b|\bvacuum full\b|\bcampaign\b|\bnewsletter (?:sent|to all)\b|\bpurg\w{1,3}\b.{0,30}\b(?:rows|orders|data|events|records|tables?)\b/i,
  ),
  says(
    'other-traffic',
    'it sends requests to other instances',
    /\bcanar(?:y|ies)\b|\bblue[-/ ]?green\b|\bcut(?:s|ting)? ?-?over\b|\btraffic\b.{0,30}\b(?:to|split|shift|weights?|%)|\b(?:shift|mov|rout|send|drain|split|ramp)\w{0,4}\b.{0,30}\btraffic\b|\bweights?\b.{0,30}\d ?%?\s{0,3}(?:->|→|=>|to|\/)\s{0,3}\d|\b(?:drain|evacuat)\w{0,3}\b.{0,30}\b(?:region|zone|az|cluster|dc|node)\b/i,
  ),
  says(
    'other-host',
    'it moves to another host or provider',
    /\b(?:mov|migrat|switch|chang|point|new|replac|swap)\w{0,4}\b.{0,60}\b(?:providers?|vendors?|domains?|host(?:name)?s?|endpoints?|urls?|upstreams?|buckets?|clusters?|data ?cent(?:er|re)s?|regions?|brokers?|partners?|gateways?)\b/i,
  ),
  says(
    'other-resolver',
    'it changes how names are resolved',
    /\bndots\b|\bdns\b|\bresolvers?\b|\bname ?servers?\b|\bhosted zones?\b|\bcname\b|\bcorefile\b/i,
  ),
  says(
    'other-model',
    'it takes another model',
    /\b(?:switch|chang|replac|mov|upgrad|swap|new)\w{0,4}\b.{0,40}\b(?:(?:scor|rank|embedd|fraud|language|classif|recommend|predict)\w{0,8} models?|models?\b.{0,20}\b(?:from|to|instead))\b|\bmodels? [\w./-]{2,60}\s{0,3}(?:->|→|=>|\bto\b|instead of)/i,
  ),
  says(
    'other-engine',
    'it takes another version of the database itself',
    /\bengine (?:upgrade|update|version)\b|\bpg_upgrade\b|\b(?:postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|sql server|oracle|aurora|elasticsearch|opensearch|redis|valkey)\b.{0,20}\b(?:major )?(?:upgrade[ds]?|update[ds]?)\b|\b(?:upgrade|update)[ds]?\b.{0,20}\b(?:postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|sql server|oracle|aurora|elasticsearch|opensearch|redis|valkey) (?:from |to )?v?\d/i,
  ),
  says(
    'larger-batches',
    'it does much in one transaction',
    /\b(?:one|a single|the same|long) (?:large |long |big |database )?transaction\b|\bcommit_?every\b/i,
  ),
  says(
    'other-version',
    'it takes another base image',
    /\bbase image\b|\bdistroless\b|\balpine\b|\bubuntu\b|\bdebian\b|\bdockerfile\b/i,
    WEAK,
  ),
  says(
    'other-version',
    'it takes other versions of what it uses',
    /\b(?:bump|upgrad|updat|renovat)\w{0,3}\b.{0,60}\b(?:deps|dependenc(?:y|ies)|packages?|librar(?:y|ies)|libs?|sdk|drivers?|clients?|frameworks?|runtime|version|v?\d{1,4}(?:\.\d{1,5}){0,3})\b|\bv?\d{1,4}(?:\.\d{1,5}){1,3}\s{0,3}(?:->|→|=>|to)\s{0,3}v?\d{1,4}(?:\.\d{1,5}){1,3}\b(?! ?(?:s|ms|m|h|%|[kmg]i?b?)\b)|\b(?:bump|upgrade|update) \w{2,40}$/i,
    WEAK,
  ),
  says(
    'other-version',
    'it goes back to an older version',
    /\b(?:roll(?:ed|ing)?[- ]?back|downgrad\w{1,3}) (?:to|from)\b/i,
    WEAK,
  ),
  says(
    'stricter-probe',
    'it changes the probes',
    /\b(?:tight|strict|fast|short|aggressiv|new|add|stric)\w{0,4}\b.{0,30}\b(?:probes?|health ?checks?|liveness|readiness)\b/i,
  ),
];

/** What a setting is about, where nobody says in which direction it changes: `db pool tuning`, `hpa.yaml`. */
export const SETTING_WORDS: readonly TitleWords[] = (
  [
    [
      'other-network',
      'which connections are allowed',
      /\bnetwork ?polic(?:y|ies)\b|\bsecurity ?groups?\b|\bsg\b|\bfirewall\b|\bn?acl\b/i,
    ],
    ['shorter-interval', 'when a job runs', /\bcron ?jobs?\b|\bcron(?:tab)?\b|\bschedul(?:e|es|er|ing)\b/i],
    [
      'fewer-workers',
      'how much runs at once',
      /\bhpa\b|\bautoscal\w{1,4}\b|\breplicas?\b|\bworkers?\b|\bthreads?\b|\bconcurrency\b|\bconsumers?\b|\bprefetch\b/i,
    ],
    ['smaller-pool', 'a pool', /\bpool(?:s|ing|er)?\b|\bhikari\b|\bpgbouncer\b|\bmax[_ ]connections\b/i],
    ['shorter-lived-cache', 'a cache', /\bcach(?:e|es|ing)\b|\bttls?\b|\bredis\b|\bmemcached\b/i],
    ['more-retries', 'retries', /\bretr(?:y|ies)\b|\bbackoff\b/i],
    ['shorter-timeout', 'a time-out', /\btime-?outs?\b|\bdeadlines?\b/i],
    ['lower-limit', 'a limit', /\brate ?limit\w{0,4}\b|\bthrottl\w{1,4}\b|\bquotas?\b/i],
    ['less-memory', 'limits of a container', /\blimits?\b|\bresources?\b|\bmemory\b|\bheap\b|\bjvm\b|\bjava opts\b/i],
    ['less-cpu', 'limits of a container', /\blimits?\b|\bresources?\b|\bcpus?\b/i],
    ['stricter-probe', 'a probe', /\bprobes?\b|\bliveness\b|\breadiness\b|\bhealth ?checks?\b/i],
    [
      'other-credentials',
      'keys or rights',
      /\bsecrets?\b|\bcert(?:ificate)?s?\b|\btls\b|\bssl\b|\bca ?(?:cert\w{0,10}|bundle)\b|\b(?:trust|key) ?store\b|\bacls?\b|\brbac\b|\biam\b|\bcredentials?\b|\bcreds\b|\bvault\b|\bauth\b/i,
    ],
    ['route-gone', 'a route', /\bingress\b|\b(?:http ?)?routes?\b|\bvirtual ?services?\b|\bgateway\b|\bnginx\b/i],
    ['other-host', 'an address', /\bhosts?\b|\burls?\b|\bendpoints?\b|\bupstreams?\b/i],
  ] as const
).map(([kind, about, words]) => says(kind, `it changes ${about}`, words, WEAK));

/** What an undone change had brought. */
export const UNDONE_WORDS: readonly TitleWords[] = [
  says('index-gone', 'it takes an index back', /\bindex(?:es)?\b|\bidx\b/i),
  says('cache-gone', 'it takes a cache back', /\bcach(?:e|es|ing|ed)\b|\bmemoi[sz]e\w{0,3}\b/i),
  says(
    'eager-gone',
    'it loads one by one again',
    /\bbatch\w{0,4}\b|\bbulk\b|\bprefetch\w{0,3}\b|\bpre-?load\w{0,3}\b|\beager\w{0,2}\b|\bn\s?\+\s?1\b|\bdata ?loader\b|\bjoin\b/i,
  ),
  says(
    'parallel-gone',
    'it does one after another again',
    /\bparallel\w{0,4}\b|\bconcurren\w{1,4}\b|\basync\w{0,8}\b/i,
  ),
  says('unlimited-statement', 'it takes a limit of rows back', /\bpagina\w{1,4}\b|\bpaging\b|\blimit\b/i),
  says('smaller-pool', 'it takes a larger pool back', /\bpools?\b|\bconnections?\b/i),
  says('less-memory', 'it takes more memory back', /\bmemory\b|\bheap\b/i),
  says('less-cpu', 'it takes more CPU back', /\bcpus?\b/i),
  says('fewer-workers', 'it takes more workers back', /\breplicas?\b|\bworkers?\b|\bthreads?\b/i),
  says('shorter-timeout', 'it takes a longer time-out back', /\btime-?outs?\b|\bdeadlines?\b/i),
  says(
    'guard-gone',
    'it takes a repair back',
    /\bfix\w{0,3}\b|\bguards?\b|\bnull\b|\bhandle\w{0,1}\b|\bcheck\w{0,3}\b/i,
  ),
];
