import { said } from '#test/window.ts';
import type { DetectorExample } from '../detector-example.ts';

export const example: DetectorExample = {
  shows:
    'The request contains a quote and a condition that is always true. Then the database reports a syntax error in the resulting statement.',
  lines: [
    said(41, 'user-service', 'info', '198.51.100.7 - - "GET /users?id=7 HTTP/1.1" 200'),
    said(45, 'user-service', 'info', '203.0.113.42 - - "GET /users?id=1%27%20OR%20%271%27%3D%271 HTTP/1.1" 500'),
    said(
      45.02,
      'user-service',
      'error',
      `{"error":"SQL syntax error","query":"SELECT * FROM users WHERE id = '1' OR '1'='1'","source_ip":"203.0.113.42"}`,
    ),
  ],
};
