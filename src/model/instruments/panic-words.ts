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
