/** Words for the start of a process. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';
import type { AmountSign, DurationSign } from '#model/trace/wait-amounts.ts';

/** Names of spans that are only the start. */
export const START_OPERATIONS = signList(
  /init|load|import|cold|boot|start|warm|provision|refresh|instantiate|pretrained|model|factory|mappers|host/i,
  [
    {
      by: 'Ray Serve, BentoML, KServe',
      says: /^(?:replica|worker|runner|model|pipeline|actor|container|deployment)[ _.:-](?:init(?:iali[sz](?:e|ation))?|load(?:ing)?|start(?:up)?)$/i,
      example: 'Replica.initialize',
      source: 'https://docs.ray.io/en/latest/serve/autoscaling-guide.html',
    },
    {
      by: 'Hugging Face Transformers',
      says: /\bfrom_pretrained$/i,
      example: 'AutoModel.from_pretrained',
      source: 'https://huggingface.co/docs/transformers/main_classes/model',
    },
    {
      by: 'AWS X-Ray, Lambda',
      says: /^(?:init(?:iali[sz](?:e|ed|ing|ation))?|boot(?:strap)?(?:p?ing)?|start(?:ing)?[ _-]?up|warm(?:ing)?[ _-]?up|provision(?:ing)?|eager[ _-]?load(?:ing)?)$/i,
      example: 'Initialization',
      source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html',
    },
    {
      by: 'Entity Framework, Hibernate, NHibernate, SQLAlchemy, Prisma',
      says: /^(?:(?:ef core|entity framework(?: core)?|hibernate|nhibernate|jpa|sqlalchemy|prisma)[ .:_-]{1,2})(?:model[ ._-]?(?:build(?:ing)?|creat(?:ing|ion)|compil(?:e|ing|ation)|initiali[sz]ation)|(?:build|create)[ ._-]?(?:session|entity[ ._-]?manager)[ ._-]?factory|configure[ ._-]?mappers|engine[ ._-]?(?:start|load))$/i,
      example: 'EF Core model building',
      source: 'https://learn.microsoft.com/ef/core/performance/advanced-performance-topics#compiled-models',
    },
    {
      by: 'Azure Functions, which turns a waiting host into that of the app',
      says: /^(?:functions?[ _-]?)?host[ ._:-](?:speciali[sz](?:e|ation|ing)|assign(?:ment)?)$/i,
      example: 'FunctionsHost.Specialization',
      source: 'https://azure.microsoft.com/blog/understanding-serverless-cold-start/',
    },
    {
      by: 'services',
      says: /\bcold[ _.-]?start\b/i,
      example: 'cold start',
      source: CUSTOMARY,
    },
    {
      by: 'services',
      says: /\b(?:load|init|import|warm|start|instantiate)\w{0,10}\b.{1,60}\b(?:at|on) (?:the )?first (?:use|request|call|access)\b/i,
      example: 'load dictionaries on first use',
      source: CUSTOMARY,
    },
    {
      by: 'services',
      says: /^(?:lazy[ _-]?(?:init|load)[ _.:/-]+)?(?:(?:pre-?)?load|import)(?:ing)?[ _.:/-]+(?:(?:the|new|spring|web|http|db|database|ml)[ _.:/-]+)?(?:app(?:lication)?|config(?:uration)?|models?|modules?|plugins?|class(?:es)?|dependenc(?:y|ies)|beans?|templates)\b/i,
      example: 'load_model',
      source: CUSTOMARY,
    },
    {
      by: 'Spring MVC, servlets',
      says: /^(?:\w{1,40}\.)?\w{0,40}Servlet[.#:](?:init(?:ServletBean|Strategies|WebApplicationContext)?|onRefresh)(?:\(\))?$/i,
      example: 'DispatcherServlet.initServletBean',
      source:
        'https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/web/servlet/FrameworkServlet.html',
    },
    {
      by: 'Spring',
      says: /^spring\.(?:context\.refresh|context\.[\w-]{1,40}|beans\.[\w-]{1,40}|boot\.[\w.-]{1,60})$/i,
      example: 'spring.context.refresh',
      source: 'https://docs.spring.io/spring-framework/reference/core/appendix/application-startup-steps.html',
    },
    {
      by: 'Spring',
      says: /\b(?:application|spring)[ ._-]?context[ ._-]?(?:start(?:ed|ing|up)?|refresh(?:ed|ing)?)$/i,
      example: 'ApplicationContext refresh',
      source: 'https://docs.spring.io/spring-framework/reference/core/appendix/application-startup-steps.html',
    },
  ],
);

/** Names of spans in which a proxy holds a request until an instance of the asked service is ready. */
export const START_HOLDS = signList(/throttler|wait/i, [
  {
    by: 'Knative activator, which holds a request until an instance is ready',
    says: /^(?:activator_)?throttler(?:_try)?$/i,
    example: 'throttler_try',
    source: 'https://github.com/knative/serving/blob/main/pkg/activator/handler/handler.go',
  },
  {
    by: 'Knative, KEDA, services that start at the first request',
    says: /\bwait(?:s|ed|ing)? (?:for|until) (?:a |an |the )?(?:new )?(?:revision|instance|replica|pod|container|function|scale[- ]?up)\b[^;]{0,40}\b(?:ready|start(?:ed)?|available)\b/i,
    example: 'activator: waiting for revision to become ready',
    source: 'https://knative.dev/docs/serving/request-flow/',
  },
]);

/** Attributes that measure the start. The group captures the unit. */
export const START_DURATIONS = signList<DurationSign>(/init|cold|startup/i, [
  {
    by: 'AWS Lambda',
    says: /(?:init|cold_?start)[\w.]{0,60}duration(?:_(ms|us|s|seconds))$/i,
    example: 'faas.init_duration_ms',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html',
  },
  {
    by: 'AWS Lambda',
    says: /(?:init|cold_?start)[\w.]{0,60}duration(?:ms)?$/i,
    unit: 'ms',
    example: 'aws.lambda.init_duration',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html',
  },
]);

/** Attributes of a call that measure how long its callee loaded what it needs before it worked. */
export const LOAD_DURATIONS = signList<DurationSign>(/load/i, [
  {
    by: 'Ollama',
    says: /^(?:\w{1,20}\.){0,3}load_duration(?:_(ns|us|ms|s))$/i,
    example: 'gen_ai.ollama.load_duration_ms',
    source: 'https://github.com/ollama/ollama/blob/main/docs/api.md',
  },
  {
    by: 'Ollama',
    says: /^(?:\w{1,20}\.){0,3}load_duration$/i,
    unit: 'ns',
    example: 'ollama.load_duration',
    source: 'https://github.com/ollama/ollama/blob/main/docs/api.md',
  },
  {
    by: 'model servers',
    says: /^(?:\w{1,20}\.){0,3}model[._]load(?:ing)?[._]?(?:time|duration)?[._](ms|s|seconds)$/i,
    example: 'model.load_time_ms',
    source: CUSTOMARY,
  },
]);

/** Log lines at the end of a start, with its duration: the process was not ready before. */
export const START_LINES = signList<AmountSign>(/start|initialization|boot|took|ready|loaded|warm|initiali[sz]ed/i, [
  {
    by: 'Helidon, Micronaut, Payara',
    says: /\b([\d.]{1,12}) ?(milliseconds|ms|seconds|s) since (?:the )?(?:JVM|process|VM) start(?:up|ed)?\b/i,
    reads:
      /\b(?<amount>[\d.]{1,12}) ?(?<unit>milliseconds|ms|seconds|s) since (?:the )?(?:JVM|process|VM) start(?:up|ed)?\b/i,
    example: 'Started all channels in 612 milliseconds. 8233 milliseconds since JVM startup.',
    source: 'https://helidon.io/docs/latest/se/guides/quickstart',
  },
  {
    by: 'Azure Functions',
    says: /\bhost started \((\d+)(ms)\)/i,
    reads: /\bhost started \((?<amount>\d+)(?<unit>ms)\)/i,
    example: 'Host started (5530ms)',
    source: 'https://github.com/Azure/azure-functions-host/issues/5445',
  },
  {
    by: 'Ktor',
    says: /\bapplication started in ([\d.]+) (seconds)\b/i,
    reads: /\bapplication started in (?<amount>[\d.]+) (?<unit>seconds)\b/i,
    example: 'Application started in 0.612 seconds.',
    source: 'https://ktor.io/docs/server-create-a-new-project.html',
  },
  {
    by: 'Helidon',
    says: /\bstarted all channels in (\d+) (milliseconds)\b/i,
    reads: /\bstarted all channels in (?<amount>\d+) (?<unit>milliseconds)\b/i,
    example: 'Started all channels in 612 milliseconds. 1403 milliseconds since JVM startup.',
    source: 'https://helidon.io/docs/latest/se/guides/quickstart',
  },
  {
    by: 'uWSGI',
    says: /\bWSGI app \d+ \(mountpoint='[^']{0,80}'\) ready in (\d+) (seconds)\b/i,
    reads: /\bready in (?<amount>\d+) (?<unit>seconds)\b/i,
    example: "WSGI app 0 (mountpoint='') ready in 7 seconds on interpreter 0x55d1 pid: 12 (default app)",
    source: 'https://uwsgi-docs.readthedocs.io/en/latest/articles/TheArtOfGracefulReloading.html',
  },
  {
    by: 'Ollama',
    says: /\brunner started in ([\d.]+) (seconds)\b/i,
    reads: /\brunner started in (?<amount>[\d.]+) (?<unit>seconds)\b/i,
    example: 'msg="llama runner started in 29.96 seconds"',
    source: 'https://github.com/ollama/ollama/issues/14028',
  },
  {
    by: 'vLLM',
    says: /\binit engine \([^)]{0,80}\) took ([\d.]+) (seconds)\b/i,
    reads: /\binit engine \([^)]{0,80}\) took (?<amount>[\d.]+) (?<unit>seconds)\b/i,
    example: 'init engine (profile, create kv cache, warmup model) took 90.84 seconds',
    source: 'https://github.com/vllm-project/vllm/blob/main/vllm/v1/engine/core.py',
  },
  {
    by: 'Spring Boot',
    says: /\bstarted \S{1,80} in ([\d.]+) (seconds|ms)\b/i,
    reads: /\bstarted \S{1,80} in (?<amount>[\d.]+) (?<unit>seconds|ms)\b/i,
    example: 'Started OrdersApplication in 4.212 seconds (process running for 4.9)',
    source: 'https://docs.spring.io/spring-boot/reference/features/spring-application.html',
  },
  {
    by: 'Spring',
    says: /\bWebApplicationContext: initialization completed in (\d+) (ms)\b/i,
    reads: /\bWebApplicationContext: initialization completed in (?<amount>\d+) (?<unit>ms)\b/i,
    example: 'Root WebApplicationContext: initialization completed in 1523 ms',
    source: 'https://docs.spring.io/spring-boot/reference/features/spring-application.html',
  },
  {
    // A servlet that is loaded by the first request.
    by: 'Spring MVC',
    says: /(?:^|[:\]\s-]\s)Completed initialization in (\d+) (ms)\b/i,
    reads: /\bCompleted initialization in (?<amount>\d+) (?<unit>ms)\b/i,
    example: 'o.s.web.servlet.DispatcherServlet : Completed initialization in 1523 ms',
    source:
      'https://docs.spring.io/spring-framework/docs/current/javadoc-api/org/springframework/web/servlet/FrameworkServlet.html',
  },
  {
    by: 'Quarkus',
    says: /\bpowered by Quarkus\b.{0,40}\bstarted in ([\d.]+)(s)\b/i,
    reads: /\bpowered by Quarkus\b.{0,40}\bstarted in (?<amount>[\d.]+)(?<unit>s)\b/i,
    example: 'orders 1.0.0 on JVM (powered by Quarkus 3.8.1) started in 1.234s. Listening on: http://0.0.0.0:8080',
    source: 'https://quarkus.io/guides/getting-started',
  },
  {
    by: 'Micronaut',
    says: /\bStartup completed in (\d+)(ms)\b/i,
    reads: /\bStartup completed in (?<amount>\d+)(?<unit>ms)\b/i,
    example: 'Startup completed in 812ms. Server Running: http://localhost:8080',
    source: 'https://docs.micronaut.io/latest/guide/#runningServer',
  },
  {
    by: 'Tomcat',
    says: /\bServer startup in \[?(\d+)\]? (?:milliseconds|ms)/i,
    reads: /\bServer startup in \[?(?<amount>\d+)\]? (?:milliseconds|ms)/i,
    unit: 'ms',
    example: 'Server startup in [4212] milliseconds',
    source: 'https://tomcat.apache.org/tomcat-9.0-doc/introduction.html',
  },
  {
    by: 'WildFly',
    says: /\bstarted in (\d+)(ms) - Started \d/i,
    reads: /\bstarted in (?<amount>\d+)(?<unit>ms) - Started \d/i,
    example: 'WFLYSRV0025: WildFly Full 26.1.0 (WildFly Core 18.1.0) started in 5123ms - Started 423 of 623 services',
    source: 'https://docs.wildfly.org/',
  },
  {
    by: 'Open Liberty',
    says: /\bserver started in ([\d.]+) (seconds)\b/i,
    reads: /\bserver started in (?<amount>[\d.]+) (?<unit>seconds)\b/i,
    example:
      'CWWKF0011I: The defaultServer server is ready to run a smarter planet. The defaultServer server started in 12.345 seconds.',
    source: 'https://openliberty.io/docs/latest/',
  },
  {
    by: 'Puma',
    says: /\bbooted in ([\d.]+)(s)\b/i,
    reads: /\bbooted in (?<amount>[\d.]+)(?<unit>s)\b/i,
    example: '- Worker 0 (PID: 12) booted in 5.13s, phase: 0',
    source: 'https://github.com/puma/puma',
  },
  {
    // The thing has to be one of a process: jobs and requests are started and completed, too.
    by: 'servers and services',
    says: /\b(?:app(?:lication)?|server|service|worker|process|instance|container|replica|pod|engine|runtime|host|JVM|model|weights|framework|plugins?|modules?|Quarkus|Payara|GlassFish|Jetty|Vert\.x|Dropwizard|Phoenix|Rails|Django|Next\.js|Nuxt)\b(?! (?:call|request|job|task|query|check)s?\b)[^\n]{0,60}\b(?:started|ready|booted|loaded|up|online|initiali[sz]ed|warmed up|warm) (?:in|after) ([\d.]{1,12}) ?(ms|milliseconds|s|secs?|seconds)\b/i,
    reads:
      /\b(?:started|ready|booted|loaded|up|online|initiali[sz]ed|warmed up|warm) (?:in|after) (?<amount>[\d.]{1,12}) ?(?<unit>ms|milliseconds|s|secs?|seconds)\b/i,
    example: 'model bge-large loaded in 6.08 s, serving',
    source: CUSTOMARY,
  },
  {
    by: 'services',
    says: /\b(?:boot(?:ing|strap)?|start-?up|cold[ -]?start|initiali[sz]ation|init|warm-?up|spawn(?:ing)?|class loading)(?: of [\w.-]{1,60})? (?:took|lasted|needed|completed in|finished in|done in|time:?|duration:?) ([\d.]{1,12}) ?(ms|milliseconds|s|secs?|seconds)\b/i,
    reads:
      /\b(?:took|lasted|needed|completed in|finished in|done in|time:?|duration:?) (?<amount>[\d.]{1,12}) ?(?<unit>ms|milliseconds|s|secs?|seconds)\b/i,
    example: 'first request of this instance, boot took 6.1 s',
    source: CUSTOMARY,
  },
  {
    by: 'model servers',
    says: /\bloaded\b[^\n]{0,80}\bin ([\d.]{1,12}) ?(ms|milliseconds|s|secs?|seconds)\b[^\n]{0,40}\b(?:serving|listening|ready)\b/i,
    reads:
      /\bin (?<amount>[\d.]{1,12}) ?(?<unit>ms|milliseconds|s|secs?|seconds)\b[^\n]{0,40}\b(?:serving|listening|ready)\b/i,
    example: 'graph of 212 MB loaded from /models/grade.onnx in 6.9s; serving on :8080',
    source: CUSTOMARY,
  },
]);

