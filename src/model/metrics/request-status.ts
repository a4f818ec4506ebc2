/** Labels with the status of a request, the most reliable first. */
export const STATUS_LABELS = [
  ...['code', 'status', 'status_code', 'http_response_status_code', 'http_status_code', 'response_code'],
  ...[
    'envoy_response_code',
    'grpc_code',
    'grpc_status',
    'rpc_grpc_status_code',
    'rpc_response_status_code',
    // Azure Container Apps, and Google's balancers.
    ...['status_code_category', 'response_code_class'],
    'classification',
    'outcome',
  ],
];
