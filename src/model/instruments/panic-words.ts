/** Words of a process, or of one of its threads, that an error ended which nothing in its code handled. */
import { signList } from '#model/instruments/sign-list.ts';

export const PANICS = signList(/panic|uncaught|unhandled|exception in thread|goroutine|terminate called|fatal error/i, [
  {
    by: 'Rust',
    says: /\bthread '[^'\n]{0,80}' (?:\(\d{1,12}\) )?panicked at\b/i,
    example: "thread 'tokio-runtime-worker' panicked at src/rates.rs:40:17: index out of bounds",
    source: 'https://doc.rust-lang.org/book/ch09-01-unrecoverable-errors-with-panic.html',
  },
  {
    by: 'Go',
    says: /\bpanic: [^\n]{1,300}|\bpanic serving [\w.:[\]]{1,60}: /i,
    example: 'http: panic serving 10.1.2.3:41122: runtime error: index out of range [3] with length 3',
    source: 'https://go.dev/blog/defer-panic-and-recover',
  },
  {
    by: 'JVM',
    says: /\bexception in thread "[^"\n]{1,120}"/i,
    example: 'Exception in thread "grpc-default-executor-3" java.lang.IllegalStateException: no rate for EUR',
    source: 'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/ThreadGroup.html',
  },
  {
    by: 'Node.js',
    says: /\buncaught ?exception\b|\bunhandled ?(?:promise ?)?rejection\b|\bERR_UNHANDLED_REJECTION\b/i,
    example: "Uncaught exception: TypeError: Cannot read properties of undefined (reading 'rate')",
    source: 'https://nodejs.org/api/process.html#event-uncaughtexception',
  },
  {
    by: '.NET',
    says: /\bunhandled exception\. [\w.]{1,200}/i,
    example: 'Unhandled exception. System.InvalidOperationException: Sequence contains no elements',
    source: 'https://learn.microsoft.com/dotnet/standard/exceptions/best-practices-for-exceptions',
  },
  {
    by: 'PHP',
    says: /\bPHP Fatal error: {1,2}uncaught\b/i,
    example: 'PHP Fatal error:  Uncaught TypeError: rate(): Return value must be of type float, null returned',
    source: 'https://www.php.net/manual/en/language.exceptions.php',
  },
  {
    by: 'C++',
    says: /\bterminate called after throwing an instance of\b/i,
    example: "terminate called after throwing an instance of 'std::out_of_range'",
    source: 'https://en.cppreference.com/w/cpp/error/terminate',
  },
]);