/** Log lines before a start: an instance is made because a request came. */
export const START_BEGINS = signList(
  /instance|container|scal|sandbox|initializing|spawn|replica|machine|dyno|runner|worker|app|boot|process|pod|function|service|isolate|child|scale/i,
  [
    {
      by: 'gunicorn, Puma, uWSGI',
      says: /\bbooting worker(?: with pid)?\b|\bspawned uWSGI (?:worker|master)\b/i,
      example: '[INFO] Booting worker with pid: 17',
      source: 'https://docs.gunicorn.org/en/stable/settings.html#logging',
    },
    {
      by: 'RoadRunner',
      says: /\bworker stopped, and will be restarted\b/i,
      example: 'worker stopped, and will be restarted {"reason": "max memory is exceeded"}',
      source: 'https://docs.roadrunner.dev/docs/app-server/worker-pool',
    },
    {
      by: 'IIS, gunicorn, uWSGI, php-fpm, Celery',
      says: /\b(?:worker(?: process)?|child|application pool|app pool|w3wp)\b[^\n]{0,80}\b(?:recycl(?:ed|ing)|respawn(?:ed|ing)|autorestarting|auto-?restart(?:ed|ing)?|(?:will be|is being) restarted)\b/i,
      example: 'worker 4 reached max_requests (1000), recycling',
      source: 'https://docs.gunicorn.org/en/stable/settings.html#max-requests',
    },
    {
      by: 'platforms that put idle services to sleep',
      says: /\b(?:wak(?:e|es|ing)(?: up)?|woke(?: up)?|unidl(?:ed|ing)|resum(?:ed|ing)|spin(?:ning|s)? up|spun up|cold[- ]?start(?:ed|ing)?)\b[^\n]{0,40}\b(?:instance|container|machine|replica|pod|worker|function|sandbox|dyno|app(?:lication)?|service|isolate)\b|\b(?:scale[ds]?[- ](?:to|from)[- ](?:zero|0))\b[^\n]{0,40}\b(?:wak(?:e|es|ing)|woke|start(?:ed|ing)?)\b/i,
      example: 'unidling service labels: first request after 30 min',
      source: CUSTOMARY,
    },
    {
      by: 'Azure Functions',
      says: /\binitializing host\b|\bstarting host \(hostid=/i,
      example: "Initializing Host. OperationId: '5e1b'.",
      source: 'https://learn.microsoft.com/azure/azure-functions/event-driven-scaling',
    },
    {
      by: 'Passenger',
      says: /\bspawning new application process\b/i,
      example: 'Spawning new application process...',
      source: 'https://www.phusionpassenger.com/docs/advanced_guides/in_depth/ruby/spawn_methods.html',
    },
    {
      by: 'Ray Serve',
      says: /\bstarting replica\b/i,
      example: 'Starting replica embed#Embedder#x81f',
      source: 'https://docs.ray.io/en/latest/serve/autoscaling-guide.html',
    },
    {
      by: 'Fly.io',
      says: /\bstarting machine\b/i,
      example: 'Starting machine',
      source: 'https://fly.io/docs/launch/autostop-autostart/',
    },
    {
      by: 'Cloud Run',
      says: /\bstarting new instance\. reason:/i,
      example: 'Starting new instance. Reason: AUTOSCALING - Instance started due to traffic.',
      source: 'https://cloud.google.com/run/docs/logging',
    },
    {
      by: 'Cloud Run, Cloud Functions, App Engine',
      says: /\bcaused a new (?:container instance|process) to be (?:started|created)\b/i,
      example: 'This request caused a new container instance to be started and may thus take longer.',
      source: 'https://cloud.google.com/run/docs/troubleshooting',
    },
    {
      by: 'services',
      says: /\bscal(?:e|ed|ing)(?: up)? from (?:zero|0)\b/i,
      example: 'scaling from zero: 1 instance',
      source: CUSTOMARY,
    },
  ],
);

/** Log lines after a start: the process takes requests. */
export const START_ENDS = signList(
  /probe succeeded|listening|started|reachable|ready|startup complete|worker|accepting|Running/i,
  [
    {
      by: 'NestJS, Spring, ASP.NET Core, Play, Ktor',
      says: /\bapplication (?:successfully )?started\b/i,
      example: 'Nest application successfully started',
      source: 'https://docs.nestjs.com/techniques/logger',
    },
    {
      by: 'Phoenix (Bandit, Cowboy)',
      says: /\bRunning [\w.]{1,80} with (?:Bandit|cowboy) \d/i,
      example: 'Running ShopWeb.Endpoint with Bandit 1.5.7 at :::4000 (http)',
      source: 'https://hexdocs.pm/phoenix/Phoenix.Endpoint.html',
    },
    {
      by: 'RoadRunner, gunicorn, Octane, Node clusters',
      says: /\bworker\b(?: [\w#.:-]{1,20})? (?:is |was )?(?:allocated|constructed|spawned|forked|online|ready|booted)\b/i,
      example: 'worker is allocated {"pid": 955, "internal_event_name": "EventWorkerConstruct"}',
      source: 'https://docs.roadrunner.dev/docs/app-server/worker-pool',
    },
    {
      by: 'php-fpm, Redis, PostgreSQL, servers',
      says: /\b(?:ready|now ready) (?:to|for) (?:handle|accept|serve|take|receive)? ?(?:connections|requests|traffic)\b|\baccepting (?:connections|requests|traffic)\b/i,
      example: 'ready to handle connections',
      source: 'https://www.php.net/manual/en/install.fpm.configuration.php',
    },
    {
      by: 'servers and services',
      says: /\b(?:app(?:lication)?(?: pool)?|server|service|instance|container|replica|pod|process|model|engine)(?: [\w.-]{1,40})? (?:is |has )?(?:now )?(?:started|ready|up|running|online)\b(?! (?:in|for|to|since|a|the|by|with|on|job|task)\b)/i,
      example: 'server ready',
      source: CUSTOMARY,
    },
    {
      by: 'Uvicorn, Hypercorn',
      says: /\bapplication startup complete\b/i,
      example: 'INFO:     Application startup complete.',
      source: 'https://www.uvicorn.org/concepts/lifespan/',
    },
    {
      by: 'Azure Functions',
      says: /\bjob host started\b/i,
      example: 'Job host started',
      source: 'https://github.com/Azure/azure-functions-host/issues/1423',
    },
    {
      by: 'Fly.io',
      says: /\bmachine (?:started|became reachable) in\b/i,
      example: 'machine became reachable in 1.503s',
      source: 'https://fly.io/docs/launch/autostop-autostart/',
    },
    {
      by: 'Ray Serve',
      says: /\breplica .{1,80} (?:is ready|started successfully|transitioned to running)\b/i,
      example: 'Replica embed#Embedder#x81f is ready',
      source: 'https://docs.ray.io/en/latest/serve/autoscaling-guide.html',
    },
    {
      by: 'Cloud Run',
      says: /\bSTARTUP \w{2,8} probe succeeded\b/i,
      example: 'Default STARTUP TCP probe succeeded after 1 attempt for container "app" on port 8080.',
      source: 'https://cloud.google.com/run/docs/configuring/healthchecks',
    },
    {
      by: 'ASP.NET Core, Express, Go',
      says: /\b(?:now )?listening (?:on|at)\b/i,
      example: 'Now listening on: http://[::]:8080',
      source: CUSTOMARY,
    },
  ],
);

/** Log lines after the work of a process that was started for it, with the duration of its start. */
export const START_REPORTS = signList<AmountSign>(/init|restore/i, [
  {
    by: 'AWS Lambda',
    says: /\b(?:init|restore) duration: *([\d.]+) *(ms)/i,
    reads: /\b(?:init|restore) duration: *(?<amount>[\d.]+) *(?<unit>ms)/i,
    example: 'REPORT RequestId: 7 Duration: 12.3 ms Billed Duration: 13 ms Init Duration: 812.33 ms',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html',
  },
]);

/** Log lines that only say that the process started. */
export const START_REMARKS = signList(/init duration|cold|host started|restore duration/i, [
  {
    by: 'AWS Lambda',
    says: /\b(?:init|restore) duration: *[\d.]+ *ms/i,
    example: 'REPORT RequestId: 7 Duration: 12.3 ms Billed Duration: 13 ms Init Duration: 812.33 ms',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html',
  },
  {
    by: 'services',
    says: /\bcold[ -]?start\b/i,
    example: 'cold start of thumbnail',
    source: CUSTOMARY,
  },
  {
    by: 'Azure Functions',
    says: /\bhost started\b/i,
    example: 'Host started (1234ms)',
    source: 'https://learn.microsoft.com/azure/azure-functions/event-driven-scaling',
  },
]);

/** Log lines of a pool that opens its first connections. Until then it has none, and nobody holds one. */
export const POOL_STARTS = signList(/Starting|Initializing c3p0|Added connection|inited|pool|opening/i, [
  {
    by: 'HikariCP',
    says: /\b(?:HikariPool|HikariCP|HikariDataSource)\b.{0,80}\bStarting\.{3}|\bHikariPool-\d{1,4} - Starting\b/i,
    example: 'HikariPool-1 - Starting...',
    source: 'https://github.com/brettwooldridge/HikariCP',
  },
  {
    by: 'c3p0',
    says: /\bInitializing c3p0 pool\b/i,
    example: 'Initializing c3p0 pool... com.mchange.v2.c3p0.ComboPooledDataSource [ acquireIncrement -> 3 ]',
    source: 'https://www.mchange.com/projects/c3p0/',
  },
  {
    by: 'services whose database sleeps',
    says: /\bopening (?:a |the )?(?:new |first )?connection\b.{0,80}\b(?:compute|database|cluster|instance|endpoint) (?:was |is |had been )?(?:suspended|paused|asleep|scaled to zero|stopped)\b|\b(?:suspended|paused|scaled? (?:from|to) zero)\b.{0,80}\bopening (?:a |the )?(?:new |first )?connection\b/i,
    example: 'first request after scale to zero: opening connection to the branch main (compute was suspended)',
    source: 'https://neon.com/docs/introduction/scale-to-zero',
  },
  {
    by: 'Druid',
    says: /\{dataSource-\d{1,4}[^}]{0,40}\} inited\b/i,
    example: '{dataSource-1} inited',
    source: 'https://github.com/alibaba/druid',
  },
]);

/** Lines in which a server says that it replaces a process because of a setting: after so many requests, or at a set time. */
export const RECYCLED = signList(/request|recycl|respawn|restart|max/i, [
  {
    by: 'Gunicorn',
    says: /\bautorestarting worker after current request\b/i,
    example: 'Autorestarting worker after current request.',
    source: 'https://docs.gunicorn.org/en/stable/settings.html#max-requests',
  },
  {
    by: 'uWSGI',
    says: /\bthe work of process \d{1,10} is done\b|\bmax requests reached \(\d{1,9} >= \d{1,9}\)/i,
    example: '...The work of process 7 is done (max requests reached (5000 >= 5000)). Seeya!',
    source: 'https://uwsgi-docs.readthedocs.io/en/latest/Options.html',
  },
  {
    by: 'Uvicorn, Hypercorn',
    says: /\bmaximum request limit of \d{1,9} exceeded\b/i,
    example: 'Maximum request limit of 1000 exceeded. Terminating process.',
    source: 'https://www.uvicorn.org/settings/#resource-limits',
  },
  {
    by: 'unicorn-worker-killer, puma_worker_killer, Passenger',
    says: /\bworker \(pid: \d{1,10}\) exceeds max number of requests\b|\bPumaWorkerKiller: rolling restart\b|\bpassenger\b.{0,80}\bmax(?:imum number of)? requests\b/i,
    example: 'worker (pid: 7) exceeds max number of requests (limit: 3072)',
    source: 'https://github.com/kzk/unicorn-worker-killer',
  },
  {
    by: 'IIS',
    says: /\brequested a recycle because (?:the worker process|it) reached its (?:allowed processing time limit|scheduled recycle time|(?:allowed )?(?:maximum )?request limit)\b/i,
    example:
      "A worker process with process id of '7' serving application pool 'shop' has requested a recycle because the worker process reached its allowed processing time limit.",
    source:
      'https://learn.microsoft.com/en-us/iis/configuration/system.applicationhost/applicationpools/add/recycling/',
  },
]);

/** Answers of a platform in place of a function that it could not start. */
export const FUNCTION_NOT_STARTED = signList(/exception|runtime\./i, [
  {
    by: 'AWS Lambda',
    says: /\b(?:KMS(?:AccessDenied|Disabled|InvalidState|NotFound)|EFS(?:IO|Mount(?:Connectivity|Failure|Timeout))|ENILimitReached|Invalid(?:Runtime|SecurityGroupID|SubnetID|ZipFile)|SubnetIPAddressLimitReached|EC2(?:AccessDenied|Throttled|Unexpected)|SnapStart(?:NotReady|Timeout)?|ResourceNotReady)Exception\b/i,
    example:
      'KMSDisabledException: Lambda was unable to decrypt the environment variables because the KMS key used is disabled.',
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html',
  },
  {
    by: 'AWS Lambda, runtimes',
    says: /\bRuntime\.(?:ImportModuleError|HandlerNotFound|InvalidEntrypoint|MalformedHandlerName|UserCodeSyntaxError)\b/i,
    example: "Runtime.ImportModuleError: Error: Cannot find module 'index'",
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html',
  },
]);

/** Lines in which a platform says that it had no instance of a service for a request. */
export const NO_INSTANCE = signList(
  /instance|LimitExceeded|waiting too long|image|container|back-?off|manifest|\b0 (?:of|\/)|\bno (?:ready|healthy|running|available)|schedul/i,
  [
    {
      by: 'AWS Lambda, for the functions of one account or for one function',
      says: /\b(?:ReservedFunction)?ConcurrentInvocationLimitExceeded\b/i,
      example: 'TooManyRequestsException: Rate Exceeded. Reason: ReservedFunctionConcurrentInvocationLimitExceeded',
      source: 'https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html',
    },
    {
      by: 'Cloud Run, Cloud Run functions, App Engine',
      says: /\brequest was aborted because there was no available instance\b|\brequest was aborted after waiting too long to attempt to service your request\b/i,
      example: 'The request was aborted because there was no available instance.',
      source: 'https://cloud.google.com/run/docs/troubleshooting#429',
    },
    {
      by: 'Cloud Run',
      says: /\brequest failed because the instance (?:could not start successfully|failed (?:the readiness check|to start))\b/i,
      example: 'The request failed because the instance could not start successfully.',
      source: 'https://cloud.google.com/run/docs/troubleshooting#503',
    },
    {
      by: 'Kubernetes, Azure Container Apps, Nomad, ECS',
      says: /\b(?:ImagePullBackOff|ErrImagePull|InvalidImageName|CannotPullContainerError|CreateContainerConfigError|CrashLoopBackOff|RunContainerError)\b|\bfailed to pull (?:and unpack )?image\b|\bback-off (?:pulling image|restarting failed container)\b|\bmanifest unknown\b/i,
      example: 'Replica labels--v12: ImagePullBackOff: failed to pull image "registry/labels:v12": 401 Unauthorized',
      source: 'https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff',
    },
    {
      by: 'orchestrators',
      says: /\b0 (?:of|\/) ?[1-9]\d{0,3} (?:replicas?|pods?|instances?|tasks?|allocations?|nodes?|machines?) (?:are |is )?(?:ready|available|running|healthy|up)\b|\bno (?:ready|healthy|running|available) (?:replicas?|pods?|instances?|machines?|endpoints?|tasks?)\b|\b(?:unschedulable|FailedScheduling)\b/i,
      example: 'labels: 0 of 1 replicas ready',
      source: 'https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/',
    },
  ],
);
