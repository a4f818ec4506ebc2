/** Words for the start of a process. */
import { CUSTOMARY, signList } from '#model/instruments/sign-list.ts';
import type { AmountSign, DurationSign } from '#model/trace/wait-amounts.ts';

/** Names of spans that are only the start. */
export const START_OPERATIONS = signList(/init|load|import|cold|boot|start|warm|provision|refresh|instantiate/i, [
  {
    by: 'AWS X-Ray, Lambda',
    says: /^(?:init(?:iali[sz](?:e|ed|ing|ation))?|boot(?:strap)?(?:p?ing)?|start(?:ing)?[ _-]?up|warm(?:ing)?[ _-]?up|provision(?:ing)?|eager[ _-]?load(?:ing)?)$/i,
    example: 'Initialization',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html',
  },
  {
    by: 'services',
    says: /\bcold[ _.-]?start\b/i,
    example: 'cold start',
    source: CUSTOMARY,
  },
  {
    by: 'services',
    says: /^(?:(?:pre-?)?load|import)(?:ing)?[ _.:/-]+(?:(?:the|new|spring|web|http|db|database|ml)[ _.:/-]+)?(?:app(?:lication)?|config(?:uration)?|models?|modules?|plugins?|class(?:es)?|dependenc(?:y|ies)|beans?|templates)\b/i,
    example: 'load_model',
    source: CUSTOMARY,
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

/** Log lines at the end of a start, with its duration: the process was not ready before. */
export const START_LINES = signList<AmountSign>(/start|initialization|booted/i, [
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
