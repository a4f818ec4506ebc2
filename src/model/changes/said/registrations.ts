/**
 * The name under which a service is found, where the failure says that nobody has the old name any more.
 *
 *   -  spring.application.name: prices            Load balancer does not contain an instance for the service prices
 *   +  spring.application.name: price-service     ◄── the change takes the name away that callers ask for
 */
import type { Touched } from '#model/changes/said/values.ts';

const NAME = String.raw`["'\`\[(]{0,2}(?:https?:\/\/)?([a-z\d][\w.-]{1,80})`;

/**
 * How registries, balancers and resolvers say that nobody has a name, in lower case: Spring Cloud and Ribbon, Eureka, Consul,
 * Nacos, Dubbo, Dapr, Steeltoe, gRPC, Envoy and Istio, Kubernetes' and Docker's DNS, Node.js, Go, Java, Python, .NET.
 */
const SAYS_NOBODY = [
  String.raw`\b(?:does not contain an instance|no instances? (?:available|found)|no servers? available|no available (?:servers?|instances?|providers?)|no providers? available|no healthy (?:upstream|instances?|endpoints?)) (?:for|of|from) (?:the )?(?:service |cluster )?${NAME}`,
  String.raw`\b(?:unknown service|service not found|no such (?:service|host)|no endpoints found for|app-?id)[: ]{1,3}${NAME}`,
  String.raw`\b(?:could not resolve (?:host|service)|couldn't resolve host|unknownhostexception)[: ]{1,3}${NAME}`,
  String.raw`\b(?:name or service not known|failed to resolve(?: address)?(?: for app-?id)?|getaddrinfo (?:enotfound|eai_again))[: ]{1,3}${NAME}`,
  String.raw`\blookup ${NAME}(?::\d{1,5})?(?: on \S{1,60})?: no such host`,
  String.raw`\b(?:service|cluster|upstream|app|application|host) ${NAME}["'\`\])]{0,2} (?:was |is )?(?:not found|not registered|unknown|does not exist|has no (?:healthy )?(?:instances|endpoints|providers))`,
].map((form) => new RegExp(form, 'g'));

/** What gives a service its name: Spring, Eureka, Consul, Nomad, Dapr, Micronaut, Quarkus, Kubernetes, Compose, .NET's Steeltoe. */
const NAMES_SERVICE =
  /\b(?:spring\.)?application[.:_-]?\s{0,3}name\b|\bservice[._-]?name\b|\bapp[._-]?(?:id|name)\b|\binstance\.(?:appname|virtual-?host-?name)\b|\bvirtual_?host_?name\b|^[\s"']{0,40}(?:name|container_name|hostname|aliases)["']?\s{0,3}[:=]/i;
const WORD = /[a-z\d][\w.-]{1,80}/g;

/** Empty where the failure asks for no name that the change takes away. `failure`: in lower case. */
export function registeredOtherwise({ added, removed, context }: Touched, failure: string): string {
  const asked = new Set(
    SAYS_NOBODY.flatMap((form) =>
      Array.from(failure.matchAll(form), ([, name = '']) => name.replace(/[.:]{1,8}$/, '')),
    ),
  );
  if (asked.size === 0) return '';
  const wordsOf = (text: string) =>
    text
      .toLowerCase()
      .split('\n')
      .filter((line) => NAMES_SERVICE.test(line))
      .flatMap((line) => line.replace(/^[^:=]{0,80}[:=]/, ' ').match(WORD) ?? []);
  const [now, left] = [wordsOf(added), new Set(wordsOf(`${added}\n${context}`))];
  // The first part of a host's name is that of its service.
  const isAsked = (name: string) => [...asked].some((one) => one === name || one.split('.')[0] === name);
  const gone = wordsOf(removed).find((name) => isAsked(name) && !left.has(name));
  return gone === undefined || now.length === 0 ? '' : `it gives the service ${gone} another name, ${now[0]}`;
}
