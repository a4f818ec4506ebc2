/**
 * Techniques that a change and a failure may share: the change touches a setting or a form of code, and the failure says
 * what that technique says where it does not fit.
 *
 *   -  pool_mode = session                      prepared statement "s_12" does not exist
 *   +  pool_mode = transaction                  ◄── words of the same technique
 *
 * Both sides have to say it, so each of them may be read widely.
 */

import type { Effect } from '#model/changes/effect.ts';
import { ARTIFACT_TECHNIQUES } from '#model/changes/techniques/artifact-techniques.ts';
import { DEMAND_TECHNIQUES } from '#model/changes/techniques/demand-techniques.ts';
import { EDGE_TECHNIQUES } from '#model/changes/techniques/edge-techniques.ts';
import { PLATFORM_TECHNIQUES, type Technique } from '#model/changes/techniques/platform-techniques.ts';
import { REFUSED_TECHNIQUES } from '#model/changes/techniques/refused-techniques.ts';
import { SHARED_USE_TECHNIQUES } from '#model/changes/techniques/shared-use-techniques.ts';
import { STANDING_TECHNIQUES } from '#model/changes/techniques/standing-techniques.ts';
import { TOLD_TECHNIQUES } from '#model/changes/techniques/told-techniques.ts';
import { CERTIFICATE_EXPIRED } from '#model/instruments/certificate-words.ts';

/** How long tokens and sessions are valid: Keycloak, Okta, Auth0, Hydra, Spring Authorization Server, Entra ID, Vault, STS. */
export const TOKEN_LIFE =
  /\b\w{0,30}(?:tokens?|session|cookie|assertion|ticket|lease)[\w. -]{0,20}(?:life_?-?(?:span|time)|ttl|time-to-live|max_?-?age|validity|duration|expir(?:y|ation|es)|idle_?-?timeout)|\b(?:ttl|life_?(?:span|time)|validity|expir(?:y|ation))\b[\w. -]{0,20}(?:tokens?|sessions?)\b/i;

