/**
 * What a change touches, and what those say that refuse or are not reached since then. Both sides are read narrowly: each
 * row counts only in the service that was changed, in what it asks, or in what asks it.
 */
import { type Sides, textOf } from '#model/changes/effect.ts';
import type { Technique } from '#model/changes/techniques/platform-techniques.ts';

/** `isOfIssuer`: an issuer of tokens is never called by who checks them, so its change counts for all of these. */
type Refusal = Technique & Readonly<{ isOfIssuer?: true }>;

const REFUSALS: readonly Refusal[] = [
  {
    // serde, Jackson, System.Text.Json, Newtonsoft, Go, pydantic, Zod, Joi, Yup, class-validator, JSON Schema, kotlinx, Moshi.
    kind: 'stricter-input',
    said: 'it changes whether fields that nobody knows are refused',
    changes:
      /\bdeny_unknown_fields\b|\bfail[-_]?on[-_]?unknown[-_]?propert\w{1,4}|\bDisallowUnknownFields\b|\bKnownFields\(|UnmappedMemberHandling\b|\bMissingMemberHandling\b|\badditional_?Properties\b|\bunevaluatedProperties\b|\.strict\(\)|\bstrictObject\b|\bnoUnknown\b|\bforbidNonWhitelisted\b|\bforbidUnknownValues\b|\bextra\s{0,3}[:=]\s{0,3}["']?(?:forbid|Extra\.forbid)|\bignoreUnknownKeys\b|\bfailOnUnknown\b|\.unknown\(\s{0,2}(?:false)?\s{0,2}\)|\ballowUnknown\b|\bignoreUnknown\b|\baction_on_unpermitted_parameters\b|\bunknown\s{0,3}=\s{0,3}RAISE\b/i,
    shows:
      /\bunknown (?:field|property|key|argument|variant)s?\b|\bunrecogni[sz]ed (?:field|propert\w{1,3}|key|argument)|\badditional propert\w{1,3}|\bextra (?:inputs?|fields?|keys?) (?:are |is )?not (?:permitted|allowed)|\bextra_forbidden\b|(?:\b(?:property|field|key) \S{1,60}|["'`]\S{1,60}["'`]) (?:should not exist|is not allowed)\b|\bcould not be mapped to any \.net member\b|\bcould not find member\b|\bunpermitted parameters?\b|\bunexpected (?:field|key|property)\b/,
  },
  {
    // Spring Security, Jakarta, ASP.NET Core, NestJS, Django REST framework, Rails (CanCanCan, Pundit), Laravel, Phoenix, casbin.
    kind: 'refuses-more',
    said: 'it changes who may ask for it',
    changes:
      /\bhas(?:Any)?(?:Role|Authority|Scope|Permission)\b|@(?:PreAuthorize|PostAuthorize|Secured|RolesAllowed|DenyAll|Roles|UseGuards)\b|\[Authorize\b|\bRequire(?:Authorization|Role|Claim|Scope|AuthenticatedUser)\b|\bpermission_classes\b|\b(?:permission|login|staff_member)_required\b|\bIs(?:Authenticated|AdminUser)\b|\bauthorize[!(]|\bcannot\?|->(?:middleware|can)\(|\bGate::|\brequireScopes?\b|\ballow\s{1,4}(?:read|write|get|list|create|update|delete)[\w, ]{0,40}(?::|;|$)|\brequest\.auth\b|\benforce\(|\ballowed_?roles\b/im,
    shows:
      /\baccess[ _-]?(?:is )?denied\b|\baccessdenied\w{0,10}|\bforbidden\b|\bpermission[ _-]?denied\b|\binsufficient (?:permissions?|rights|privileges|scope)|\binsufficient_scope\b|\b(?:does not|doesn't) have (?:the )?(?:permission|required|role|scope|rights?)|\bmissing or insufficient permissions\b|\bnot (?:authori[sz]ed|permitted|allowed) to\b|\bunauthori[sz]edaccess|\brequires? (?:the )?(?:role|scope|authority|permission)\b/,
    unless:
      /\barn:|\bto perform\b|\bserviceaccount\b|\bcannot \w{3,10} resource\b|\b(?:for|on) (?:table|relation|schema|sequence|function|view|database|file|directory)\b|\btopics?:|\bpubsub\b|\bcommand denied\b/,
  },
  {
    // PostgreSQL 42501, MySQL 1142 and 1044, SQL Server 229, ORA-01031, MongoDB 13, ClickHouse 497, Snowflake, Redis (NOPERM).
    kind: 'refuses-more',
    said: 'it changes what a role may do',
    changes:
      /\brevoke\b|\bgrants?\b|\b(?:alter|create|drop|set)\s{1,4}role\b|\bowner\s{1,4}to\b|\brevokeRolesFromUser\b|\bprivileges?\b|\bacl\s{1,4}setuser\b|[+-]@\w{2,20}/i,
    shows:
      /\bpermission (?:was )?denied (?:for|on) (?:table|relation|schema|sequence|function|view|database|the object)|\bpermission was denied on the object\b|\bmust be owner of\b|\bcommand denied to user\b|\binsufficient privileges?\b|\bora-01031\b|\bnot authorized on \S{1,80} to execute\b|\bnoperm\b|\bnot enough privileges\b/,
  },
  {
    // IBM MQ (2035, AMQ8077), RabbitMQ (403), Kafka, ActiveMQ, NATS, Pulsar, MQTT 5.
    // https://www.ibm.com/docs/en/ibm-mq/9.4.x?topic=codes-2035-07f3-rc2035-mqrc-not-authorized
    kind: 'refuses-more',
    said: 'it changes who may use a queue or a topic',
    changes:
      /\bsetmqaut\b|\bAUTHREC\b|\bCHLAUTH\b|\bMCAUSER\b|\bset_(?:topic_)?permissions\b|\bkafka-acls\b|\bKafkaUser\b|--(?:allow|deny)-principal\b|\bauthorizationEntr\w{1,4}\b|\b(?:publish|subscribe|produce|consume)["']?\s{0,3}[:=]\s{0,3}(?:\{|\[|["']|allow\b|deny\b)|\b(?:allow|deny)_(?:publish|subscribe)\w{0,10}\b|\bgrant-permission\b|\bacls?\b/i,
    shows:
      /\bmqrc_not_authorized\b|\breason(?: code)?:? '?2035\b|\bamq8077\w{0,2}\b|\baccess_refused\b|\b(?:topic|group|cluster|transactional_?id)_?authorization_?(?:exception|failed)\b|\bnot authorized to access (?:topics?|group)\b|\bis not authorized to (?:read|write|create|admin)\w{0,10}\b|\bpermissions violation\b|\bnot authori[sz]ed to (?:publish|subscribe|produce|consume)\b/,
  },
  {
    // Rails, Django, Laravel, Spring, ASP.NET Core, csurf: a token without its cookie. https://developer.mozilla.org/docs/Web/HTTP/Headers/Set-Cookie
    kind: 'refuses-more',
    said: 'it changes which cookies come back, or what is checked with them',
    changes:
      /\bsame_?-?site\b|\bcookies?_?-?\w{0,20}\b|\b\w{0,30}cookie\w{0,20}\b|\bcsrf\w{0,30}|\bxsrf\w{0,30}|\btrusted_?origins\b|\bprotect_from_forgery\b|\bantiforgery\b/i,
    shows:
      /\bcsrf\b|\bxsrf\b|\binvalidauthenticitytoken\b|\bantiforgery\b|\btoken ?mismatch\b|\b419\b.{0,20}\bexpired\b/,
  },
  {
    // Stripe, Adyen, Square, PayPal, AWS (client tokens), Google, GoCardless; https://docs.stripe.com/api/idempotent_requests
    kind: 'other-name',
    said: 'it changes the key by which a repeated request is known',
    changes:
      /\bidempot\w{1,10}(?:[-_ ]?key)?\b|\bIdempotency\w{0,20}|\bclient_?-?(?:request_?-?)?token\b|\b(?:paypal[-_])?request[-_]?id\b|\bdedup\w{0,20}|\bnonce\b|\bmessage_?group_?id\b|\bmerchant_?(?:transaction|reference)_?id\b/i,
    shows:
      /\bidempot\w{1,12}\b|\bidempotentparameter\w{3,12}|\bsame (?:client )?(?:request )?token\b|\b(?:request|client)[-_ ]?(?:id|token)\b.{0,80}\b(?:already (?:been )?used|reused|re-used|in use|different|non-identical)|\bprevious_request_in_progress\b|\bduplicate (?:request|transaction)\b/,
  },
  {
    // FCM, APNs, Entra ID (AADSTS700016, AADSTS90002), Google Cloud, AWS, Stripe (live and test), Twilio 21606, PayPal, Sentry.
    kind: 'other-credentials',
    said: 'it changes the account, the project or the environment in whose name it asks',
    changes:
      /\b\w{0,30}(?:project|tenant|account|subscription|organi[sz]ation|workspace|merchant|directory|sender|team|client|app(?:lication)?|realm|environment|bundle)_?-?(?:id|name|sid|key|slug|number|ref)?["']?\s{0,3}[:=]|\b\w{0,30}_(?:SID|TENANT|PROJECT|ACCOUNT|KEY|TOKEN|SECRET)\w{0,10}["']?\s{0,3}[:=]|\b(?:live|test|sandbox|staging|production)\b|\b(?:re|h)captcha\w{0,20}|\bturnstile\w{0,20}|\bsite_?key\b/i,
    shows:
      /\bmismatched-credential\b|\bsender_?id[ _]?mismatch\b|\bbad_?device_?token\b|\bdevicetokennotfortopic\b|\bnot found in the directory\b|\btenant\b.{0,60}\bnot found\b|\b(?:for|in|to|of) (?:your|this|that|another|a different|the wrong) (?:account|project|tenant|organi[sz]ation|workspace|subscription|merchant|environment)\b|\b(?:exists|made|created|used) in (?:live|test|sandbox|production) mode\b|\b(?:live|test) mode (?:key|object|token)\b|\bwrong (?:project|account|tenant|environment|workspace)\b|\binvalid-(?:input-secret|site-?key|keys?)\b|\binvalid site key\b|\b(?:project|account|tenant|environment) (?:\S{1,60} )?(?:mismatch|does not match|is not (?:valid|associated))/,
  },
  {
    // Node.js (tunnel, https-proxy-agent), Go, curl, Java, Python (urllib3, requests), .NET: the proxy answers, not the host.
    kind: 'other-network',
    said: 'it changes the proxy by which it asks',
    changes:
      /\b(?:https?|all|no|ftp|socks\d?)_?-?proxy\b|\bproxy_?-?(?:host|port|url|address|server|agent)?["']?\s{0,3}[:=(]|-Dhttps?\.proxy\w{4}/i,
    shows:
      /\btunnel\w{0,3} (?:socket|connection)|\bproxy (?:connect|error|authentication|server)|\bproxyconnect\b|\bproxyerror\b|\bcannot connect to proxy\b|\bconnect tunnel failed\b|\bunable to tunnel through proxy\b|\bfrom proxy\b|\bproxy tunnel\b|\b407\b/,
  },
  {
    // Stripe-Version, Shopify, Microsoft's `api-version`, Graph of Meta, GitHub's X-GitHub-Api-Version, Kubernetes' apiVersion.
    kind: 'other-version',
    said: 'it changes the version of an interface that it asks',
    changes:
      /\bapi_?-?version\b|\b\w{1,30}-(?:api-)?version["']?\s{0,3}[:=,]|["'/=]v\d{1,3}(?:\.\d{1,3})?["'/]|["']20\d\d-\d\d(?:-\d\d)?(?:[.-]\w{1,20})?["']/i,
    shows:
      /\b(?:received )?unknown parameters?\b|\bunrecogni[sz]ed request\b|\b(?:unsupported|invalid|unknown|retired|deprecated|outdated) (?:api )?version\b|\bapi[- ]?version\b|\bno matches for kind\b|\b(?:parameter|field|endpoint|method)\b.{0,60}\b(?:removed|deprecated|no longer (?:supported|available))\b/,
  },
  {
    // Stripe, Adyen, Mollie, JSON Schema, serde, Go: a fraction where a whole number is wanted.
    kind: 'other-format',
    said: 'it changes how numbers are rounded',
    changes:
      /\b(?:Math|math|Decimal|BigDecimal)\.(?:round|floor|ceil|trunc)\w{0,4}\b|\.(?:round|floor|ceil|trunc|to_i|quantize|setScale|toFixed|toInt|intValue|longValue)\b|\b(?:round|floor|ceil|int|Int|intval|parseInt|Number)\(|\bas (?:i64|u64|i32|u32|int)\b|::(?:int|bigint|numeric)\b/,
    shows:
      /\binvalid integer\b|\b(?:must be|is not|not) an? (?:valid )?(?:whole number|integer)\b|\bexpected (?:an? )?(?:integer|int|i64|u64)\b|\bcannot unmarshal number \S{1,40} into\b|\bout of range for int\b|\bfractional (?:part|component)\b|\bint_from_float\b|\btoo many (?:decimals|decimal places|digits after)/,
  },
  {
    // java.time, .NET, Go's time, Python's strptime, Ruby, PHP, Luxon, moment, chrono; and how stores refuse such a value: MySQL
    // 1292, SQL Server 241, ORA-01843 and its kin, PostgreSQL 22007, Elasticsearch, BigQuery, Snowflake, ClickHouse, Cassandra.
    // https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
    kind: 'other-format',
    said: 'it changes the form in which dates are written',
    changes:
      /\b(?:from|to)_?iso_?(?:format|string|8601|date)?\b|\bisoformat\b|\b(?:parse|format|to)_?(?:date|time|datetime|timestamp)\b|\b(?:[Dd]ate|[Tt]ime|DateTime|Local(?:Date|Time|DateTime)|Instant|Carbon|Timestamp)(?:\.(?:[Pp]arse\w{0,10}|[Ff]rom\w{0,16}|strptime|now)|::parse\w{0,10})\(|\bnew Date\(|\b(?:moment|dayjs|dateutil)\b|\byyyy\b|\bYYYY\b|%[YmdF]\b|\b(?:dd|DD)[/.-]MM\b|\bMM[/.-](?:dd|DD)\b|\b2006-01-02|\b02[/.-]01[/.-]2006|\bto_?[Ii][Ss][Oo]\w{0,20}\b|\b[Ii][Ss][Oo]_?8601\b|\bISO_\w{4,20}\b|\bstrf?time\b|\bDateTimeFormat\w{0,8}\b|\b[Ee]poch\w{0,10}\b|\bRFC_?(?:3339|1123|2822)\b/,
    shows:
      /\bdatetimeparseexception\b|\bparsing time\b|\bunparseable date\b|\bdoes not match format\b|\bnot recogni[sz]ed as a valid datetime\b|\binvalid (?:date|datetime|time value|timestamp)\b|\btext '[\d/.:t+z -]{4,40}' could not be parsed\b|\bdate\/time field value out of range\b|\bincorrect (?:date|datetime|time|timestamp) value\b|\bconverting date and\/or time from character string\b|\bora-018(?:30|4[0-9]|5\d|6[0-1])\b|\binvalid input syntax for type (?:date|time|timestamp)\b|\bfailed to parse date field\b|\bcould not parse ["'`].{1,60}["'`] as (?:a )?(?:date|timestamp|datetime)\b|\b(?:date|timestamp) ["'`].{1,60}["'`] is not recognized\b|\bcannot parse (?:date|datetime|timestamp)\b|\bunable to coerce .{1,60} to a formatted date\b/,
  },
  {
    // Confluent's and Apicurio's registries, buf, Avro. https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html
    kind: 'other-format',
    said: 'it changes a schema that others read',
    changes:
      /["']type["']\s{0,3}:|["']default["']\s{0,3}:|\.avsc\b|\bmessage\s{1,4}\w{1,60}\s{0,3}\{|=\s{0,3}\d{1,5};|\bcompatibility\b/i,
    shows:
      /\bincompatible with an earlier schema\b|\bschema (?:being registered )?is incompatible\b|\bincompatibleschema\w{0,12}|\bincompatible schema\b|\breader_field_missing_default_value\b/,
  },
  {
    // webpack, Vite, Next.js, Angular: pages of before the release. https://vite.dev/guide/build#load-error-handling
    kind: 'rows-gone',
    said: 'it changes how long the files of earlier releases stay',
    changes:
      /\b(?:keep|retain|retention|preserve|prune|clean|delete|remove|previous|old)_?-?(?:previous|prior|last|old|stale|unused)?_?-?(?:assets?|chunks?|bundles?|builds?|releases?|versions?|deploy\w{0,6}|files|days|count)\b|\bskew_?-?protection\b|\bdeployment_?id\b|\bgenerate_?build_?id\b|\b(?:max|min)_?releases\b/i,
    shows:
      /\bchunkloaderror\b|\bloading (?:css )?chunk [\w-]{1,60} failed\b|\bdynamically imported module\b|\bimporting a module script failed\b|\bunable to preload css\b|\bfailed to find server action\b/,
  },
  {
    // Next.js: https://nextjs.org/docs/app/guides/data-security#overwriting-encryption-keys-advanced
    kind: 'rows-gone',
    said: 'it changes the key by which open pages name their actions',
    changes: /\bNEXT_SERVER_ACTIONS_ENCRYPTION_KEY\b/,
    shows: /\bfailed to find server action\b/,
  },
  {
    // RFC 7518; jsonwebtoken, PyJWT, jose, Nimbus, Microsoft.IdentityModel, Spring Security.
    kind: 'other-credentials',
    said: 'it changes by which algorithm tokens are signed or checked',
    isOfIssuer: true,
    changes: /\balg(?:orithm)?s?\b|\b(?:RS|ES|PS|HS)(?:256|384|512)\b|\bEdDSA\b/i,
    shows:
      /\b(?:invalid|unsupported|unexpected|unknown|disallowed) (?:signing |signature |jwt |jws )?alg(?:orithm)?\b|\balg(?:orithm)? .{0,40}\b(?:not allowed|not supported|is invalid|mismatch)|\binvalidalgorithm\w{0,8}|\bsigned jwt rejected: another algorithm expected\b/,
  },
  {
    // DynamoDB, Cosmos DB, MongoDB's shards, Cassandra, Spanner, ScyllaDB; and names that classes give to fields: Json.NET,
    // System.Text.Json, Jackson, Gson, Go's tags, serde, kotlinx, Spring Data, Pydantic.
    // https://learn.microsoft.com/azure/cosmos-db/nosql/troubleshoot-bad-request
    kind: 'other-name',
    said: 'it changes the key by which a store finds or divides records',
    changes:
      /\b(?:partition|sort|hash|range|shard|clustering|primary)[_ -]?keys?\b|\bshardCollection\b|\[JsonProperty(?:Name)?\b|@(?:Json(?:Property|Alias|Naming)|SerializedName|SerialName|Field|DynamoDb\w{2,20}|DynamoDB\w{2,20}|PartitionKey|BsonProperty)\b|\[(?:Bson|DynamoDB)\w{2,20}\b|\b(?:json|bson|dynamodbav|spanner|cql|db):"|\brename(?:_all)?\s{0,2}=|\b(?:serialization_|validation_)?alias\s{0,2}=|\b(?:naming_?-?(?:policy|strategy))\b|(?<![\w-])Key(?:Schema|Condition\w{0,12})?["']?\s{0,3}[:=]/i,
    shows:
      /\bkey element does not match the schema\b|\bexact shard key\b|\bshard key\b|\bpartition ?key\b.{0,80}\b(?:missing|invalid|does(?: not|n['’]t) match|mismatch|must)\b|\bmissing (?:the |mandatory )?(?:partition|clustering|primary) key\b|\bkey schema\b/,
  },
  {
    // Values that lie in a cache or a queue, and what travels compressed: Python, Node.js, Java, Go, .NET, PHP, Ruby, zlib.
    kind: 'other-format',
    said: 'it changes in which form values are written or compressed',
    changes:
      /\b(?:c?pickle|msgpack|messagepack|igbinary|protobuf|kryo|hessian|marshal|bson|cbor|avro)\b|\bserializ\w{2,12}|\bserialis\w{2,12}|\bjson\.(?:dumps|loads|stringify|parse|Marshal|Unmarshal)\b|\b(?:gzip|brotli|zlib|deflate|lz4|snappy|zstd|compress\w{0,8})\b/i,
    shows:
      /\bexpecting value: line 1 column 1\b|\bunpicklingerror\b|\binvalid load key\b|\bin json at position 0\b|\bis not valid json\b|\bcould not read json\b|\blooking for beginning of value\b|\bnot in gzip format\b|\bincorrect header check\b|\b(?:invalid|bad|unknown|wrong) magic\b|\binvalid stream header\b|\bserialversionuid\b|\bserializationexception\b|\bincompatible marshal file format\b|\bunknown (?:compression )?codec\b|\bunsupported compression\b|\bunsupportedcompressiontype\w{0,10}|\bunserialize\(\)/,
  },
  {
    // RFC 3207 and RFC 4954: a server that takes mail only behind TLS or from who logs in.
    kind: 'other-trust',
    said: 'it changes how mail is handed over',
    changes:
      /\b\w{0,20}smtp\w{0,20}\b|\bmail(?:er)?[._-](?:host|port|tls|ssl|auth|encryption|transport|server)\w{0,20}|\bstart_?tls\b/i,
    shows:
      /\bmust issue a starttls\b|\b530 5\.7\.\d|\bstarttls\b.{0,40}\b(?:required|not supported)\b|\brelay(?:ing)? (?:access )?(?:denied|not permitted)\b|\bplain ?text authentication (?:disallowed|disabled)\b|\b(?:535|534) 5\.7\.\d/,
  },
  {
    // RFC 7519 (iss, aud) and RFC 8414 (issuer, jwks_uri): ASP.NET Core, Spring Security, Quarkus, jsonwebtoken, PyJWT, Envoy.
    kind: 'other-trust',
    said: 'it changes whose tokens are accepted',
    changes:
      /\b(?:valid_?)?issuers?(?:_?-?ur[il])?\b|\bauthority(?:_?ur[il])?\b|\bjwks?\w{0,12}|\b(?:metadata|discovery|auth_?server)_?-?(?:address|endpoint|ur[il])\b|\bauth-server-url\b|\bopenid-configuration\b|\boidc\b|\b(?:valid_?)?audiences?\b|\brealms?\b/i,
    shows:
      /\bunable to match key:|\bsignature_?key_?not_?found|\b(?:no|find a) (?:\w{1,20} ){0,2}key(?:\(s\)|s)? (?:that matches|found)\b|\bsuitable verification key\b|\bfind key with key id\b|\bkey to match kid\b|\bkid\b.{0,40}\b(?:not found|unknown|invalid)|\bidx10(?:20[45]|214|50[0-8]|51[17])\b|\b(?:issuer|audience) (?:validation failed|invalid|did not match|is not (?:allowed|configured|trusted)|mismatch)|\b(?:invalid|unexpected|wrong|unknown|untrusted) (?:token )?(?:issuer|audience)\b|\bjwt (?:issuer|audience) (?:invalid|is not configured|not allowed)|\b(?:iss|aud) claim (?:is not valid|mismatch|invalid)|\binvalid(?:issuer|audience)error\b|\b(?:audience|issuer) in jwt\b/,
  },
  {
    // S3 and its kin: Signature Version 2 and 4, regions in the scope.
    kind: 'other-credentials',
    said: 'it changes how requests are signed',
    changes: /\bsignature_?-?version\b|\bsig_?v4\w{0,10}|\bs3v4\b|\bsigner\w{0,10}\b|\bAWS4-HMAC\b/i,
    shows:
      /\bsignaturedoesnotmatch\b|\baws4-hmac-sha256\b|\bauthorizationheadermalformed\b|\bsignature we calculated\b/,
  },
  {
    // OpenSSH, JSch, Paramiko, ssh2, Go's knownhosts.
    kind: 'other-trust',
    said: 'it changes which keys of hosts are known',
    changes: /\bknown_?hosts\b|\bhost_?-?keys?\b|\bfingerprints?\b|\bStrictHostKeyChecking\b/i,
    shows:
      /\bhost key verification failed\b|\b(?:unknown|reject) ?hostkey\b|\bhost ?key\b.{0,60}\b(?:mismatch|changed|not (?:known|found|match)|denied)|\bkey mismatch\b|\bfingerprint (?:mismatch|does not match)|\bbadhostkeyexception\b/,
  },
  {
    // PostgreSQL's search_path, Oracle's CURRENT_SCHEMA, Snowflake's and SQL Server's defaults, Django's and Prisma's settings.
    kind: 'other-source',
    said: 'it changes in which schemas tables are looked for',
    changes: /\bsearch_?path\b|\b(?:current|default)_?schema\b|[?&]schema=/i,
    shows:
      /\brelation "[^"\n]{1,120}" does not exist\b|\bno such table\b|\binvalid object name\b|\bora-00942\b|\bobject '[^'\n]{1,160}' does not exist\b|\bunknown database\b/,
  },
  {
    // S3 (AccessControlListNotSupported, BucketOwnerEnforced), Google Cloud Storage (uniform access).
    kind: 'refuses-more',
    said: 'it changes whether objects may have lists of rights',
    changes:
      /\bobject_?ownership\b|\bBucketOwner\w{5,12}|\bacls?\b|\buniform_?bucket_?level_?access\b|\bpublic_?access_?(?:block|prevention)\b/i,
    shows:
      /\baccesscontrollistnotsupported\b|\bbucket does not allow acls\b|\buniform bucket-level access\b|\bpublic access prevention\b|\bblockpublicacls\b/,
  },
  {
    // OpenAI, Anthropic, Gemini, Mistral: https://platform.openai.com/docs/guides/function-calling
    kind: 'other-format',
    said: 'it changes the description of a tool for a model',
    changes:
      /\btools?\b|\bfunction_?(?:call|declaration)\w{0,3}\b|\b(?:input|json|response)_?schema\b|\bresponse_?format\b|["']?\b(?:parameters|required|properties)["']?\s{0,3}[:=]/i,
    shows:
      /\binvalid schema for (?:function|response_format|tool)\b|\binvalid_function_parameters\b|\binput_schema\b.{0,60}\b(?:invalid|required|must)\b|\btools\.\d{1,3}\.\S{1,80}: /,
  },
];

/** What the change touches and the failure speaks of. */
export function refusalsOf({ added, removed }: Sides, failure: string): readonly Refusal[] {
  const changed = textOf({ added, removed });
  if (changed.trim() === '' || failure === '') return [];
  return REFUSALS.filter(
    ({ changes, shows, unless }) => shows.test(failure) && changes.test(changed) && unless?.test(failure) !== true,
  );
}
