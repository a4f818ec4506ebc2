/**
 * What somebody changed and what came of it, in many languages and systems; and troubles that no change brought. They are
 * told as engineers would tell them, and know nothing of how a change comes to be suspected.
 */

/** `$n` in a line is a number that differs from line to line, `$id` an id. */
export type Story = Readonly<{
  name: string;
  service: string;
  /** Undefined where no change did it. */
  change?: Readonly<{
    kind: 'deploy' | 'flag' | 'config' | 'migration' | 'scale';
    id?: string;
    text: string;
    files?: readonly string[];
    diff?: string;
  }>;
  /** Of the service, and of one that calls it. */
  failing: readonly Readonly<{ level: 'warn' | 'error'; line: string; caller?: true }>[];
  healthy: readonly string[];
  /** What it is usually, and then. */
  metric: Readonly<{ name: string; usual: number; failing: number }>;
  /** It grows from the change on, and is felt hours later. */
  slow?: Readonly<{ metric: string; from: number; to: number }>;
  /** Requests of the service come so many times as often. */
  load?: number;
}>;

export const STORIES: readonly Story[] = [
  {
    name: 'a setting is read under another name (Python)',
    service: 'invoicing',
    change: {
      kind: 'deploy',
      text: 'Group gateway settings by provider',
      files: ['invoicing/settings.py', 'invoicing/gateways.py'],
      diff: `--- a/invoicing/gateways.py
+++ b/invoicing/gateways.py
@@ -18,7 +18,7 @@ class StripeGateway:
     def __init__(self, settings):
-        self.base_url = settings["GATEWAY_URL"]
+        self.base_url = settings["STRIPE_GATEWAY_URL"]
         self.timeout = settings.get("GATEWAY_TIMEOUT", 10)
`,
    },
    failing: [
      { level: 'error', line: "KeyError: 'STRIPE_GATEWAY_URL' while creating invoice $id" },
      { level: 'warn', line: 'invoice $id could not be created by invoicing, kept for later', caller: true },
    ],
    healthy: ['created invoice $id in $n ms', 'charged $id through StripeGateway'],
    metric: { name: 'http_server_errors_ratio', usual: 0.002, failing: 0.9 },
  },
  {
    name: 'a check for nothing is gone (Java)',
    service: 'order-mapper',
    change: {
      kind: 'deploy',
      text: 'Simplify mapping of delivery slots',
      files: ['src/main/java/shop/orders/SlotMapper.java'],
      diff: `--- a/src/main/java/shop/orders/SlotMapper.java
+++ b/src/main/java/shop/orders/SlotMapper.java
@@ -40,10 +40,6 @@ public class SlotMapper {
     public SlotDto toDto(Order order) {
-        if (order.getSlot() == null) {
-            return SlotDto.EMPTY;
-        }
-        return new SlotDto(order.getSlot().getFrom(), order.getSlot().getTo());
+        return new SlotDto(order.getSlot().getFrom(), order.getSlot().getTo());
     }
`,
    },
    failing: [
      {
        level: 'error',
        line: 'java.lang.NullPointerException: Cannot invoke "Slot.getFrom()" because the return value is null\n\tat shop.orders.SlotMapper.toDto(SlotMapper.java:41)',
      },
    ],
    healthy: ['mapped order $id', 'GET /orders/$n 200'],
    metric: { name: 'http_5xx_rate', usual: 0.1, failing: 22 },
  },
  {
    name: 'a pool is smaller (TypeScript)',
    service: 'catalog-api',
    change: {
      kind: 'deploy',
      text: 'Tidy database options',
      files: ['src/db/options.ts'],
      diff: `@@ src/db/options.ts @@
 export const pool = {
-  max: 40,
+  max: 4,
   idleTimeoutMillis: 30000,
 };
`,
    },
    failing: [
      {
        level: 'error',
        line: 'TimeoutError: timeout exceeded when trying to connect: no free connection in pool after $n ms',
      },
    ],
    healthy: ['GET /products $n ms', 'query returned $n rows'],
    metric: { name: 'http_request_duration_seconds_p95', usual: 0.12, failing: 6.1 },
  },
  {
    name: 'each is asked for by itself (Ruby)',
    service: 'storefront',
    change: {
      kind: 'deploy',
      text: 'Show stock on the listing',
      files: ['app/controllers/listings_controller.rb'],
      diff: `@@ app/controllers/listings_controller.rb @@ def index
-    @listings = Listing.published.limit(100)
+    @listings = Listing.published.limit(100)
+    @listings.each do |listing|
+      listing.on_stock = warehouse.fetch_stock(listing.sku)
+    end
`,
    },
    failing: [{ level: 'warn', line: 'Completed 200 OK in $n ms: slow, 100 calls of warehouse stock' }],
    healthy: ['Completed 200 OK in $n ms', 'Rendered listings/index'],
    metric: { name: 'request_latency_p99_ms', usual: 180, failing: 4300 },
  },
  {
    name: 'a column has another name (PHP)',
    service: 'crm',
    change: {
      kind: 'deploy',
      text: 'Use the new column for mail addresses',
      files: ['src/Repository/ContactRepository.php'],
      diff: `@@ src/Repository/ContactRepository.php @@
-        $sql = 'SELECT id, mail FROM contact WHERE tenant = ?';
+        $sql = 'SELECT id, mail_primary FROM contact WHERE tenant = ?';
`,
    },
    failing: [
      { level: 'error', line: "SQLSTATE[42S22]: Column not found: 1054 Unknown column 'mail_primary' in 'field list'" },
    ],
    healthy: ['contact $id loaded', 'search took $n ms'],
    metric: { name: 'errors_per_minute', usual: 1, failing: 240 },
  },
  {
    name: 'waits a tenth as long (C#)',
    service: 'Quotes.Api',
    change: {
      kind: 'deploy',
      text: 'Common http client defaults',
      files: ['Quotes.Api/Startup.cs'],
      diff: `@@ Quotes.Api/Startup.cs @@
-    services.AddHttpClient<RatesClient>(c => c.Timeout = TimeSpan.FromSeconds(20));
+    services.AddHttpClient<RatesClient>(c => c.Timeout = TimeSpan.FromSeconds(2));
`,
    },
    failing: [
      {
        level: 'error',
        line: 'System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 2 seconds elapsing. at RatesClient.GetAsync',
      },
      { level: 'warn', line: 'quote $id: no rates, answering without', caller: true },
    ],
    healthy: ['quote $id done in $n ms'],
    metric: { name: 'quote_failures_ratio', usual: 0.001, failing: 0.42 },
  },
  {
    name: 'what may be missing is taken for granted (Rust)',
    service: 'session-store',
    change: {
      kind: 'deploy',
      text: 'Less nesting in refresh',
      files: ['src/refresh.rs'],
      diff: `@@ src/refresh.rs @@ fn refresh_session
-    if let Some(device) = session.device() {
-        audit(device);
-    }
+    audit(session.device().unwrap());
`,
    },
    failing: [
      {
        level: 'error',
        line: "thread 'tokio-runtime-worker' panicked at src/refresh.rs:57: called `Option::unwrap()` on a `None` value",
      },
    ],
    healthy: ['session $id refreshed'],
    metric: { name: 'grpc_server_failed_total_rate', usual: 0, failing: 31 },
  },
  {
    name: 'a list that is never emptied (Go)',
    service: 'router',
    change: {
      kind: 'deploy',
      text: 'Remember decisions for the debug page',
      files: ['internal/route/decide.go'],
      diff: `--- a/internal/route/decide.go
+++ b/internal/route/decide.go
@@ -10,6 +10,9 @@ package route
+var decisions = map[string]Decision{}
+
 func Decide(req Request) Decision {
 	d := match(req)
+	decisions[req.ID] = d
 	return d
 }
`,
    },
    failing: [
      { level: 'warn', line: 'gc 412 @ took $n ms, heap close to its limit' },
      { level: 'error', line: 'upstream router closed the connection', caller: true },
    ],
    healthy: ['routed $id'],
    metric: { name: 'http_5xx_rate', usual: 0.2, failing: 19 },
    slow: { metric: 'process_resident_memory_bytes', from: 3e8, to: 2e9 },
  },
  {
    name: 'a case is no longer known (Kotlin)',
    service: 'shipping',
    change: {
      kind: 'deploy',
      text: 'Remove carriers that we left',
      files: ['src/main/kotlin/Carriers.kt'],
      diff: `@@ src/main/kotlin/Carriers.kt @@ fun carrierOf(code: String)
     when (code) {
         "DHL" -> Dhl()
-        "NORDPOST" -> Nordpost()
         else -> throw UnknownCarrier(code)
`,
    },
    failing: [{ level: 'error', line: 'shop.UnknownCarrier: no carrier for code NORDPOST, parcel $id' }],
    healthy: ['label for parcel $id printed', 'parcel $id handed over to DHL'],
    metric: { name: 'labels_failed_ratio', usual: 0.001, failing: 0.3 },
  },
  {
    name: 'a flag',
    service: 'basket',
    change: { kind: 'flag', id: 'express-lane', text: 'express-lane: off -> on' },
    failing: [{ level: 'error', line: 'express lane quote failed: lane table is empty for region $n' }],
    healthy: ['basket $id priced'],
    metric: { name: 'checkout_errors_ratio', usual: 0.003, failing: 0.5 },
  },
  {
    name: 'a migration',
    service: 'ledger',
    change: { kind: 'migration', id: '20260311_drop_vat_no', text: 'drop column vat_no of table invoices' },
    failing: [{ level: 'error', line: 'ERROR: column invoices.vat_no does not exist at character 34' }],
    healthy: ['posting $id booked'],
    metric: { name: 'posting_errors_total_rate', usual: 0.1, failing: 44 },
  },
  {
    name: 'a memory limit',
    service: 'thumbnailer',
    change: {
      kind: 'config',
      id: 'thumbnailer-limits',
      text: 'Right-size thumbnailer',
      files: ['deploy/thumbnailer.yaml'],
      diff: `@@ deploy/thumbnailer.yaml @@
       resources:
         limits:
-          memory: 2Gi
+          memory: 256Mi
`,
    },
    failing: [{ level: 'error', line: 'Container thumbnailer was OOMKilled: memory limit reached' }],
    healthy: ['image $id scaled in $n ms'],
    metric: { name: 'jobs_failed_rate', usual: 0.2, failing: 12 },
  },
  {
    name: 'a way is closed (Terraform)',
    service: 'reporting',
    change: {
      kind: 'config',
      id: 'sg-reporting',
      text: 'Restrict egress of reporting',
      files: ['network/reporting.tf'],
      diff: `@@ network/reporting.tf @@
-  egress {
-    from_port = 5439
-    to_port   = 5439
-    cidr_blocks = ["10.40.0.0/16"]
-  }
`,
    },
    failing: [{ level: 'error', line: 'could not connect to warehouse 10.40.3.17 port 5439: connection timed out' }],
    healthy: ['report $id built in $n ms'],
    metric: { name: 'reports_failed_ratio', usual: 0.01, failing: 1 },
  },
  {
    name: 'a field is spelled otherwise (Elixir)',
    service: 'payout',
    change: {
      kind: 'deploy',
      text: 'Follow the naming of the other events',
      files: ['lib/payout/event.ex'],
      diff: `@@ lib/payout/event.ex @@
-  @derive {Jason.Encoder, only: [:id, :amount_minor, :currency]}
-  defstruct [:id, :amount_minor, :currency]
+  @derive {Jason.Encoder, only: [:id, :minor_amount, :currency]}
+  defstruct [:id, :minor_amount, :currency]
`,
    },
    failing: [
      { level: 'warn', line: 'event $id rejected by consumer' },
      { level: 'error', line: 'cannot decode PayoutEvent: required key "amount_minor" is missing', caller: true },
    ],
    healthy: ['payout $id sent'],
    metric: { name: 'events_rejected_ratio', usual: 0, failing: 0.98 },
  },
  {
    name: 'fewer instances',
    service: 'search-front',
    change: { kind: 'scale', id: 'search-front', text: 'replicas 8 -> 2' },
    failing: [{ level: 'warn', line: 'worker queue is full: $n requests wait' }],
    healthy: ['search took $n ms'],
    metric: { name: 'request_duration_p95_ms', usual: 90, failing: 2400 },
  },
  {
    name: 'another authority (certificates)',
    service: 'gateway',
    change: {
      kind: 'config',
      id: 'gateway-tls',
      text: 'Rotate the trust store of the gateway',
      files: ['config/tls.yaml'],
      diff: `@@ config/tls.yaml @@
 tls:
-  ca_file: /etc/ca/corp-2021.pem
+  ca_file: /etc/ca/corp-2026.pem
`,
    },
    failing: [
      { level: 'error', line: 'tls: failed to verify certificate: x509: certificate signed by unknown authority' },
    ],
    healthy: ['proxied $id in $n ms'],
    metric: { name: 'proxy_errors_rate', usual: 0.5, failing: 80 },
  },
  {
    name: 'a deploy of which no line is known',
    service: 'ticketing',
    change: { kind: 'deploy', text: 'version 4.18.0' },
    failing: [{ level: 'error', line: 'seat map of event $n could not be drawn: unexpected state HELD' }],
    healthy: ['seat map of event $n drawn'],
    metric: { name: 'http_5xx_ratio', usual: 0.001, failing: 0.35 },
  },
  {
    name: 'a cache is skipped (JavaScript)',
    service: 'profile',
    change: {
      kind: 'deploy',
      text: 'Always show the latest avatar',
      files: ['lib/avatar.js'],
      diff: `@@ lib/avatar.js @@ async function avatarOf(user) {
-  const cached = await cache.get(user.id);
-  if (cached) return cached;
-  const avatar = await blobs.download(user.avatarKey);
-  await cache.set(user.id, avatar);
-  return avatar;
+  return await blobs.download(user.avatarKey);
`,
    },
    failing: [{ level: 'warn', line: 'blobs.download is slow: avatar $id took $n ms' }],
    healthy: ['profile $id shown', 'avatar from cache'],
    metric: { name: 'profile_latency_p99_ms', usual: 60, failing: 1900 },
  },
  {
    name: 'more people than ever',
    service: 'tickets-web',
    failing: [
      { level: 'warn', line: 'all 64 workers are busy, $n requests wait' },
      { level: 'error', line: 'request refused: overloaded' },
    ],
    healthy: ['GET /event/$n 200'],
    metric: { name: 'http_server_duration_p99_ms', usual: 140, failing: 5200 },
    load: 5,
  },
  {
    name: 'a provider is down',
    service: 'mailer',
    failing: [
      { level: 'error', line: 'POST https://api.mailpost.io/v3/send answered 503 Service Unavailable, mail $id' },
    ],
    healthy: ['mail $id sent'],
    metric: { name: 'mails_failed_ratio', usual: 0.002, failing: 0.97 },
  },
  {
    name: 'one bad message',
    service: 'importer',
    failing: [
      { level: 'error', line: 'cannot import record: negative quantity; message_id=msg-7f31c2 will be tried again' },
    ],
    healthy: ['imported $n records'],
    metric: { name: 'import_errors_ratio', usual: 0.001, failing: 0.9 },
  },
  {
    name: 'a disk of a node',
    service: 'indexer',
    failing: [
      { level: 'warn', line: 'Node worker-17 has condition DiskPressure' },
      { level: 'error', line: 'flush of segment $n failed: input/output stalled' },
    ],
    healthy: ['flushed segment $n'],
    metric: { name: 'flush_duration_p95_ms', usual: 40, failing: 9000 },
  },
  {
    name: 'a database fails over',
    service: 'accounts',
    failing: [
      { level: 'error', line: 'FATAL: the database system is in recovery mode' },
      { level: 'error', line: 'terminating connection due to administrator command' },
    ],
    healthy: ['account $id read'],
    metric: { name: 'account_errors_rate', usual: 0.1, failing: 60 },
  },
  {
    name: 'a certificate ends',
    service: 'partner-feed',
    failing: [
      { level: 'error', line: 'handshake with feed.partner.example failed: certificate has expired on 2026-03-11' },
    ],
    healthy: ['feed read, $n rows'],
    metric: { name: 'feed_failures_ratio', usual: 0, failing: 1 },
  },
];

