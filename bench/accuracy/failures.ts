/** What went wrong, in the words of the libraries that say so. */
import type { Random } from './random.ts';
import type { Service } from './services.ts';

export type Failure = Readonly<{
  message: string;
  /** The exception's class. */
  type: string;
  /** What a server answers for it. */
  status: number;
  /** The same in gRPC. */
  code: string;
}>;

/** A caller that waited so long and no longer. */
export function timedOut({ stack, protocol }: Service, ms: number, callee: Service): Failure {
  const seconds = ms / 1000;
  const gateway = { status: 504, code: 'DEADLINE_EXCEEDED' };
  if (protocol === 'grpc' && stack.language !== 'ruby') {
    return {
      ...gateway,
      type: 'StatusRuntimeException',
      message: `DEADLINE_EXCEEDED: deadline exceeded after ${seconds}s`,
    };
  }
  switch (stack.language) {
    case 'java':
      return { ...gateway, type: 'java.net.SocketTimeoutException', message: 'Read timed out' };
    case 'go':
      return {
        ...gateway,
        type: '*url.Error',
        message: `Get "http://${callee.address}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      };
    case 'dotnet':
      return {
        ...gateway,
        type: 'System.Threading.Tasks.TaskCanceledException',
        message: `The request was canceled due to the configured HttpClient.Timeout of ${seconds} seconds elapsing.`,
      };
    case 'python':
      return {
        ...gateway,
        type: 'requests.exceptions.ReadTimeout',
        message: `HTTPConnectionPool(host='${callee.address}', port=8080): Read timed out. (read timeout=${seconds})`,
      };
    case 'ruby':
      return { ...gateway, type: 'Faraday::TimeoutError', message: 'Net::ReadTimeout with #<TCPSocket:(closed)>' };
    default:
      return { ...gateway, type: 'AxiosError', message: `timeout of ${ms}ms exceeded` };
  }
}

const BUGS: Readonly<Record<string, readonly (readonly [type: string, message: string])[]>> = {
  java: [
    ['java.lang.NullPointerException', 'Cannot invoke "Price.getAmount()" because "price" is null'],
    ['java.lang.IllegalStateException', 'No value present for key tax.region'],
    ['java.lang.OutOfMemoryError', 'Java heap space'],
  ],
  dotnet: [
    ['System.NullReferenceException', 'Object reference not set to an instance of an object.'],
    ['System.FormatException', "The input string 'n/a' was not in a correct format."],
  ],
  python: [
    ['KeyError', "'region'"],
    ['ZeroDivisionError', 'division by zero'],
    ['TypeError', "unsupported operand type(s) for +: 'NoneType' and 'int'"],
  ],
  ruby: [['NoMethodError', "undefined method `amount' for nil:NilClass"]],
  nodejs: [
    ['TypeError', "Cannot read properties of undefined (reading 'amount')"],
    ['RangeError', 'Invalid array length'],
  ],
  go: [
    ['runtime.Error', 'runtime error: invalid memory address or nil pointer dereference'],
    ['*errors.errorString', 'model server OOM: cannot allocate 2GB for inference batch'],
  ],
};

/** A fault in the service's own code. */
export function bug({ stack }: Service, random: Random): Failure {
  const [type, message] = random.pick(BUGS[stack.language] ?? [['Error', 'unexpected']]);
  return { type, message, status: random.pick([500, 500, 503]), code: random.pick(['INTERNAL', 'UNKNOWN']) };
}

/** What a caller makes of a callee's failure. */
export function badAnswer({ stack }: Service, status: number, callee: Service): Failure {
  const type =
    { java: 'org.springframework.web.client.HttpServerErrorException', dotnet: 'System.Net.Http.HttpRequestException' }[
      stack.language
    ] ?? 'Error';
  return {
    type,
    message: `Request to ${callee.address} failed with status code ${status}`,
    status: 502,
    code: 'UNAVAILABLE',
  };
}

export function refused({ stack }: Service, address: string, port: number): Failure {
  const down = { status: 503, code: 'UNAVAILABLE' };
  switch (stack.language) {
    case 'java':
      return { ...down, type: 'java.net.ConnectException', message: 'Connection refused (Connection refused)' };
    case 'go':
      return { ...down, type: '*net.OpError', message: `dial tcp ${address}:${port}: connect: connection refused` };
    default:
      return { ...down, type: 'Error', message: `connect ECONNREFUSED 10.0.1.5:${port}` };
  }
}