/** Nothing in an app or in a page handled its error: what its user began has stopped. */
export const APP_CRASHES = signList(/fatal|uncaught|terminating app/i, [
  {
    by: 'Android',
    says: /\bFATAL EXCEPTION: /,
    example: 'E AndroidRuntime: FATAL EXCEPTION: main',
    source: 'https://developer.android.com/topic/performance/vitals/crash',
  },
  {
    by: 'iOS',
    says: /\bTerminating app due to uncaught exception\b|\bFatal error: (?:Unexpectedly found nil|Index out of range|Can't remove)/,
    example: "*** Terminating app due to uncaught exception 'NSRangeException'",
    source: 'https://developer.apple.com/documentation/xcode/diagnosing-issues-using-crash-reports-and-device-logs',
  },
  {
    // What extensions throw in a page is no fault of the page.
    by: 'browsers',
    says: /\bUncaught (?:\(in promise\) )?(?:DOMException|[A-Z]\w{0,60}(?:Error|Exception))\b(?![\s\S]{0,2000}(?:chrome|moz|safari-web)-extension:)/,
    example: "Uncaught TypeError: Cannot read properties of null (reading 'total')",
    source: 'https://developer.mozilla.org/en-US/docs/Web/API/Window/error_event',
  },
]);

/** The whole process ended, with all requests in it: a runtime, libc or a supervisor writes it last. */
export const PROCESS_ENDS = signList(
  /fatal|memory|segmentation|sig(?:ill|abrt|bus|fpe|segv)|signal|heap|corrupt|smashing|core dump|crash dump|abort|free\(\)|terminat|exit|status=|died|restart_intensity/i,
  [
    {
      by: 'Go',
      says: /\bfatal error: (?:concurrent map|all goroutines are asleep|stack overflow|runtime: out of memory|out of memory|unexpected signal|sync: |fault\b)/i,
      example: 'fatal error: concurrent map writes',
      source: 'https://go.dev/src/runtime/panic.go',
    },
    {
      by: 'Rust',
      says: /\bmemory allocation of \d{1,20} bytes failed\b|\bthread '[^'\n]{0,80}' has overflowed its stack\b/i,
      example: 'memory allocation of 8589934592 bytes failed',
      source: 'https://doc.rust-lang.org/std/alloc/fn.handle_alloc_error.html',
    },
    {
      by: 'JVM',
      says: /\bA fatal error has been detected by the Java Runtime Environment\b|\bTerminating due to java\.lang\.OutOfMemoryError\b/i,
      example: '# A fatal error has been detected by the Java Runtime Environment:',
      source: 'https://docs.oracle.com/en/java/javase/21/troubleshoot/fatal-error-log.html',
    },
    {
      by: 'Node.js, V8',
      says: /\bFATAL ERROR: .{0,120}\b(?:heap out of memory|Allocation failed)\b/i,
      example: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      source: 'https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib',
    },
    {
      by: '.NET',
      says: /^(?:Fatal error\. |Process terminated\. |Stack overflow\.)/i,
      example: 'Process terminated. Assertion failed.',
      source: 'https://learn.microsoft.com/dotnet/api/system.environment.failfast',
    },
    {
      by: 'CPython',
      says: /\bFatal Python error: /i,
      example: 'Fatal Python error: Segmentation fault',
      source: 'https://docs.python.org/3/library/faulthandler.html',
    },
    {
      by: 'Erlang',
      says: /\bCrash dump is being written to: |\bRuntime terminating during boot\b/i,
      example: 'Crash dump is being written to: erl_crash.dump...done',
      source: 'https://www.erlang.org/doc/apps/erts/crash_dump.html',
    },
    {
      by: 'Erlang, Elixir (supervisors, applications)',
      says: /\breached_max_restart_intensity\b|\bApplication [\w.]{1,100} exited: shutdown\b/i,
      example: 'Supervisor Shop.Supervisor terminating: shutdown: reached_max_restart_intensity',
      source: 'https://www.erlang.org/doc/apps/stdlib/supervisor.html',
    },
    {
      by: 'glibc',
      says: /\bstack smashing detected\b|\b(?:double free or corruption|corrupted size vs\. prev_size)\b|\b(?:malloc|free|munmap_chunk)\(\): (?:invalid|corrupted|double)/i,
      example: 'free(): invalid pointer',
      source: 'https://sourceware.org/glibc/manual/latest/html_node/Heap-Consistency-Checking.html',
    },
    {
      by: 'the kernel, shells, supervisors',
      says: /\bsegfault at [\da-f]{1,16} ip\b|\bSegmentation fault\b|\((?:core|memory) dumped\)|\b(?:exited|terminated|killed|died) (?:on|by|with|prematurely:) ['"]?(?:the )?signal:? ?(?:4|6|7|8|11|SIG(?:ILL|ABRT|BUS|FPE|SEGV))\b/i,
      example: 'child 31 exited on signal 11 (SIGSEGV - core dumped) after 12.9 seconds from start',
      source: 'https://man7.org/linux/man-pages/man7/signal.7.html',
    },
    {
      by: 'Gunicorn, Unicorn, PM2, Node.js cluster, Passenger',
      says: /\b(?:was sent|reaped #<Process::Status: pid \d{1,10}|via signal|died|signo=)[ [(]{0,2}SIG(?:ILL|ABRT|BUS|FPE|SEGV)\b/i,
      example: '[1] [ERROR] Worker (pid:7) was sent SIGSEGV!',
      source: 'https://github.com/benoitc/gunicorn/blob/master/gunicorn/arbiter.py',
    },
    {
      by: 'uvicorn',
      says: /\bchild process \[\d{1,10}\] died\b/i,
      example: 'Child process [31] died',
      source: 'https://github.com/encode/uvicorn/blob/master/uvicorn/supervisors/multiprocess.py',
    },
    {
      by: 'Apache',
      says: /\bexit signal (?:Illegal instruction|Abort(?:ed)?|Bus error|Floating point exception|Segmentation fault)\b/i,
      example: 'AH00052: child pid 31 exit signal Aborted (6)',
      source: 'https://httpd.apache.org/docs/2.4/mod/mpm_common.html#coredumpdirectory',
    },
    {
      by: 'systemd',
      says: /\bcode=(?:dumped|killed), status=(?:4|6|7|8|11)\b/i,
      example: 'tiles.service: Main process exited, code=dumped, status=11/SEGV',
      source: 'https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html',
    },
    {
      by: 'Docker, containerd, Kubernetes',
      says: /\bexit(?:ed)?[ _-]?(?:with )?(?:code|status|code is)?["']?\s{0,2}[:=(]?\s{0,2}(?:132|134|135|136|139)\b/i,
      example: 'tiles-1 exited with code 139',
      source: 'https://docs.docker.com/engine/containers/run/#exit-status',
    },
  ],
);
