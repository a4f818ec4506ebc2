/**
 * Techniques of what services load, show and read: models and their features, pages and where they are rendered, points of
 * machines, salts of sessions, columns of warehouses.
 */
import type { Technique } from '#model/changes/techniques/platform-techniques.ts';
import { CERTIFICATE_EXPIRED } from '#model/instruments/certificate-words.ts';

export const ARTIFACT_TECHNIQUES: readonly Technique[] = [
  {
    // PyTorch, Keras and TensorFlow, ONNX Runtime, scikit-learn, XGBoost, LightGBM, CatBoost, llama.cpp, safetensors.
    // https://github.com/wjn922/ReferFormer/issues/31, https://xgboost.readthedocs.io/en/stable/python/python_api.html
    kind: 'other-model',
    said: 'it changes a model or what the program makes of it',
    changes:
      /\bcheck_?-?points?\b|\bweights\b|\b[\w./-]{1,80}\.(?:pt|pth|ckpt|safetensors|onnx|gguf|ggml|h5|keras|joblib|pkl|pickle|cbm|tflite|mar|bst|ubj)\b|\bmodel_?-?(?:id|name|path|uri|url|file|version|repo|revision|stage|tag|dir)\b|\bmodels?:\/|\bmodels?["']?\s{0,3}[:=]|\bfeature_?(?:s|set|list|names|columns|order|view|store)\b|\bin_?_?(?:channels|features)\b|\bhidden_?(?:size|dim|units)\b|\bn_?features\b|\bnum_?(?:classes|labels|layers)\b|\binput_?(?:shape|size|dim)\w{0,3}\b|\blayers?\b/i,
    shows:
      /\bin loading state_dict\b|\bsize mismatch for \S|\b(?:missing|unexpected) key\(s\) in state_dict\b|\bcopying a param with shape\b|\bfrom checkpoint, the shape in current model\b|\bgot invalid dimensions for input\b|\bunexpected input data type\b|\binvalid feed input name\b|\bmat1 and mat2 shapes cannot be multiplied\b|\bexpected input\[.{1,60}\] to have \d{1,6} channels\b|\bincompatible with the layer\b|\bincompatible shape for input\b|\blayer .{1,60} expects \d{1,3} input|\bunknown layer\b|\bx has \d{1,6} features, but \w{1,60} is expecting\b|\bfeature_?_?names (?:should match|mismatch|must match|unseen)\b|\bfeature shape mismatch\b|\bnumber of features in data \(\d{1,6}\) is not the same\b|\bfeature \S{1,80} is (?:absent|present) in model but\b|\bunknown model architecture\b|\bwrong number of tensors\b|\bsafetensorerror\b|\bunsupported (?:model )?(?:ir|opset) version\b|\binconsistentversionwarning\b/,
  },
  {
    // Next.js, Nuxt, SvelteKit, Astro, Remix, Angular: pages made ahead, at the edge, on the server or in the browser.
    // https://nextjs.org/docs/messages/dynamic-server-error, https://nextjs.org/docs/messages/node-module-in-edge-runtime
    kind: 'other-settings',
    said: 'it changes where or when a page is rendered',
    changes:
      /\bdynamic(?:params)?\s{0,3}=\s{0,3}["']?(?:auto|error|force-\w{4,10}|true|false)|\b(?:force-)?(?:static|dynamic)\b|\bstatically\b|\brevalidate\b|\bprerender\w{0,3}\b|\bruntime["']?\s{0,3}[:=]|\bedge\b|["']use (?:client|server|cache)["']|\boutput["']?\s{0,3}[:=]|\bgenerateStaticParams\b|\bgetStatic(?:Props|Paths)\b|\bgetServerSideProps\b|\b[scpi]sr\b|\brouteRules\b|\bcacheComponents\b|\bhydrat\w{1,4}\b/i,
    shows:
      /\bdynamic[ _]server[ _](?:usage|error)\b|\bdynamicservererror\b|\bcouldn't be rendered statically\b|\bpage changed from static to dynamic\b|\bused `\S{1,60}` (?:which|inside)\b|\berror occurred prerendering\b|\bmissing (?:param )?\S{1,60} in "?generatestaticparams|\bmissing ["'`]?generatestaticparams\b|\bnot supported in the edge runtime\b|\bdynamic code evaluation\b.{0,60}\bnot allowed\b|\bcannot prerender\b|\bonly works in a (?:client|server) component\b|\bcannot be passed (?:directly )?to client components?\b|\bhydration failed\b|\b(?:window|document|localstorage) is not defined\b|\bcannot (?:access|use) `?\S{1,40}`? (?:on|in) (?:the )?(?:prerender\w{0,3}|static) /,
  },
  {
    // OPC UA (Part 4), Modbus (exception 2), Siemens S7, BACnet, EtherNet/IP: the point that a device is asked for.
    // https://github.com/FreeOpcUa/opcua-asyncio/issues/1585, https://github.com/mikakaraila/node-red-contrib-opcua/issues/478
    kind: 'other-host',
    said: 'it changes which points of a device are read',
    changes:
      /\bname_?spaces?(?:_?(?:index|idx|uri))?\b|\bns(?:u)?\s{0,3}[:=]|\bnode_?-?ids?\b|\bnodes\.\w{2,5}\b|\b(?:holding|input|coil|discrete)?_?registers?\b|\bregister_?map\b|\b(?:unit|slave|device)_?-?(?:id|address|instance)\b|\baddress(?:es|_?offset)?\b|\boffset\b|\btags?\b|\bobject_?-?(?:id|instance|type)s?\b|\bfirmware\b|\bpoints?\b/i,
    shows:
      /\bbad_?node_?id_?(?:unknown|invalid)\b|\b0x8034_?0000\b|\bnode id refers to a node that does not exist\b|\billegal data address\b|\bmodbus\b.{0,60}\bexception(?: code)?:? 0?x?0?2\b|\billegaladdress\w{0,10}|\baddress out of range\b|\bitem not available\b|\bunknown[- ]object\b|\bunknown[- ]property\b|\bpath destination unknown\b|\bpath segment error\b/,
  },
  {
    // Phoenix and Plug, Rails, Django, Flask (itsdangerous), Laravel, ASP.NET (data protection), Express, Symfony, Spring.
    // https://github.com/HDInnovations/UNIT3D/issues/1607, https://github.com/heartcombo/devise/issues/4904
    kind: 'other-credentials',
    said: 'it changes what sessions and tokens are signed with',
    changes:
      /(?<![A-Za-z])(?:\w{1,40}_)?salts?(?![A-Za-z])|\bsigning_?salt\b|\bsecret_?key(?:_?base)?\b|\bapp_?key\b|\bsession_?-?secret\b|\bcookie_?-?(?:secret|key|password)\b|\bdata_?-?protection\b|\bkey_?-?ring\b|\bPersistKeysTo\w{3,30}|\bSetApplicationName\b|\bremember_?-?me_?-?key\b|\b\w{0,30}_SECRET\b/i,
    shows:
      /\bphoenix\.token\.(?:verify|decrypt)\b.{0,20}\binvalid\b|\bcould not decode session\b|\bmessage(?:verifier::invalidsignature|encryptor::invalidmessage)\b|\binvalidauthenticitytoken\b|\bbadsignature\b|\bsignature ["'`]?b?["'`]?\S{1,60} does not match\b|\bsession data corrupted\b|\bthe mac is invalid\b|\bdecryptexception\b|\bthe payload is invalid\b|\bwas not found in the key ring\b|\bantiforgery token could not be decrypted\b|\bunprotect ticket failed\b|\bcookie(?: encryptor error)?: hmac is invalid\b|\bbad ?hmac\b|\binvalidcookieexception\b|\b(?:session|cookie)s?\b.{0,40}\b(?:invalid|bad|wrong) (?:signature|mac|hmac)\b/,
  },
  {
    // What an image has from its base: root certificates, zones, shared libraries, fonts, a shell, users. Go, Python, Node.js,
    // Java, .NET, Rust, libc (glibc, musl), Docker, runc. https://github.com/GoogleContainerTools/distroless/blob/main/base/README.md
    kind: 'other-settings',
    said: 'it changes what its image has from its base',
    changes:
      /^FROM\s{1,4}(?:--platform=\S{1,60}\s{1,4})?(?:scratch\b|\S{1,200}[:/@]\S)|\bbase_?-?image\b|\b(?:scratch|distroless|chiseled|alpine|(?:bullseye|bookworm|trixie|jammy|noble)?-?slim|ubi\d?-(?:micro|minimal)|busybox|wolfi)\b|\bca-certificates\b|\bupdate-ca-(?:certificates|trust)\b|\btzdata\b|\bapk add\b|\bapt(?:-get)? install\b|\b(?:micro)?dnf install\b|\/etc\/ssl\/certs\b/im,
    shows:
      /\bcertificate signed by unknown authority\b|\bfailed to load system roots\b|\bno (?:root|ca|trusted|native) certificates?\b|\bunable to get (?:local )?issuer certificate\b|\berror setting certificate (?:verify locations|file)\b|\bunable to load (?:local )?(?:root|ca) certs?\b|\bca-certificates\.crt\b|\btrustanchors parameter must be non-empty\b|\bunknownissuer\b|\bunknown time zone\b|\bzoneinfonotfounderror\b|\btimezonenotfound\w{0,10}|\berror while loading shared libraries\b|\bcannot open shared object file\b|\bunable to load shared library\b|\berror loading shared library\b|\brelocating [^\s:]{1,200}: [^\s:]{1,120}: symbol not found\b|\bversion ["'`]?glibc(?:xx)?_[\d.]{1,8}["'`]? not found\b|\bexec \S{1,200}: no such file or directory\b|["'`]?(?:\/bin\/)?(?:ba)?sh["'`]?: (?:executable file not found|stat .{0,40}no such file)|\bfontconfig (?:error|head is null)\b|\bunable to find user\b|\bunknown userid\b/,
    unless: CERTIFICATE_EXPIRED,
  },
  {
    // Snowflake (000904, 002003), BigQuery, Databricks and Spark, Redshift, Trino, ClickHouse, dbt: a model that reads another.
    // https://docs.getdbt.com/guides/debug-errors
    kind: 'column-gone',
    said: 'it changes columns that another model reads',
    changes:
      /\b(?:models|staging|marts|snapshots|seeds|macros|views|etl|transform\w{0,8})\/[\w./-]{1,120}|\.sql\b|\bstg_\w{1,60}|\bref\(|\bselect\b|\brenam\w{1,4}\b|\b(?:add|drop|alter)\b.{0,20}\bcolumn\b/i,
    shows:
      /\binvalid identifier\b|\bunrecognized name:|\bunresolved_?column\b|\bcolumn \S{1,120} (?:cannot be resolved|does not exist)\b|\bcannot resolve ["'`]?\S{1,120} given input columns\b|\bunknown (?:expression )?identifier\b|\bmissing columns:|\bname \S{1,120} not found inside\b/,
  },
  {
    // Kafka, Redpanda, Pulsar: a reader that is slower than the retention of its topic finds its position gone.
    // https://kafka.apache.org/documentation/#topicconfigs_retention.ms
    kind: 'lower-limit',
    said: 'it changes how long messages are kept',
    changes:
      /\bretention(?:[._-]?(?:ms|minutes|hours|days|bytes|time|period|policies|size\w{0,10}))?\b|\bsegment[._-](?:ms|bytes)\b|\bcleanup[._-]policy\b|\bkeep(?:s|ing)? (?:messages|topics|less)\b/i,
    shows:
      /\bis out of range for (?:topic-)?partition\b|\blost messages\b|\boffset_?out_?of_?range\w{0,9}\b|\boffset out of range\b|\boutside the range of offsets maintained by the server\b/,
    isLess: true,
  },
];
