/**
 * The service that a platform's own labels name, where nothing else does. Lines and series have the same labels.
 *
 *   {"swarm_stack": "shop", "swarm_service": "shop_orders"}          orders
 *   {"container_name": "shop_orders.2.k5x0v3c8q1w7e2r9t4y6u0i3o"}    orders
 *   {"job": "journal", "unit": "orders@blue.service"}                orders
 */

type Labels = Readonly<Record<string, string>>;

/**
 * Grafana's driver for Docker, Docker's own labels, and these as cAdvisor and Vector write them.
 * https://grafana.com/docs/loki/latest/send-data/docker-driver/configuration/#default-labels
 * https://docs.docker.com/reference/cli/docker/stack/deploy/
 */
const SWARM_SERVICES = [
  ...['swarm_service', 'com.docker.swarm.service.name', 'com_docker_swarm_service_name', 'docker_swarm_service_name'],
  'container_label_com_docker_swarm_service_name',
];
const SWARM_STACKS = [
  ...['swarm_stack', 'com.docker.stack.namespace', 'com_docker_stack_namespace', 'docker_stack_namespace'],
  'container_label_com_docker_stack_namespace',
];
const CONTAINERS = ['container_name', 'container', 'CONTAINER_NAME', 'name', 'swarm_task'];
/** A task is `stack_service.slot.id`, in global mode `stack_service.node.id`. Ids have 25 letters and digits. */
const TASK = /^\/?([a-z\d][\w-]{0,127})\.(?:\d{1,5}|[a-z\d]{25})\.[a-z\d]{25}$/i;

const UNITS = ['unit', '_SYSTEMD_UNIT', 'systemd_unit', 'systemd.unit', '__journal__systemd_unit'];
/** A unit of a template has its instance behind the `@`: systemd.unit(5). */
const UNIT = /^([\w.:\\-]{1,200}?)(?:@[\w.:\\-]{0,200})?\.service$/;
/** Where these run, the container names the service, and the unit only what started it. */
const RUNTIMES = /^(?:docker|dockerd|containerd|podman|kubelet|crio)$/;
/** What systemd says of a unit, itself the writer: `systemd[1]: orders@blue.service: Failed with result 'exit-code'.` */
const OF_UNIT =
  /^systemd\[1\]: (?:(?:Start|Stopp|Reload)(?:ed|ing) |Failed to start )?([\w.:\\-]{1,200}?)(?:@[\w.:\\-]{0,200})?\.service\b/;

/** Empty where no label of a platform names a service. */
export function placeInLabels(labels: Labels): string {
  return ofSwarm(labels) || ofUnit(labels);
}

/** The unit that a line of systemd is about; empty for another line. */
export function unitInLine(line: string): string {
  return line.startsWith('systemd[1]: ') ? (OF_UNIT.exec(line)?.[1] ?? '') : '';
}

/** The stack stands before the service, with a `_`. A stack that nobody names has none in its own name. */
function ofSwarm(labels: Labels): string {
  const stack = first(labels, SWARM_STACKS);
  const task = CONTAINERS.map((name) => TASK.exec(labels[name] ?? '')?.[1] ?? '').find((name) => name !== '') ?? '';
  const service = first(labels, SWARM_SERVICES) || task;
  if (stack !== '') return service.startsWith(`${stack}_`) ? service.slice(stack.length + 1) : service;
  return service.replace(/^[^_]{1,127}_(?=.)/, '');
}

function ofUnit(labels: Labels): string {
  const unit = UNIT.exec(first(labels, UNITS))?.[1] ?? '';
  return RUNTIMES.test(unit) && first(labels, CONTAINERS) !== '' ? '' : unit;
}

function first(labels: Labels, names: readonly string[]): string {
  return names.map((name) => labels[name] ?? '').find((value) => value !== '') ?? '';
}
