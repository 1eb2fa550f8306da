/** Reads what the operator of this site decided. */
import { parseConfig, type Config } from '../kernel/config';
import type { Request } from '../kernel/network';
import { escalationOf, type Escalation } from '../kernel/wire';
import type { Settings } from './settings';

/** From the server, else from a file beside the page, else as last seen, else none. */
export async function readConfig(
  baseUrl: URL,
  request: Request,
  settings: Settings,
): Promise<{ config: Config; escalation: Escalation }> {
  for (const path of ['api/config', 'config.json']) {
    try {
      const response = await request(new URL(path, baseUrl), { cache: 'no-cache' });
      if (!response.ok) continue;
      const data: unknown = await response.json();
      const result = parseConfig(data);
      if (!result.ok) continue;
      const escalation = escalationOf(data);
      await settings.keepConfig(result.config).catch(() => undefined);
      await settings.keepEscalation(escalation).catch(() => undefined);
      return { config: result.config, escalation };
    } catch {
      // Offline, or not JSON (a static host's own page): the next source.
    }
  }
  return {
    config: (await settings.lastConfig().catch(() => undefined)) ?? { models: [] },
    escalation: await settings.lastEscalation().catch(() => false as const),
  };
}