/** What is deployed on every day and does no harm. */
export const HARMLESS: readonly Readonly<{ text: string; files: readonly string[]; diff: string }>[] = [
  {
    text: 'Explain the retry policy',
    files: ['docs/retries.md'],
    diff: '@@ docs/retries.md @@\n+Requests are tried three times.\n',
  },
  {
    text: 'Rounder buttons',
    files: ['web/styles/button.scss'],
    diff: '@@ web/styles/button.scss @@\n-  border-radius: 2px;\n+  border-radius: 10px;\n',
  },
  {
    text: 'Cover the parser',
    files: ['test/parser.spec.ts'],
    diff: "@@ test/parser.spec.ts @@\n+  it('reads 300 rows', () => expect(parse(rows)).toHaveLength(300));\n",
  },
  {
    text: 'Bump minor versions',
    files: ['package.json', 'package-lock.json'],
    diff: '@@ package.json @@\n-    "undici": "7.1.0",\n+    "undici": "7.1.1",\n',
  },
  {
    text: 'Extract a helper from the handler',
    files: ['src/handler.ts'],
    diff: `@@ src/handler.ts @@ export async function handle(req) {
-  const body = JSON.parse(await req.text());
-  if (body.page > 50) throw new BadRequest("page");
-  return reply(200, await list(body.page));
+  const body = await bodyOf(req);
+  return reply(200, await list(body.page));
+}
+
+async function bodyOf(req) {
+  const body = JSON.parse(await req.text());
+  if (body.page > 50) throw new BadRequest("page");
+  return body;
`,
  },
  {
    text: 'Log how long it takes',
    files: ['src/observe.go'],
    diff: '@@ src/observe.go @@ func observe(start time.Time) {\n-	log.Printf("done")\n+	log.Printf("done after %s", time.Since(start))\n',
  },
  {
    text: 'Say it in German as well',
    files: ['locales/de.json'],
    diff: '@@ locales/de.json @@\n-  "checkout.title": "Checkout",\n+  "checkout.title": "Kasse",\n',
  },
  {
    text: 'Name the metric as the others',
    files: ['src/metrics.py'],
    diff: '@@ src/metrics.py @@\n-requests = Counter("requests", "Requests")\n+requests = Counter("requests_total", "Requests that came")\n',
  },
  {
    text: 'Use early returns',
    files: ['src/Validate.java'],
    diff: `@@ src/Validate.java @@ boolean isAllowed(User user) {
-        boolean allowed = false;
-        if (user.age() >= 18) { allowed = true; }
-        return allowed;
+        return user.age() >= 18;
`,
  },
];

