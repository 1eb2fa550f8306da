/** A server whose Redis is behind TLS: it asks one whose certificate it can check, and no other. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, HAS_REDIS } from '../redis-process';
import { askSite } from './ask-site';
import { openFleet } from './fleet';

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!HAS_REDIS || !HAS_OPENSSL)('a Redis behind TLS', () => {
  let dir: string;
  let certificate: string;
  let key: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'smallfirst-tls-'));
    certificate = join(dir, 'certificate.pem');
    key = join(dir, 'key.pem');
    const names = ['-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', certificate];
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files]);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test.each([
    ['that the server trusts is used', true],
    ['that it does not trust is not: nothing is spent', false],
  ])('a certificate %s', async (_what, isTrusted) => {
    const port = await freePort();
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    const redisArgs = ['--tls-port', String(port), '--tls-auth-clients', 'no', ...files];
    const trust: Record<string, string> = isTrusted ? { NODE_EXTRA_CA_CERTS: certificate } : {};
    const env = { STORE_URL: `rediss://127.0.0.1:${port}`, ...trust };
    const fleet = await openFleet({ count: 1, redisArgs, env });
    try {
      const asked = await askSite(fleet.servers[0]!, { text: 'Hi', stream: false });
      expect([asked.isWhole, asked.status]).toEqual(isTrusted ? [true, 200] : [false, 503]);
      expect(await fleet.entries()).toHaveLength(isTrusted ? 1 : 0);
      expect(fleet.fake.books()).toHaveLength(isTrusted ? 1 : 0);
    } finally {
      await fleet.close();
    }
  });
});
