/** The large model behind this site: how it is asked, and what looks for personal data before anything is sent. */
import { createCloudEngine } from '../engine/cloud/cloud';
import { createSession } from '../engine/cloud/session';
import type { Request } from '../kernel/network';
import type { Escalation } from '../kernel/wire';
import type { Found } from '../privacy/find-personal';
import type { Gate } from '../privacy/gate';
import { browserClock } from '../turn/browser-clock';
import type { Cloud } from '../turn/escalate';
import { newId } from './new-id';

export interface LargeModelOptions {
  readonly baseUrl: URL;
  readonly request: Request;
  readonly gate: Gate;
}

export interface LargeModel {
  /** For a turn of that conversation; undefined where the site offers none. */
  cloudFor(conversationId: string, escalation: Escalation): Cloud | undefined;
}

export function createLargeModel({ baseUrl, request, gate }: LargeModelOptions): LargeModel {
  const session = createSession({ baseUrl, request, now: browserClock.now });
  return {
    cloudFor(conversationId, escalation) {
      if (!escalation) return undefined;
      const { flagship, maxTokens } = escalation;
      // So that it is here, should the server be gone by then.
      void findsPersonal().catch(() => undefined);
      const engine = createCloudEngine({
        model: 'flagship',
        name: flagship.model,
        baseUrl,
        request,
        session,
        maxTokens,
        newId,
      });
      return {
        engine,
        modelName: flagship.model,
        price: flagship,
        maxTokens,
        leave: (leaving, signal) => gate.leave({ ...leaving, conversationId }, signal),
      };
    },
  };
}

/** Loads what finds personal data; it is large, so only when something may leave. */
export async function findsPersonal(): Promise<(texts: readonly string[]) => Found> {
  const { findPersonal } = await import('../privacy/find-personal');
  return (texts) => findPersonal(texts, regionsOf(navigator.languages));
}

/** `de-AT` is Austria. A language without a country says none. */
function regionsOf(languages: readonly string[]): string[] {
  return languages.flatMap((language) => new Intl.Locale(language).region ?? []);
}