/** Ordinary work on the very thing that is in trouble: `{word}` is a word of what is complained of. Harmless all the same. */
export const BESIDE: typeof HARMLESS = [
  {
    text: 'Word the log as the handbook does',
    files: ['src/log.ts'],
    diff: '@@ src/log.ts @@\n-  logger.info(`{word} done`);\n+  logger.info(`{word} finished`);\n',
  },
  {
    text: 'Offer it for download',
    files: ['app/exports.py'],
    diff: '@@ app/exports.py @@\n+@router.get("/exports/{word}")\n+def export_{word}(since: date):\n+    return StreamingResponse(rows_since(since), media_type="text/csv")\n',
  },
  {
    text: 'Answer with the usual status codes',
    files: ['internal/http/{word}.go'],
    diff: `@@ internal/http/{word}.go @@ func handle(w http.ResponseWriter, r *http.Request) {
-	if err != nil { http.Error(w, err.Error(), 400); return }
-	write(w, 200, {word})
+	if err != nil {
+		fail(w, http.StatusBadRequest, err)
+		return
+	}
+	write(w, http.StatusOK, {word})
`,
  },
  {
    text: 'Count what is done',
    files: ['src/main/java/app/Work.java'],
    diff: '@@ src/main/java/app/Work.java @@ void work()\n+        meter.counter("{word}.done").increment();\n         queue.take();\n',
  },
  {
    text: 'Larger pages in the back office',
    files: ['admin/list.rb'],
    diff: '@@ admin/list.rb @@\n-  paginate {word}, per_page: 25\n+  paginate {word}, per_page: 50\n',
  },
];
