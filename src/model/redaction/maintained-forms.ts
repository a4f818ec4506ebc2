/**
 * Written by tools/redaction-forms.ts from @secretlint/secretlint-rule-preset-recommend 13.0.7.
 * Update the package, then run: node tools/redaction-forms.ts
 *
 * Copyright (c) 2020 azu
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy
 * of this software and associated documentation files (the "Software"), to deal
 * in the Software without restriction, including without limitation the rights
 * to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
 * copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all
 * copies or substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
 * IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
 * FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
 * AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
 * LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
 * OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
 * SOFTWARE.
 */
type Form = Readonly<{ kind: string; beginnings: readonly string[]; pattern: string }>;

// biome-ignore format: one row a form, as it is written
export const MAINTAINED_FORMS: readonly Form[] = [
  { kind: 'npm-token', beginnings: ['npm_'], pattern: 'npm_[A-Za-z0-9_]{36}(?![A-Za-z0-9_])' },
  { kind: 'shopify-token', beginnings: ['shppa_', 'shpca_', 'shpat_', 'shpss_'], pattern: '(?:shppa|shpca|shpat|shpss)_[a-zA-Z0-9]{32,64}(?![a-zA-Z0-9])' },
  { kind: 'stripe-key', beginnings: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], pattern: '(?:sk_live|sk_test|rk_live|rk_test)_[a-zA-Z0-9]{24,99}(?![a-zA-Z0-9])' },
  { kind: 'github-token', beginnings: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], pattern: '(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9_]{36}(?![A-Za-z0-9_])' },
  { kind: 'github-token', beginnings: ['github_pat_'], pattern: '(?:github_pat)_[A-Za-z0-9_]{82}(?![A-Za-z0-9_])' },
  { kind: 'github-token', beginnings: ['ghs_'], pattern: '(?:ghs)_[0-9]{1,20}_[A-Za-z0-9_-]{1,1000}\\.[A-Za-z0-9_-]{1,10000}\\.[A-Za-z0-9_-]{1,1000}(?![A-Za-z0-9_-])' },
  { kind: 'gitlab-token', beginnings: ['glpat-'], pattern: 'glpat-[A-Za-z0-9_-]{20,128}(?![A-Za-z0-9_-])' },
  { kind: 'grafana-token', beginnings: ['glc_'], pattern: 'glc_[A-Za-z0-9+/]{32,400}={0,2}(?![A-Za-z0-9+/=])' },
  { kind: 'grafana-token', beginnings: ['glsa_'], pattern: 'glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}(?![A-Fa-f0-9])' },
  { kind: 'openai-key', beginnings: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], pattern: 'sk-(?:proj|svcacct|admin)-(?:[A-Za-z0-9_-]{74}|[A-Za-z0-9_-]{58})T3BlbkFJ(?:[A-Za-z0-9_-]{74}|[A-Za-z0-9_-]{58})\\b' },
  { kind: 'openai-key', beginnings: ['sk-'], pattern: 'sk-[a-zA-Z0-9]{20}T3BlbkFJ[a-zA-Z0-9]{20}' },
  { kind: 'anthropic-key', beginnings: ['sk-ant-api0'], pattern: 'sk-ant-api0\\d-[A-Za-z0-9_-]{90,128}AA(?![A-Za-z0-9_-])' },
  { kind: 'groq-key', beginnings: ['gsk_'], pattern: 'gsk_[a-zA-Z0-9]{52}(?![a-zA-Z0-9])' },
  { kind: 'huggingface-token', beginnings: ['hf_'], pattern: 'hf_[a-zA-Z]{34}(?![a-zA-Z])' },
  { kind: 'linear-token', beginnings: ['lin_api_'], pattern: 'lin_api_[a-zA-Z0-9_]{32,128}(?![a-zA-Z0-9_])' },
  { kind: 'notion-token', beginnings: ['ntn_'], pattern: 'ntn_[0-9]{11}[A-Za-z0-9]{35}(?![A-Za-z0-9])' },
  { kind: '1password-token', beginnings: ['ops_'], pattern: 'ops_(?:ey[A-Za-z0-9+/=]{100,1280}fQ={0,2})(?![A-Za-z0-9+/=])' },
  { kind: 'vault-token', beginnings: ['hvs.'], pattern: 'hvs\\.[A-Za-z0-9_-]{90,120}(?![A-Za-z0-9_-])' },
  { kind: 'vault-token', beginnings: ['hvb.'], pattern: 'hvb\\.[A-Za-z0-9_-]{138,300}(?![A-Za-z0-9_-])' },
  { kind: 'vault-token', beginnings: ['hvr.'], pattern: 'hvr\\.[A-Za-z0-9_-]{90,120}(?![A-Za-z0-9_-])' },
  { kind: 'vercel-token', beginnings: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], pattern: '(?:vcp|vci|vca|vcr|vck)_[A-Za-z0-9]{20,60}(?![A-Za-z0-9])' },
  { kind: 'databricks-token', beginnings: ['dapi'], pattern: 'dapi[A-Fa-f0-9]{32}(?:-[0-9])?(?![A-Fa-f0-9])' },
  { kind: 'docker-token', beginnings: ['dckr_pat_'], pattern: 'dckr_pat_[a-zA-Z0-9_-]{27}(?![a-zA-Z0-9_-])' },
  { kind: 'figma-token', beginnings: ['figd_'], pattern: 'figd_[A-Za-z0-9_-]{40,200}(?![A-Za-z0-9_-])' },
  { kind: 'cloudflare-token', beginnings: ['cfk_', 'cfut_', 'cfat_'], pattern: '(?:cfk|cfut|cfat)_[A-Za-z0-9]{40}[0-9a-f]{8}(?![A-Za-z0-9])' },
  { kind: 'tailscale-token', beginnings: ['tskey-'], pattern: 'tskey-(?:[a-z]{2,20})-[0-9A-Za-z_]{8,40}-[0-9A-Za-z_]{16,60}(?![0-9A-Za-z_])' },
];