/** What nearly each message, request or user has of its own, as the value of a name. */
const PER_ITEM =
  /["'`](?:[a-z]{2,20}[._-]?)?(?:id|uuid|guid|email|ip|path|url|session|timestamp)["'`]|\b\w{1,30}\.(?:[a-z_]{0,20}_id|[a-zA-Z]{0,20}I[dD]|id|uuid|email)\b/;

/** What servers of models say to a prompt that is too long for them. */
const SHORT_CONTEXT =
  /\bavailable context size\b|\bexceed_context_size\w{0,10}|\bmaximum context length\b|\bcontext_length_exceeded\b|\bcontext (?:length|window|size)\b.{0,40}\b(?:exceed\w{0,3}|too (?:small|short))|\bexceed\w{0,3}\b.{0,40}\bcontext (?:length|window|size)\b|\bmax_model_len\b|\bprompt\b.{0,60}\btoo long\b|\binput is too long\b|\binput token count\b.{0,40}\bexceeds\b|\binputs` tokens\b|\binput length of \d/;

const TECHNIQUES: readonly Technique[] = [
  ...TOLD_TECHNIQUES,
  ...PLATFORM_TECHNIQUES,
  ...ARTIFACT_TECHNIQUES,
  ...EDGE_TECHNIQUES,
  ...DEMAND_TECHNIQUES,
  ...REFUSED_TECHNIQUES,
  ...SHARED_USE_TECHNIQUES,
  ...STANDING_TECHNIQUES,
  {
    // Stores that answer a filter and a sort only with an index for both: Firestore and Datastore, Cosmos DB, CouchDB.
    kind: 'unindexed-statement',
    said: 'it changes how a query filters or sorts',
    changes:
      /\border[_ ]?by\w{0,15}\b|\border\s?\(|\bsort\w{0,5}\b|\b(?:where|filter)\w{0,20}\b|\bcomposite\b|\bind(?:ex|exes|ices)\b|\bindexingPolicy\b/i,
    shows:
      /\bquery requires an? (?:\w{1,20} ){0,2}index\b|\bno matching index found\b|\bdoes not have a corresponding composite index\b|\bno_usable_index\b|\bno index exists for this sort\b/,
  },
  {
    // The Java machine's linkage errors, .NET's loader, Ruby, Python and Node.js: code was built for another library.
    kind: 'other-version',
    said: 'it changes the version of a library',
    changes:
      /\b(?:bump|upgrad|downgrad|updat|pin)\w{0,4}\b.{0,100}\b(?:to|from|by|v?\d+\.\d+\w{0,10}|boms?|dependenc(?:y|ies)|deps|librar(?:y|ies)|packages?|sdk|framework)\b|\bdependenc(?:y|ies)\b|<(?:[\w-]{1,40}[.-]){0,4}version>|\b[\w-]{2,40}[._-]?version["']?\s{0,3}[=:]\s{0,3}["']?\d|\bimplementation\s{0,2}[("']|\bPackageReference\b|^["']?@?[\w./-]{2,80}(?:(?:==|~=|@|\s\(?)v?\d{1,6}\.\d|["']?\s?[:=]\s?["']?[~^v]?\d{1,6}\.\d{1,6}\.\d{1,6}(?!\.?\d))|\b(?:new|newer|older|other|latest) (?:librar(?:y|ies)|dependencies|packages|jars)\b/im,
    shows:
      /\bnosuch(?:method|field)error\b|\bnoclassdeffounderror\b|\bclassnotfoundexception\b|\babstractmethoderror\b|\bincompatibleclasschangeerror\b|\bunsupportedclassversionerror\b|\blinkageerror\b|\bmissing(?:method|field)exception\b|\btypeloadexception\b|\bcould not load file or assembly\b|\bcannot import name\b|\bsymbol lookup error\b|\bundefined symbol\b/,
  },
  {
    // Statements planned for the tables of before: YugabyteDB (catalog version), PostgreSQL 0A000, MySQL 1412 and 1615,
    // TiDB 8028, ORA-01466 and ORA-04068, SQL Server 3961 and 16943, SQLite 17, Cassandra, Delta Lake.
    // https://support.yugabyte.com/hc/en-us/articles/40208479985549
    // https://vlsi.github.io/pgjdbc/documentation/troubleshooting/prepared-statement-cannot-change/
    // https://ask.pingcap.com/t/why-the-information-schema-is-changed-error-is-reported/175
    kind: 'any-migration',
    said: 'it changes tables while statements run',
    changes:
      /\b(?:alter|create|drop|truncate|rename|comment on)\s{1,4}(?:or replace\s{1,4})?(?:unique\s{1,4})?(?:table|index|view|type|function|procedure|package|role|schema|materialized)\b|\b(?:add|drop|rename|alter|change)_?(?:field|column|index|table)\w{0,10}\b|\bmigrat\w{1,6}\b|\b(?:gh-ost|pt-online-schema-change|\w{0,10}ddl)\b/i,
    shows:
      /\bcatalog version mismatch\b|\bmismatched_schema\b|\bcatalog snapshot\b.{0,80}\binvalidated\b|\bschema version mismatch\b|\bcached plan must not change result type\b|\bcached statement plan is invalid\b|\btable definition has changed\b|\bprepared statement needs to be re-?prepared\b|\binformation schema is (?:changed|out of date)\b|\bora-0(?:1466|4061|4068|8176)\b|\bexisting state of packages\b|\bhas been modified by a ddl statement\b|\btable schema changed after the cursor\b|\bdatabase schema (?:has )?changed\b|\bschema (?:version )?disagreement\b|\bmetadatachangedexception\b/,
  },
  {
    // Redis evicts whole keys: a stream with its groups, the list of a queue, the hash of a job.
    // https://github.com/redis/redis/issues/6576, https://github.com/celery/kombu/issues/1063,
    // https://docs.bullmq.io/guide/going-to-production#max-memory-policy
    kind: 'other-limit',
    said: 'it changes what a store throws away when it is full',
    changes: /\bmaxmemory|\bevict\w{0,8}|\b(?:allkeys|volatile)-(?:lru|lfu|random|ttl)\b|\bnoeviction\b/i,
    shows:
      /\bnogroup\b|\btable empty or key no longer exists\b|\bmissing (?:key|lock|hash) for (?:the )?job\b|\bcould not (?:find|renew) (?:the )?(?:job|lock)\b|\bunrecoverable\b.{0,40}\bjob\b.{0,40}\bmissing\b|\bstream\b.{0,60}\b(?:does not exist|no longer exists)\b/,
  },
  {
    // Readers that come later than the oldest message: Kafka, Kinesis, Pulsar, Redpanda, NATS.
    // https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
    kind: 'rows-gone',
    said: 'it changes how long messages stay',
    changes:
      /\bretention\w{0,20}\b|\b\w{0,20}retention[._-]?(?:ms|bytes|hours|minutes|period)\b|\bcleanup\.policy\b|\bmax_?-?(?:msgs|age|len|length)\b|\bxtrim\b|\bx-(?:max-length|message-ttl|expires)\b/i,
    shows:
      /\boffset_?\s?out_?\s?of_?\s?range|\boffsets? (?:\S{1,60} )?(?:is |are )?out of range\b|\btrimmeddataaccess\w{0,10}|\bearlier than the earliest\b|\bmessage(?:s)? (?:\S{1,40} )?(?:has|have) been (?:trimmed|truncated)\b/,
    isLess: true,
  },
  {
    // One reader takes the place of another: Event Hubs (epochs), Kafka (KIP-345), MQTT 5 (0x8E), HiveMQ, Pulsar and RabbitMQ
    // (exclusive), Kinesis' client library (leases), NATS.
    // https://github.com/Azure/azure-event-hubs-dotnet/issues/403, https://github.com/apache/kafka/pull/6650,
    // https://hivemq.atlassian.net/wiki/x/NYADW
    kind: 'more-workers',
    said: 'it changes who reads the same messages',
    changes:
      /\b(?:deployment|staging|production|app)[-_ ]?slots?\b|\bslot[-_ ]?swap\w{0,4}|\bswap\w{0,4}[-_ ]slots?\b|\bstaging\b|\bblue[-/_ ]?green\b|\b(?:blue|green|canary|standby|shadow)[-_ ](?:slot|fleet|stack|pool|group|cluster|deploy\w{0,5}|env\w{0,9}|instance|consumer|worker)s?\b|\breplica(?:s|_?count)?\b|\b\w{0,40}consumer_?-?groups?\b|\bgroup[._-]?(?:instance[._-]?)?id\b|\bclient_?-?id\b|\bsubscription_?-?(?:name|type)\b|\bexclusive["']?\s{0,3}[:=,)]|\bowner_?level\b|\bepoch\b|\blease[._-]?(?:duration|container|collection|table|name|owner)\w{0,10}|\btransactional[._-]?id\b|\binstances?\b/i,
    shows:
      /\b(?:receiver|consumer)\b.{0,40}\bhigher epoch\b|\bhigher epoch\b.{0,60}\b(?:receiver|consumer)\b|\breceiver ?disconnected|\bconsumerdisconnected\b|\bfenced_?instance_?id|\bgroup\.instance\.id \S{1,80} (?:gets|is|was) fenced\b|\bproducerfenced\w{0,10}|\bsession taken ?over\b|\b0x8e\b|\banother client connected with the same client ?id\b|\bexclusive consumer is already connected\b|\bconsumerbusy\w{0,10}|\bin exclusive use\b|\bconsumer is already bound\b|\blease (?:was |has been )?(?:lost|stolen|taken)\b|\bleaselost\w{0,10}|\bterminated by other getupdates\b/,
  },
  {
    // How much a model reads at once: llama.cpp (its slots share the context), vLLM, Ollama, TGI, OpenAI, Anthropic, Gemini.
    // https://github.com/vllm-project/vllm/issues/12165, https://github.com/vllm-project/vllm/issues/20409
    kind: 'lower-limit',
    said: 'it changes how long a prompt may be',
    changes:
      /\bctx[-_]?size\b|\bn(?:um)?_?ctx\b|\bcontext[-_ ]?(?:size|length|window)\b|\bmax[-_](?:model[-_]len\w{0,3}|seq[-_]len\w{0,3}|(?:total|input|prompt|num[-_]batched)[-_](?:tokens|length))\b|\bmodel(?:_?(?:name|id))?["']?\s{0,3}[:=]/i,
    shows: SHORT_CONTEXT,
    isLess: true,
  },
  {
    // Slots of llama.cpp's server, and parallel requests of Ollama, share one context.
    kind: 'lower-limit',
    said: 'it changes how many prompts share a context',
    changes: /(?:^|\s)--parallel\b|\bn_?parallel\b|\b\w{0,10}num_?parallel\b|\bLLAMA_ARG_N_PARALLEL\b/i,
    shows: SHORT_CONTEXT,
  },
  {
    // Stores that fix the type of a field or column: InfluxDB, Elasticsearch and OpenSearch, PostgreSQL 42804, 42883 and 22P02,
    // Trino, BigQuery, SQL Server 245, ORA-01722, ClickHouse, Iceberg, DynamoDB.
    // https://github.com/influxdata/influxdb/issues/2908, https://github.com/legrego/homeassistant-elasticsearch/issues/91,
    // https://errcodes.dev/postgresql/42804-datatype-mismatch
    kind: 'other-format',
    said: 'it changes the type of a value',
    changes:
      /\bto_?string\(|\bString\(|\bstr\(|\bto_s\b|\bNumber\(|\bparse(?:Int|Float|::<|\w{0,12}\()|\bparse\(|\bas_(?:str|string|f64|i64|u64|bool)\b|\bdata type\b|\b(?:alter|modify|change) (?:column )?\S{1,80} (?:set )?(?:data )?type\b|\bchange_column\b|\balter_?(?:field|column)\b|\balterColumn\b|"type"\s{0,3}:|[:=]\s{0,3}f?["'`]-?\d[\d.,]{0,15}(?:\s?[^"'`\d\s]{1,6})?["'`]|\}\s?(?:%|°\w?|[a-z]{1,4})["'`]|\bwith (?:its|their|the|a) units?\b|\bas (?:a )?(?:text|strings?|numbers?)\b|\b(?:f32|f64|i32|i64|u64|float|double|bigint|int8|int64|varchar|nvarchar|jsonb?|boolean|decimal|numeric|keyword|timestamptz?)\b/i,
    shows:
      /\bfield type conflict\b|\balready exists as type\b|\bmapper_parsing_exception\b|\bdocument_parsing_exception\b|\bmapperparsingexception\b|\bfailed to parse field \[|\bcannot be changed from type \[|\b(?:type|datatype|data_type)_?mismatch\b|\b(?:type|datatype|data type) mismatch\b|\bis of type .{1,60} but expression is of type\b|\bcannot apply operator\b|\boperator does not exist\b|\bno matching signature for operator\b|\binvalid input syntax for (?:type )?(?:integer|bigint|numeric|double precision|boolean|uuid)\b|\bcannot be (?:cast|matched)\b|\bcannot cast\b|\bora-01722\b|\bconversion failed when converting\b|\btypes? \S{1,40} and \S{1,40} cannot be matched\b|\bschema mismatch\b|\bincompatible types?\b|\bincorrect (?:integer|decimal|double|float) value\b|\btruncated incorrect \w{3,10} value\b/,
  },
  {
    // pgvector, Qdrant, Milvus, Pinecone, Weaviate, Elasticsearch; https://platform.openai.com/docs/guides/embeddings
    kind: 'other-format',
    said: 'it changes which model makes the vectors',
    changes:
      /\bembed(?:d(?:ing|er)s?)?\w{0,30}\b|\btext-embedding-|\bvector_?(?:size|dim\w{0,9})\b|\bdimensions?["']?\s{0,3}[:=]/i,
    shows:
      /\bdifferent vector dimensions \d|\bexpected \d{1,5} dimensions, not \d|\bvector dimension\w{0,2} (?:error|mismatch)|\bdimensions? \d{1,5} (?:does not match|is not equal)|\bvector dimension \d|\bdims? mismatch/,
  },
  {
    // The Fetch standard; what Chrome, Firefox and Safari write where an answer does not let the page read it.
    kind: 'other-origins',
    said: 'it changes which pages may call it',
    changes: /\bcors\w{0,20}|\borigins?\b|\ballowed_?-?origins?\b|\baccess-control-allow\b|\bcross[- ]origin\b/i,
    shows:
      /\bcors policy\b|\bcross-origin request blocked\b|\baccess-control-allow-\w{1,12}|\borigin \S{1,200} is not allowed\b|\bcors (?:error|request did not succeed)/,
  },
  {
    // IANA's names of zones, as Go, Java, Python, Ruby, PHP, PostgreSQL and JavaScript refuse them.
    kind: 'other-settings',
    said: 'it changes the time zone',
    changes: /(?<![A-Za-z])TZ(?![A-Za-z])|\btime[_ -]?zones?\b|\bZoneId\b|\btzdata\b/i,
    shows:
      /\b(?:unknown|invalid|bad|unrecognized) time[_ -]?zone\b|\bunknown time-zone id\b|\binvalid time zone specified\b|\bno time zone found with key\b|\btime zone "[^"\n]{1,60}" not recognized\b|\bzonerulesexception\b|\bzoneinfonotfounderror\b/,
  },
  {
    // Languages and regions that an image does not bring: ICU and the invariant mode of .NET, glibc's and musl's locales in
    // Python, Perl, C++ and PostgreSQL, Node.js built with small-icu, PHP's intl, Java's jdk.localedata.
    // https://github.com/dotnet/runtime/blob/main/docs/design/features/globalization-invariant-mode.md
    // https://github.com/dotnet/dotnet-docker/blob/main/samples/enable-globalization.md
    kind: 'other-settings',
    said: 'it changes which languages and regions its image knows',
    changes:
      /\b\w{0,40}invariant_?globali[sz]ation\w{0,20}|\w{0,40}globali[sz]ation_?-?invariant\w{0,20}|\b(?:lib)?icu(?:-\w{2,20}|\d{0,3})?\b|(?<![A-Za-z])(?:LANG|LC_[A-Z]{3,14}|LANGUAGE)(?![A-Za-z])|\blocales?\b|\blocale-gen\b|\blocaledata\b|\bcultures?\b|\bCultureInfo\b|\bglibc-langpack\w{0,10}|\bmusl-locales\b|^FROM\s[^\n]{2,200}(?:alpine|slim|chiseled|distroless|scratch|minimal|micro)/im,
    shows:
      /\binvariant culture\b|\bglobalization-invariant\b|\bculturenotfound\w{0,12}|\bculture is not supported\b|\binvalid culture identifier\b|\bvalid icu package\b|\bunsupported locale(?: setting)?\b|\blocale::facet\b|\blocale not supported\b|\b(?:invalid|unknown|bad) locale\b|\bcannot set lc_\w{2,12}\b|\bsetting locale failed\b|\bincorrect locale information\b/,
  },
  {
    // Npgsql 6 (timestamp with time zone takes UTC alone), Python's datetime, Django's warnings of naive times, pandas,
    // java.time. https://www.npgsql.org/doc/types/datetime.html
    kind: 'other-format',
    said: 'it changes in which zone times are kept',
    changes:
      /\bTo(?:LocalTime|UniversalTime)\b|\bDateTime(?:Kind|Offset)?\b|\bUtcNow\b|\butcnow\b|\bas_?timezone\b|\btz_(?:localize|convert)\b|\bmake_(?:naive|aware)\b|\bUSE_TZ\b|\btzinfo\b|\b(?:Local|Zoned|Offset)DateTime\b|\b(?:in_time_zone|localtime)\b|\btimestamp(?:tz| with(?:out)? time zone)\b/,
    shows:
      /\bwith kind=(?:local|unspecified|utc)\b|\boffset-naive and offset-aware\b|\breceived a naive datetime\b|\btz-naive\b.{0,40}\btz-aware\b|\btz-aware\b.{0,40}\btz-naive\b|\bunable to obtain (?:zoneddatetime|offsetdatetime|instant|localdatetime)\b|\bunsupportedtemporaltypeexception\b/,
  },
  {
    // Models answer as the prompt says; what Python, JavaScript, LangChain, LlamaIndex, Spring AI and Go write where the
    // answer is no JSON. https://docs.langchain.com/oss/python/langchain/errors/OUTPUT_PARSING_FAILURE
    kind: 'other-format',
    said: 'it changes in which form a model answers',
    changes:
      /\bprompts?\b|\bsystem_?(?:prompt|message|instruction)s?\b|\bresponse_?(?:format|schema|mime_?type)\b|\bjson_?(?:mode|object|schema)\b|\bstructured_?-?outputs?\b|\boutput_?parser\w{0,5}\b|\bonly (?:with |in )?json\b/i,
    shows:
      /\bexpecting value: line \d|\bjsondecodeerror\b|\bunexpected (?:token|character|end) .{0,60}\bjson\b|\bis not valid json\b|\bnot (?:a )?valid json\b|\boutputparser(?:exception|error)\b|\boutput_parsing_failure\b|\bcould not parse (?:llm )?output\b|\binvalid character '.{1,4}' looking for beginning of value\b|\bjsonparseexception\b/,
  },
  {
    // HTTP 413 and 431 (RFC 9110, RFC 6585), Kafka, NATS, RabbitMQ, SQS, MQTT, gRPC, MySQL, nginx, models of language.
    kind: 'lower-limit',
    said: 'it changes how large messages are, or how large they may be',
    changes:
      /\b(?:max|client_max|limit|message\.max|fetch\.max)[\w.-]{0,40}(?:size|bytes|length|packet|body|payload)\b|\bmax(?:imum)?[ -](?:message|payload|record|packet|body|upload|request)s?\b|\b(?:message|payload|record|packet|body|upload) (?:size|limit)s?\b|\ballowed_payload_size\b|\brequest-size-limiting\b|\bLimitRequest\w{1,20}|\bbody-?limit\b|\bbody[-_]size\b|\bByteArray\b|\bbyte\[\]|\bbase64\b|\b[bB]lob\b|\bfull_?text\b|\bfull text\b|\bwhole document|\battachments?\b|\b\w{0,30}(?:png|pdf|jpe?g)\b|\bclaims?\b|\bcookies?\b|\bheaders?\b|\btruncat\w{1,4}\b|\bexcerpts?\b|\[:\d{1,6}\]|\bmax_tokens\b|\bembed\w{0,4}\b/i,
    shows:
      /too (?:large|big) (?:body|message|headers?\b|for)|(?:request |response )?headers? (?:is |are )?(?:too (?:large|big|long)|over(?:flow|size)\w{0,3})|hpe_header_overflow|und_err_headers_overflow|headers? (?:size )?(?:exceed|limit)\w{0,3}|got more than \d{1,6} bytes when reading header|(?:entity|body|payload|content|message|record|packet|header fields?|frame|request) (?:is )?too (?:large|big|long)|larger than|recordtoolarge|exceed(?:s|ed)? (?:the )?(?:max|size)\w{0,10}|maximum (?:payload|message|packet|frame)(?: size)? (?:exceeded|violation)|too large body|message must be shorter than|context[_ ]length|maximum context|max_allowed_packet|max\.request\.size|header section exceeds|\b413\b|\b431\b/,
  },
  {
    kind: 'other-format',
    said: 'it changes what values are built from, or how long they may be',
    changes:
      /["'`][^"'`\n]{0,100}[{$][^"'`\n]{0,100}["'`]|\+\s{0,3}["'`]|["'`]\s{0,3}\+|\bconcat\b|\bjoin\(|\bs?printf\(|\bformat\(|\bvarchar\b|\bmax_?length\b|\b(?:uu|ul)id\b|\bprefix\b/i,
    // SQLSTATE 22001, MySQL 1406, SQL Server 2628 and 8152, ORA-12899.
    shows: /value too long|data too long|would be truncated|ora-12899|stringdataright/,
  },
  {
    kind: 'other-format',
    said: 'it changes how numbers are divided',
    changes:
      /\b\.?(?:divide|div(?:mod|rem|isors?)?|quotient|average|avg|mean|ratio|percent\w{0,5}|pro_?-?rata|per_?-?unit)\b|\s[/%]\s{1,2}[\w(]|\bbigdecimal\b|\bdecimal\b/i,
    // SQLSTATE 22012; Java, Python, Ruby, .NET, Go, PHP.
    shows:
      /division by zero|divided? by zero|dividebyzero|zerodivision|divisionbyzero|\/ by zero|modulo by zero|arithmeticexception|non-terminating decimal/,
  },
  {
    kind: 'other-format',
    said: 'it changes the size of numbers',
    changes:
      /\b(?:scale|precision|multipl\w{1,6}|factor|bigint|biginteger|bigdecimal|decimal|numeric|u?int(?:16|32|64)?|long|short|units?|cents)\b|\*\s{0,3}\d|\b\d{1,3}(?:_?000){1,5}\b/i,
    // SQLSTATE 22003, MySQL 1264, Java's exact conversions.
    shows: /overflow(?!\w)|out of (?:\w{1,10} )?range|numericvalueoutofrange|longvalueexact|intvalueexact/,
  },
  {
    // The chain of a server: OpenSSL (20, 21), BoringSSL, Go, Java and Android, .NET, rustls, NSS, Chromium.
    // https://devtoolsonline.dev/blog/ssl-certificate-chains-debugging/
    // https://enterno.io/en/articles/ssl-certificate-chain-incomplete
    kind: 'other-trust',
    said: 'it changes a certificate or its chain',
    changes:
      /\bCN\s?=|\bissu(?:er|ing)[_ -]?(?:ca)?\b|\b(?:internal|root|intermediate|new|private) CA\b|\b(?:certs?|certificates?|intermediates?|full_?-?chain|ca[-_ ]?(?:bundle|chain|certs?|file))\b|\b(?:tls|ssl|server|leaf)[._-](?:crt|cert\w{0,10}|key|secret\w{0,6})\b|\bssl_certificate\w{0,10}|\b(?:key|trust)_?-?stores?\b|\bletsencrypt\b|\bcluster-?issuer\b/i,
    shows:
      /\bunable to get (?:local )?issuer\b|\bunable to verify the (?:first|leaf)\b|\bunable_to_(?:verify_leaf|get_issuer)\w{0,30}|\bcertificate signed by unknown authority\b|\bpkix path (?:building|validation) failed\b|\btrust anchor for certification path not found\b|\bself[- ]signed certificate in (?:the )?certificate chain\b|\bpartialchain\b|\bpartial_?chain\b|\berr_cert_(?:authority|common_name)_invalid\b|\bunknownissuer\b|\bunknown_issuer\b|\btlsv1 alert unknown ca\b/,
    unless: CERTIFICATE_EXPIRED,
  },
  {
    kind: 'other-credentials',
    said: 'it changes how connections are encrypted',
    changes:
      /\btls|\bssl|\bm?tls\b|cipher|\bmin_?version\b|\bmsodbc|\bodbc|\bopenssl|\btrust\w{0,30}|\bencrypt\w{0,3}\b|\bca[-_](?:bundle|cert)|\bsni\b|\bpeerauth/i,
    shows: /\btls\b|\bssl\b|handshake|x509|certificate verify|self-?signed|cipher|pkix|unknown ca\b/,
    unless: CERTIFICATE_EXPIRED,
  },
  {
    // Istio and Linkerd reset plain connections to a service that accepts encrypted ones alone.
    kind: 'other-credentials',
    said: 'it changes whether calls have to be encrypted',
    changes: /\bpeer_?authentication\b|\bm_?tls\b|\binbound-?policy\b|\brequire_?-?(?:tls|ssl|secure_transport)\b/i,
    shows:
      /connection reset|connection was reset|econnreset|reset by peer|filter_chain_not_found|upstream connect error|\b503 u[cf]\b|upstream_reset_before_response_started|connection_termination/,
  },
  {
    kind: 'new-lock',
    said: 'it changes how transactions are isolated',
    changes: /isolation|serializable|read[_ -]?committed|repeatable[_ -]?read|\bsnapshot\b/i,
    // SQLSTATE 40001, MySQL 1213, SQL Server 3960, MongoDB 112.
    shows: /serializ|write ?conflict|snapshot|\b40001\b|dependencies among transactions|deadlock/,
  },
  {
    kind: 'other-limit',
    said: 'it changes what a store does when it is full',
    changes: /maxmemory|evict\w{0,4}|\ballkeys-|\bvolatile-|\bmax_?disk|\bwatermark/i,
    shows: /oom command|maxmemory|used memory|evict|watermark|read-only-allow-delete/,
  },
  {
    // SQLSTATE 55P03, MySQL 1205, ORA-00054, SQL Server 1222.
    kind: 'locking-migration',
    said: 'it locks the table while it runs',
    changes:
      /\bCREATE\s{1,4}(?:UNIQUE\s{1,4})?INDEX\b(?!\s{1,4}CONCURRENTLY)|\bALTER\s{1,4}TABLE\b|\bLOCK\s{1,4}TABLES?\b|\bVACUUM\s{1,4}FULL\b/i,
    shows: /lock timeout|\b55p03\b|lock wait timeout|could not obtain lock|ora-00054|lock request time ?out/,
  },
  {
    // PostgreSQL 53300, MySQL 1040 and 1203, ORA-00018, Redis, MongoDB.
    kind: 'lower-limit',
    said: 'it changes how many connections the server takes',
    changes:
      /\bmax_?(?:user_)?connections?\b|\bmax_?clients\b|\bmaxIncomingConnections\b|\bsuperuser_reserved\w{0,15}\b/i,
    shows:
      /too many (?:clients already|connections)|remaining connection slots|max number of clients reached|max_user_connections|ora-00018/,
    isLess: true,
  },
  {
    kind: 'shorter-timeout',
    said: 'it changes how long statements may run',
    changes:
      /\b\w{0,30}(?:statement|lock|query|execution|transaction|socket)[_-]?(?:timeout|time)\b|\bmaxTimeMS\b|\bmax_execution_time\b/i,
    shows:
      /statement timeout|lock timeout|canceling statement|query execution was interrupted|maximum statement execution|maxtimemsexpired/,
  },
  {
    kind: 'other-settings',
    said: 'it changes how connections are shared',
    changes:
      /\bpool_?mode\b|pgbouncer|proxysql|\brds proxy\b|\bpgcat\b|statement_?cache|prepare_?threshold|\bodyssey\b/i,
    shows: /prepared statement|unnamed portal|portal "|cursor "|unsupported startup parameter|temporary table/,
  },
  {
    // Hibernate and Entity Framework Core load a relation only while its session is open.
    kind: 'other-settings',
    said: 'it changes when a session ends or what it loads',
    changes:
      /\bopen[_-]?in[_-]?view\b|\benable_lazy_load_no_trans\b|\bFetchType\.(?:LAZY|EAGER)\b|\bJOIN FETCH\b|@EntityGraph\b|@Transactional\b|\bOpenSession\w{0,10}\b|\bUseLazyLoadingProxies\b|\.Include\(|\bHibernate\.initialize\b/i,
    shows:
      /\blazyinitializationexception\b|\bfailed to lazily initialize\b|\bcould not initialize proxy\b|\blazy-?loading\b.{0,80}\bdispose[ds]?\b|\blazyloadondisposedcontext\w{0,10}\b/,
  },
  {
    // OpenSSL 3 keeps old algorithms in a provider of its own. https://docs.openssl.org/master/man7/ossl-guide-migration/
    kind: 'other-version',
    said: 'it changes the library or the policy of encryption',
    changes:
      /\bopenssl\b|\blegacy[_ -]?provider\b|\bcrypto[_ -]?polic(?:y|ies)\b|\bfips\b|\b(?:min_?protocol|cipher_?(?:string|suites?)|security_?level|SECLEVEL)\b|^\W{0,3}FROM\s|\bbase[ _-]?image\b|\bimage:\s/im,
    shows:
      /\bdigital envelope routines\b|\binner_evp_generic_fetch\b|\bunsupported (?:digest|cipher|algorithm)\b|\berror:0308010c\b|\bdh[_ ]key[_ ]too[_ ]small\b|\b(?:ca|ee)[_ ](?:md|key)[_ ]too[_ ](?:weak|small)\b|\bunsafe[_ ]legacy[_ ]renegotiation\b|\blegacy sigalg\b/,
  },
  {
    kind: 'other-format',
    said: 'it changes the language, or the set of characters',
    changes:
      /\bLC_[A-Z]{2,12}\b|\bLANG(?:UAGE)?\b|\blocales?\b|\bculture\w{0,10}\b|\buser\.(?:language|country)\b|\bcharset\b|\bcharacter_?set\w{0,10}\b|\bfile\.encoding\b|\bcollat\w{1,5}\b|\butf-?(?:8|16)\w{0,4}\b|\biso-?8859-\d{1,2}\b|\bcp\d{3,4}\b|\bebcdic\b|\bcode[_ -]?page\w{0,4}\b|\w{0,10}ccsid\w{0,4}\b|\bcoded_?char_?set\w{0,4}\b|\bencod(?:e|ing)\b|\bformat_?(?:decimal|number|currency)\b|\bnumber_?format\w{0,10}\b|\btoLocaleString\b|\bintcomma\b|\bInvariantCulture\b/i,
    // What Python, pydantic, Go, Rust, Java and .NET say of a number that is written in another way;
    // IBM MQ's reason codes 2110, 2111 and 2119 to 2121, and the code pages of Db2 and of IBM i.
    shows:
      /\bcode[ -]?page\b|\bccsid\b|\bebcdic\b|\bmqrc_(?:format_error|not_converted|(?:source|target)_ccsid\w{0,7})\b|for input string|numberformat|could not convert string|could not be converted to system\.(?:decimal|double|int)|unable to parse string as an? (?:number|integer)|(?:float|int|decimal)_parsing|parse(?:float|int)\b.{0,80}invalid syntax|invalid (?:number|literal|byte|decimal|float literal|digit found)|collation|codec can|unicodedecode|malformed input|incorrect string value|input string was not in a correct format/,
  },
  {
    kind: 'other-credentials',
    said: 'it changes how time is read',
    changes:
      /\bTZ\b|time_?zone|\bUTC\b|local_?time|\bDate\.now\b|currentTimeMillis|\bntp\b|\bchrony\w{0,3}\b|\bclock\b|ZoneId|toLocale\w{0,10}String|\bleeway\b|\bskew\b|["'.]?\b(?:exp|iat|nbf)\b|\bexpires?_?(?:in|at)\b/i,
    shows:
      /before issued|not yet (?:valid|active)|not active|not ?before|in the future|\bskew|clock|\biat\b|\bnbf\b|token (?:is |has )?expired|too ?skewed/,
  },
  {
    kind: 'other-settings',
    said: 'it changes the protocol of a connection',
    changes:
      /\bhttp2\w{0,30}|\bhttp_?protocol|\bh2c?\b|\bhttp\/?[23]\b|\bquic\b|\balpn\b|\bproxy_http_version\b|\bgrpc\w{0,10}\b|\bappProtocol\b/i,
    shows:
      /protocol[ _]error|rst_stream|goaway|\balpn\b|malformed http|upstream reset|frame_size|preface|does not look like a tls|http\/2/,
  },
  {
    kind: 'other-settings',
    said: 'it changes how long idle connections stay open',
    changes:
      /keep_?-?alive\w{0,20}|idle_?-?time\w{0,10}|\b(?:wait|interactive)_timeout\b|\bmax_?(?:life_?time|connection_?age)\b|\bconn\w{0,10}_?max_?age\b/i,
    shows:
      /socket hang up|econnreset|reset by peer|broken pipe|premature close|connection (?:was )?closed|server (?:has )?(?:closed|gone away)|lost connection|\beof\b/,
    // A standby refuses what is written, however long its connections stay open.
    unless: /\breadonly\b/,
  },
  {
    kind: 'other-host',
    said: 'it changes a port',
    changes:
      /\b(?:target|container|node|host|listen|server)?_?port\b["']?\s{0,3}(?:[:=]|\s(?:is |to )?)\s{0,3}["']?\d|\bEXPOSE\s{1,3}\d|\blisten\s{1,3}\d|:\d{4,5}\b/i,
    shows: /refused|unreachable|no endpoints|no healthy upstream|leads to target port/,
  },
  {
    // Amazon S3 (API ErrorResponses).
    kind: 'other-host',
    said: 'it changes a region',
    changes:
      /\b\w{0,40}region\w{0,10}["']?\s{0,3}[:=]|\bregion\b.{0,40}(?:->|→|=>|\bto\b)|\b(?:[a-z]{2}|us-gov)-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d\b/i,
    shows:
      /\bpermanentredirect\b|must be addressed using the specified endpoint|\bauthorizationheadermalformed\b|\bregion '[\w-]{1,30}' is wrong\b|\billegallocationconstraintexception\b|\bincorrectendpoint\b/,
  },
  {
    // Redis Cluster specification: a client that does not know the slots gets redirections, and another server no answer.
    kind: 'other-host',
    said: 'it changes whether the client speaks to a cluster',
    changes:
      /\bcluster[-_. ]?(?:mode|enabled|client|nodes)\b|\bmode\b.{0,40}\b(?:cluster|standalone|sentinel|single)\b|\b(?:redis|valkey)cluster\b|\bcluster\b.{0,20}(?:->|→|=>|\bto\b).{0,20}\b(?:standalone|single|sentinel)\b/i,
    shows: /\b(?:moved|ask) \d{1,5} \S{1,253}:\d{1,5}\b|\bcrossslot\b|\bcluster support disabled\b/,
  },
  {
    // SQLSTATE 42703 and 42P01, MySQL 1054 and 1146, SQLite, SQL Server 207 and 208, ORA-00904 and ORA-00942.
    kind: 'other-name',
    said: 'it changes which columns and tables the code asks for',
    changes:
      /\bmodels\.\w{1,40}\(|\badd_?(?:field|column)\b|\bmigrat\w{1,6}\b|\b(?:belongs_to|has_many|has_one|references|mapped_column)\b|@(?:Column|JoinColumn|Entity|Table)\b|\b(?:ADD|DROP|RENAME) (?:COLUMN|TABLE)\b|\bschema\b|\bselect\b.{1,200}\bfrom\b/i,
    shows:
      /\b(?:column|relation|table) \S{1,100} does not exist|table '\S{1,100}' doesn't exist|unknown column|no such (?:column|table)|invalid (?:column|object) name|ora-009(?:04|42)|undefined(?:column|table)/,
  },
  {
    // Temporal's TMPRL1100, Cadence, Azure Durable Functions, Restate's journals, DBOS, Step Functions' predecessor Flow.
    // https://docs.temporal.io/troubleshooting/execution-failures
    kind: 'other-format',
    said: 'it changes the steps of a workflow that runs already',
    changes:
      /\b\w{0,30}workflows?\b|\bactivit(?:y|ies)\b|\borchestrat\w{1,5}\b|\bget_?version\b|\bpatched\(|\b(?:call_?activity|create_?timer|new_?timer)\w{0,10}\b|\bctx\.(?:run|sleep|call|timer)\w{0,10}\(|\b(?:start|execute)_(?:local_)?activity\b/i,
    shows:
      /non-?\s?determinis|tmprl1100|does(?: not|n't) match (?:command|event)|replay history mismatch|history event .{0,60}mismatch|\bjournal mismatch\b|\bdbosunexpectedsteperror\b/,
  },
  {
    // Envoy's flags UH and NR, nginx, HAProxy, Spring Cloud, Ribbon.
    kind: 'other-labels',
    said: 'it changes which instances are selected',
    changes:
      /\bsubsets?\b|\blabels?\b|\bselectors?\b|DestinationRule|VirtualService|\btopology\w{0,20}|\bzone_?aware\w{0,6}|\btracks?:/i,
    shows:
      /\bcluster_not_found\b|\b503 nc\b|\bnoclusterfound\b|no healthy (?:upstream|host)|no (?:available|live|active) (?:upstream|server|backend|instance|endpoint)|no endpoints|no servers? available|noserversavailable|no instances available|none of the configured nodes/,
  },
  {
    kind: 'other-resolver',
    said: 'it changes names of hosts',
    changes:
      /\bCNAME\b|\bIN\s{1,4}A{1,4}\b|\bExternalName\b|\bhosted_?zone|\broute53\b|(?:^|\/)zones?\/|\bdns_?record|\bhostAliases\b/i,
    shows: /enotfound|nxdomain|no such host|name or service not known|could not resolve|unknownhost|name resolution/,
  },
  {
    kind: 'other-credentials',
    said: 'it changes a key or a secret',
    changes:
      /\b\w{0,40}(?:secret|password|passphrase|credential|signing|hmac|jwks?|pepper)\w{0,40}\b|\b\w{0,20}_?keys?(?:_?id|_?alias|store|_?version)?\b["']?\s{0,3}[:=]|\bkms\w{0,20}\b|\bkeys?\.(?:ya?ml|json|properties|env)\b|\brotat\w{1,4}\b|\bkcv\b/i,
    shows:
      /signature|decrypt|key check|\bkcv\b|key (?:id|mismatch|version|not found)|no (?:matching|applicable|suitable) (?:signing )?keys?\b|incorrectkey|bad (?:mac|decrypt|key)|\bhmac\b|\bkid\b|invalid (?:key|secret)|wrongpass|authentication failed|access denied for user|login failed for user|ora-01017|padding|unwrap key|\b(?:jwt|jws|id|access|assertion)[ _]?tokens?\b.{0,20}\binvalid\b|invalidaccesskeyid|access key id\b.{0,40}\bdoes not exist|invalid (?:api|access) key/,
  },
  {
    // RFC 6750 (invalid_token), RFC 6749 (invalid_grant); libraries for JSON Web Tokens.
    kind: 'other-credentials',
    said: 'it changes how long tokens are valid',
    changes: TOKEN_LIFE,
    shows:
      /\b401\b|\bunauthori[sz]ed\b|\b(?:token|jwt|session|ticket|assertion|lease)s?\b.{0,60}\bexpired\b|\bexpired\b.{0,30}\b(?:token|jwt|session)\b|\binvalid_(?:token|grant)\b|\blogin_required\b/,
    isLess: true,
  },
  {
    // Signed addresses of S3, Google Cloud Storage and CloudFront, and shared access signatures of Azure: `AccessDenied:
    // Request has expired`, `ExpiredToken`, `The provided token has expired`, `Signature not valid in the specified time frame`.
    kind: 'other-expiry',
    said: 'it changes how long something is valid',
    changes:
      /\b(?:expir(?:es?|y|ation|ing)\w{0,20}|\w{0,30}_expir\w{1,10}|ttl\w{0,20}|\w{0,30}_ttl\w{0,10}|valid(?:ity|_?(?:for|until)))\b/i,
    shows:
      /\b(?:signed|presigned|pre-signed)\b.{0,80}\bexpired\b|\bexpiredtoken\b|\brequest has expired\b|\bsignature not valid in the specified time frame\b|\bexpired\b.{0,40}\b(?:signed|presigned|signature|sas)\b|\b(?:signature|sas(?: token)?)\b.{0,40}\bexpired\b/,
    isLess: true,
  },
  {
    // What providers tell who sends no key, or one of a smaller plan: RapidAPI, Google, GitHub, OpenWeather, Azure.
    kind: 'other-credentials',
    said: 'it changes the key or the plan with which it asks',
    changes:
      /\b(?:x-)?(?:api|access|subscription|app)[-_ ]?(?:keys?|id|token)\b|\bauthorization\b|\bbearer\b|\bappid\b|\b\w{0,30}_(?:key|token)\b|\b(?:plan|tier|subscription)\b/i,
    shows:
      /\bfree (?:tier|plan|quota)|\banonymous\b|\bunauthenticated\b|\b(?:missing|no|without|provide|requires?) (?:an? |your |valid )?(?:api|access|subscription)?[ -]?(?:key|token)\b|\btrial\b|\bdemo[ _-]key\b|\bupgrade your (?:plan|account)\b|\byour plan\b/,
  },
  {
    // Laravel reads no environment once its configuration is cached, Symfony's dump-env writes it into a file, and bundlers
    // copy it into their output. https://laravel.com/docs/configuration#configuration-caching
    kind: 'setting-gone',
    said: 'it fixes the settings where the image is built, without the environment of production',
    changes:
      /\bconfig:cache\b|\bartisan\s{1,3}optimize\b|\bcomposer\s{1,3}(?:symfony:)?dump-env\b|\bconfig\/cached?\b|\bbootstrap\/cache\/config\.php\b|\b(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC)_\w{2,40}/,
    shows:
      /\b(?:keys?|tokens?|secrets?|passwords?|credentials?|dsn|urls?|hosts?|settings?|variables?|config\w{0,10})\b["'\])]{0,2} (?:is|are|was|were) (?:empty|blank|null|missing|not (?:set|defined|configured|provided))\b|\b(?:no application encryption key|(?:empty|missing|no) (?:api[ -]?|access )?(?:key|token|secret|credentials|password))\b|\busing password: no\b/,
  },
  {
    // Istio and Envoy (RBAC), Linkerd, Consul's intentions, Kubernetes' service accounts; ACLs of EMQX, Kafka, RabbitMQ.
    kind: 'other-credentials',
    said: 'it changes who may call it',
    changes:
      /\bprincipals?\b|\bservice_?-?accounts?\b|\bserviceAccount\w{0,10}\b|\bAuthorization ?Polic(?:y|ies)\b|\bspiffe\b|\bintentions?\b|\bServerAuthorization\b|\ballowed_?-?(?:callers?|clients?|services?)\b|\bPeerAuthentication\b|\bauthz\b|\bacls?\b|\bno_match\b|\b(?:Mesh ?TLS|Network) ?Authentications?\b|\brequired ?Authentication ?Refs\b/i,
    shows:
      /\brbac\b|rbac_access_denied|denied by (?:\w{1,20} )?(?:policy|intention)|unauthorized (?:connection|request) on\b|unauthorized connection|\bspiffe\b|\bis not authorized\b|\breason code 0x87\b|authorization_permission_denied|access_?refused|(?:topic|group)_?\s?authorization_?\s?failed|\bnot authorized to access (?:topics?|group|cluster)\b/,
  },
  {
    // What AWS, Google Cloud and Azure answer where a policy or a role grants too little; Consul's, Nomad's and Vault's
    // policies. https://developer.hashicorp.com/consul/docs/security/acl/acl-rules
    kind: 'other-credentials',
    said: 'it changes a policy that says who may do what',
    changes:
      /\b(?:bucket|iam|resource|access|key|kms|queue|topic|endpoint|trust|service control|organi[sz]ation|vault|role|container|blob|storage|permissions?)[-_ ]?(?:based[-_ ])?polic(?:y|ies)\b|\b(?:iam|assume|service|storage|task|instance|execution)[-_ ]roles?\b|\brole[-_ ]?(?:binding|assignment)s?\b|\bpermissions?[-_ ]boundar(?:y|ies)\b|\biam\b|"(?:Effect|Principal|Action)"\s{0,3}:|\bpolicy\s{0,2}=\s{0,2}["'](?:read|write|deny|list)|\b(?:service|key|node|session|event|query|agent)_prefix\b|\bcapabilities\s{0,2}=/i,
    shows:
      /\blacks permission '|\bpermission denied: (?:token|accessor)\b|\b1 error occurred:.{0,20}permission denied|accessdenied|access denied: user\b|\bis not authorized to perform\b|explicit deny|(?:resource|identity|session)-based policy|permissions boundary|does not have [a-z]{1,40}\.[a-z.]{1,60} access|authorization(?:permission)?mismatch|authorizationfailed|does not have authorization to perform|kms\S{0,20}accessdenied/,
  },
  {
    // AWS KMS (encryption contexts of S3, SQS, EBS), Google's CMEK (`cloudkms.`), Azure Key Vault: who reads or writes needs
    // rights of the key beside those of the store.
    kind: 'other-credentials',
    said: 'it changes the key that encrypts what is stored',
    changes:
      /\bkms\w{0,20}|\w{0,20}_kms_\w{0,20}|\bsse_?-?\w{0,20}|\bserver_?-?side_?-?encryption\w{0,30}|\bcmek\b|\bcustomer[-_ ]managed[-_ ](?:encryption[-_ ])?keys?\b|\bcrypto_?-?keys?\b|\bkey_?-?vault\w{0,20}|\bencrypt(?:s|ion)\b/i,
    shows:
      /\bkms:[a-z]{4,30}|\bkms\.\w{4,30}exception\b|\bcloudkms\.\w{4,30}|\bcloud kms\b|\bkeyvault\b.{0,80}\b(?:forbidden|denied|wrap)|\bkms\b.{0,60}\b(?:denied|disabled|not authorized)\b/,
  },
  {
    // ClickHouse (TOO_MANY_PARTS): each insert makes a part of each partition that it writes to.
    // https://clickhouse.com/docs/knowledgebase/exception-too-many-parts
    kind: 'unbatched',
    said: 'it changes how many rows one insert writes',
    changes:
      /(?:\b|_)batch\w{0,20}|\binsert\w{0,20}|\bbuffer\w{0,20}|\bflush\w{0,20}|\basync_insert\w{0,30}|\bbulk\w{0,10}|\bmax_?(?:insert_)?rows\b|\bpartition by\b|\bparts_to_(?:throw|delay)_insert\b/i,
    shows: /\btoo many parts\b|\btoo_many_parts\b/,
  },
  {
    // Redis Cluster specification: all keys of one command lie in one slot, or have one hash tag.
    // https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#multi-key-operations
    kind: 'other-name',
    said: 'it changes which keys one command takes',
    changes:
      /\bm(?:get|set|setnx|setex)\s{0,2}[(\]"']|\b(?:multi|pipeline\w{0,4}|transaction|tx_?pipeline\w{0,4}|eval(?:sha)?|rename(?:nx)?|[sz](?:union|inter|diff)(?:store)?|pfmerge|pfcount|[lb]?r?pop_?l?push|[bl]move|smove|copy|del|unlink|exists|watch)\s{0,2}\(|\{(?:[a-z]{1,30}[.:_]){0,3}[a-z_]{1,30}\}:|:\{|\bhash_?-?tags?\b/i,
    shows: /\bcrossslot\b|\bdon't hash to the same slot\b|\bhash to (?:different|the same) slots?\b/,
  },
  {
    // OWASP, Certificate and Public Key Pinning; what OkHttp, TrustKit, Alamofire, Chromium and Flutter write.
    kind: 'other-trust',
    said: 'it changes a certificate or its key',
    changes:
      /\b(?:tls|ssl|server|leaf|private)?[._-]?(?:certs?|certificates?)\b|\btls[._-](?:key|crt|secret\w{0,6})\b|\bsecret_?name\b|\bkey_?pairs?\b|\bspki\b|\bpin(?:s|set|ned|ning)\b|\bprivate_?-?key\w{0,10}|\bacm\b|\bca[-_ ](?:bundle|file)\b|\bissuer(?:_?ref)?\b/i,
    shows:
      /\bcertificate pinning (?:failure|failed|error)|\bpinned (?:certificate|public key|key)s?\b|\bpin(?:ning)? (?:validation|verification|check|mismatch|failure|failed)|\bpublic key pins?\b|\berr_ssl_pinned_key_not_in_cert_chain\b|\bserver ?trust ?evaluation ?failed\b/,
  },
  {
    // webpack's ChunkLoadError, dynamic imports of Chrome, Firefox and Safari, Vite's vite:preloadError.
    // https://vite.dev/guide/build#load-error-handling
    kind: 'rows-gone',
    said: 'it changes which files of earlier releases stay',
    changes:
      /(?:^|\s)--(?:delete\w{0,10}|remove-\w{2,20}|prune|mirror)\b|\brm -[rf]{1,2}\b|\brimraf\b|\b(?:s3|gsutil|gcloud storage|rclone|az storage blob|rsync|aws)\b.{0,80}\b(?:sync|rsync|rm|delete\w{0,8})\b|\b(?:empty|clean|purge|prune|delete|remove|keep|retain)\w{0,5}\b.{0,40}\b(?:assets?|chunks?|bundles?|static|dist|outdir|builds?|releases?|files?)\b|\bemptyOutDir\b|\bpublic_?path\b|\basset_?prefix\b|\bcontent_?hash\b|\bchunk_?file_?names?\b|\blifecycle\w{0,20}\b/i,
    shows:
      /\bchunkloaderror\b|\bloading (?:css )?chunk \S{1,60} failed\b|\bfailed to fetch dynamically imported module\b|\berror loading dynamically imported module\b|\bimporting a module script failed\b|\bunable to preload css\b/,
  },
  {
    // What decides the names of fields: System.Text.Json, Newtonsoft, Jackson, Gson, serde, pydantic, Go's tags, protobuf's JSON.
    kind: 'other-format',
    said: 'it changes how fields are named',
    changes:
      /\b\w{0,10}naming_?-?(?:policy|strateg(?:y|ies))\b|\bPropertyNaming\w{0,10}|\bProperty(?:Naming)?Strateg(?:y|ies)\b|\b(?:snake|camel|kebab|pascal)[_-]?case\w{0,8}\b|\bCamelCasePropertyNames\w{0,20}|\brename_all\b|\balias_generator\b|\bby_alias\b|\bpopulate_by_name\b|\bFieldNamingPolicy\b|\bPropertyNameCaseInsensitive\b|\bpreserving_?proto_?field_?names?\b|\buse_?proto_?names\b|\bDefaultContractResolver\b|\bkey_?transform\w{0,10}\b|\bcamelize\w{0,10}\b|\bunderscore_?keys\b/i,
    shows:
      /\b(?:field|property|attribute|member|parameter|key)s? (?:['"`\w.]{1,60} )?(?:is|are) (?:required|missing)\b|\b(?:missing|required) (?:required )?(?:field|propert(?:y|ies)|attribute|member|key)s?\b|\bfield required\b|\bunrecognized (?:field|property|key)s?\b|\bunknown (?:field|property|key)s?\b|\bcould not be mapped to any \.net member\b|\bmust have required property\b/,
  },
  {
    // PostgreSQL 40P01, MySQL 1213, SQL Server 1205, ORA-00060.
    kind: 'other-lock-order',
    said: 'it changes what is locked, or in which order',
    changes:
      /\.lock\b|\b(?:for|FOR) (?:update|UPDATE)\b|\bselect_for_update\b|\block_?[fF]or_?[uU]pdate\b|\bwith_lock\b|\bPESSIMISTIC_WRITE\b|\bUPDLOCK\b|\.sort\w{0,12}[!?]?\(|\.sort\b|\bsorted\(|\bsort\.\w{2,20}\(|\bsort_by\b|\border_?[bB]y\b|\bORDER BY\b|\bComparator\b|\bTreeMap\b|\b(?:lock|read|debit|update)\w{0,3} \w{2,30} first\b|\b(?:lock|sort)(?:ing)? order\b/,
    shows: /deadlock|\b40p01\b|ora-00060|lock order/,
  },
  {
    // SQS, Pub/Sub, NATS, Service Bus, Kafka, RabbitMQ, Celery.
    kind: 'shorter-timeout',
    said: 'it changes when a message is delivered again, or what happens then',
    changes:
      /\bvisibility_?-?timeout\w{0,10}|\back_?-?(?:deadline|wait|timeout)\w{0,10}|\bmax\.?_?poll\.?_?\w{0,10}|\bsession\.timeout\w{0,4}|\bconsumer_timeout\b|\block_?duration\w{0,10}|\bidempot\w{1,10}|\bde-?dup\w{0,16}|\backs?_late\b/i,
    shows:
      /receive ?count|redeliver|delivered (?:again|twice)|\breceived \(?again\b|\b(?:got|sent|booked|charged|paid|printed|shipped|received|processed|ran|executed) (?:[\w-]{1,20} ){0,3}twice\b|delivery (?:count|attempt)|already (?:been )?(?:processed|exists|charged|booked|activated?|active|shipped)|duplicate (?:message|request|delivery|order|charge)|max\.poll\.interval|rebalanc|message ?lock ?lost|lock (?:supplied )?(?:is |has )?(?:expired|invalid)|delivery acknowledgement|receipt ?handle.{0,40}(?:expired|invalid)/,
  },
  {
    kind: 'other-credentials',
    said: 'it changes what a process may do',
    changes:
      /^USER\s|\brunAs\w{1,20}|securityContext|readOnlyRootFilesystem|\bcapabilit\w{1,4}\b|seccomp|apparmor|selinux|\bumask\b|\bch(?:mod|own)\b|\bfsGroup\b|\bReadOnlyPaths\b|\bProtectSystem\b|\bnon-?root\b/im,
    shows: /permission denied|read-only file system|\beacces\b|\beperm\b|operation not permitted/,
  },
  {
    // MongoDB, Cassandra, Kafka, PostgreSQL, DynamoDB.
    kind: 'other-consistency',
    said: 'it changes which replicas answer',
    changes:
      /read_?-?preference|read_?concern|write_?concern|consisten\w{1,5}|\bquorum\b|\backs\b|min\.insync|\bw:\s|application_?intent|target_session_attrs|\bsecondar(?:y|ies)\b|read_?replicas?/i,
    shows:
      /consistency level|not enough replicas|not_enough_replicas|right after|stale|replicat\w{1,4}|behind the primary|\blag\b|not (?:master|primary)|unavailableexception/,
  },
  {
    // Rails (`database_selector`), Django (`DATABASE_ROUTERS`), ProxySQL and MaxScale, Pgpool-II, JDBC, libpq, ODBC,
    // Aurora's reader endpoints: MySQL 1290 and 1836, SQLSTATE 25006, SQL Server 3906, Redis' READONLY, MongoDB's NotWritablePrimary.
    kind: 'other-primary',
    said: 'it changes which server of the database gets the statements',
    changes:
      /\b\w{0,30}host_?group\w{0,10}\b|\bread_?-?write_?-?split\w{0,5}|\bmysql_query_rules\b|\btarget_session_attrs\b|\btarget_?server_?type\b|\bapplication_?intent\b|\bread_?-?preference\b|\bdatabase_?(?:selector|resolver)\w{0,20}|\bprevent_writes\b|\bwhile_preventing_writes\b|\bconnect(?:ed_to|s_to)\b|\breading_role\b|\bDATABASE_ROUTERS\b|\breadOnly\s{0,3}=\s{0,3}true\b|\bdefault_transaction_read_only\b|\.cluster-ro-|\b[\w-]{1,60}-(?:ro|replicas?|readers?|read-?only|standby|followers?)(?=[.:"'\s/]|$)|\b(?:reads?|writes?|statements|queries) (?:of \S{1,60} )?(?:go|goes|are sent|are routed|sent|routed) to (?:the |a )?(?:replicas?|readers?|primary|writer|standby)/im,
    shows:
      /(?:--|super-)read-only\b|\bread-only transaction\b|\breadonly you can't write\b|\bread[- ]only replica\b|\bnot ?writable ?primary\b|\bnot master\b|\bdatabase is read-?only\b|\b(?:readonly|read-only) (?:mode|database|connection|transaction)\b|\breadonlyerror\b|\b25006\b|\bmust be (?:in )?read-only\b/,
  },
  {
    // Kafka (NOT_ENOUGH_REPLICAS, LEADER_NOT_AVAILABLE), Cassandra, Envoy's flag UH.
    kind: 'instances-stopped',
    said: 'it stops instances on purpose',
    changes:
      /\b(?:broker-)?pod-(?:delete|kill|failure)\b|\bpod-?chaos\b|\bcontainer-kill\b|\baws:(?:ec2|ecs|eks):[\w-]{3,40}|\bnode-drain\b/i,
    shows:
      /in-sync replicas|not_?\s?enough_?\s?replicas|leader_?\s?not_?\s?available|\bonly \d{1,3} alive\b|brokers? (?:are |is )?(?:down|not available)|no healthy (?:upstream|host)/,
  },
  {
    kind: 'lower-limit',
    said: 'it changes how much one query may ask for',
    changes:
      /\bmax_?(?:depth|complexity|cost|aliases|result_?window|clause_?count|buckets)\b|\bdepth_?limit\w{0,3}\b|\bsize["']?\s{0,3}[:=]\s{0,3}[\d_]{1,9}|\bper_?page\b|\bpage_?size\b|\blimit["']?\s{0,3}[:=(]\s{0,3}[\d_]{1,9}/i,
    shows:
      /(?:operation|query|maximum) (?:\w{1,20} ){0,2}(?:depth|complexity|cost)|too (?:deep|complex)|result window|from \+ size|too_many_(?:clauses|buckets)|page size/,
  },
  {
    // Kubernetes' ResourceQuota and LimitRange, as its API server refuses.
    kind: 'lower-limit',
    said: 'it changes how much a namespace may have',
    changes:
      /\bresource[-_ ]?quotas?\b|\blimit[-_ ]?ranges?\b|\bquotas?\b.{0,60}\b(?:pods?|cpus?|memory|claims?|pvcs?|gpus?)\b/i,
    shows: /exceeded quota|\b(?:maximum|minimum) (?:cpu|memory|storage|ephemeral-storage)\b.{0,20} usage per\b/,
  },
  {
    // S3's InvalidObjectState, Azure's BlobArchived and BlobBeingRehydrated, classes of OCI and of MinIO's tiers.
    kind: 'other-class',
    said: 'it changes in which class of storage objects are kept',
    changes:
      /\b(?:set_?)?storage_?-?class\b|\blifecycle(?:_?(?:rule|configuration|policy))?\b|\bglacier\b|\b(?:deep_)?archive\b|\bset_?blob_?tier\b|\baccess_?tier\b|\btier_?to_?\w{2,10}\b|\bnoncurrent_?version_?transition\b/i,
    shows:
      /\binvalidobjectstate\b|\bobject's storage class\b|\bstorage class\b.{0,60}\b(?:archive|glacier|restore|not valid)|\bblobarchived\b|\bblobbeingrehydrated\b|\barchived (?:blob|object)|\b(?:blob|object) is (?:archived|in archive)/,
  },
  {
    // InfluxDB (max-series-per-database, max-values-per-tag), Mimir and Cortex (max-series-per-user), Loki (streams),
    // Prometheus (sample_limit), VictoriaMetrics: each value of a tag or of a label is a series of its own.
    kind: 'more-series',
    said: 'it changes what each point or line is tagged with',
    changes: PER_ITEM,
    shows:
      /\bmax-(?:series|values)-per-\w{2,20}|\bmax[-_](?:global[-_])?(?:series|streams)\b|\bhigh cardinality\b|\bcardinality (?:limit|of)\b|\bper-user (?:series|streams?) limit\b|\bmaximum (?:active (?:series|streams?)|number of (?:active )?series)\b|\bmaximum active stream limit\b|\btoo many (?:time ?)?series\b/,
  },
  {
    // A broker that throttles a client answers late: its batches expire (KIP-13, KIP-219).
    kind: 'lower-limit',
    said: 'it changes how much clients may send to the broker',
    changes:
      /\b(?:producer|consumer)_?-?byte_?-?rate\b|\brequest_percentage\b|\bclient_?-?quotas?\b|\bentity-type (?:clients|users)\b/i,
    shows: /since batch creation|batch(?:es)? expired|expiring \d{1,6} record|throttl|quota/,
  },
  {
    kind: 'lower-limit',
    said: 'it changes how requests are counted',
    changes:
      /rate_?-?limit\w{0,10}|\bthrottl\w{1,4}\b|\bquotas?\b|\bburst\b|\blimits?\.(?:ya?ml|json|conf)\b|\blimit_(?:req|conn)\w{0,10}\b|\breserved_?concurren\w{1,6}/i,
    shows: /\b429\b|rate.?limit|too many requests|throttl|quota/,
  },
  {
    // ProxySQL, PgBouncer (query_wait_timeout), Odyssey, pgcat, MaxScale.
    kind: 'lower-limit',
    said: 'it changes how many connections a pooler opens',
    changes:
      /\bmax_?-?(?:client|server|db|user)?_?-?conn\w{0,12}|\b(?:default|min|reserve)_pool_size\b|\bpool_?size\b|\bpersistpoolmax\b/i,
    shows:
      /max connect timeout reached|query_wait_timeout|no more connections allowed|all server connections|client_login_timeout|max_client_conn/,
  },
  {
    kind: 'other-format',
    said: 'it changes the form of values',
    changes:
      /\.toFixed\(|\.to_?String\(|\bString\(|\bNumber\(|\bparse\w{0,20}\(|\bstr[fp]time\(|\bJSON\.\w|\bjson\.\w|serializ|\benum\b|\bproto\w{0,4}\b|["'][A-Z][A-Z_]{4,60}["']|\bDecimal\(|\bBoolean\(|\bISO_?8601\b|\bisoformat\b|\b[Ss]trict(?:ly|er)?\b/,
    shows:
      /invalid value|cannot (?:decode|parse|convert|unmarshal|deserialize)|could not (?:decode|parse|convert|deserialize)|wire ?type|no enum constant|unknown (?:enum|variant)|is not a (?:valid )?\w|datatypeexception|unexpected (?:token|type)|numberformat|does not match format/,
  },
  {
    // Cassandra, Redis Cluster, Elasticsearch, Kafka.
    kind: 'other-source',
    said: 'it changes which node holds what',
    changes:
      /auto_bootstrap|\bjoin\w{0,3}\b.{0,40}\b(?:ring|cluster)\b|\bre-?shard\w{0,3}\b|\bre-?balanc\w{1,3}\b|\bdecommission\w{0,3}\b|\bhash ?slots?\b|\bnum_?tokens\b/i,
    shows: /not found|missing|\bmoved\b|clusterdown|no such (?:row|key)|no longer (?:the )?leader|notleader/,
  },
];

/** In a longer text more techniques are named than the change is about. */
const LONGEST = 4_000;

/**
 * What the change and the failure have in common. `touched`: the changed lines, or the title. `isRaised`: the only numbers
 * that it changes become larger.
 */
export function sharedTechniques(touched: string, failure: string, isRaised = false): Effect[] {
  if (touched === '' || failure === '') return [];
  const [read, said] = [touched.slice(0, LONGEST), failure.slice(0, LONGEST)];
  return TECHNIQUES.filter(
    ({ changes, shows, unless, isLess = false }) =>
      shows.test(said) && unless?.test(said) !== true && changes.test(read) && !(isLess && isRaised),
  ).map(({ kind, said: text }): Effect => ({ kind, text, strength: 1 }));
}
