/**
 * Labels by which stores and collectors name the service of a log line, in order of trust.
 *
 *   {"ContainerAppName": "orders", "RevisionName": "orders--5w2vkgj", "ReplicaName": "orders--5w2vkgj-84d9c"}   orders
 */

/** What the sender calls itself. */
export const SERVICE_LABELS: readonly string[] = ['service_name', 'service.name', 'service', 'app'];

/**
 * What a platform deploys under one name: Azure Container Apps, Application Insights, Kubernetes' label,
 * Amazon ECS and Lambda, Nomad.
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/containerappconsolelogs
 * https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 * https://opentelemetry.io/docs/specs/semconv/resource/faas/
 */
export const PLATFORM_LABELS: readonly string[] = [
  ...['ContainerAppName', 'ContainerAppName_s', 'container_app_name'],
  ...['AppRoleName', 'cloud_RoleName'],
  ...['app_kubernetes_io_name', 'app.kubernetes.io/name', 'kubernetes_labels_app', 'k8s_app', 'deployment'],
  ...['ecs_service', 'ecs_service_name', 'com.amazonaws.ecs.container-name', 'ecs_container_name'],
  ...['faas.name', 'faas_name', 'function_name', 'functionName', 'nomad_task', 'nomad_job'],
];
