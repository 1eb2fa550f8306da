/** The large model behind this site: how it is asked, and what looks for personal data before anything is sent. */
import type { ServerOptions } from '../engine/cloud/ask-server';
import { createCloudEngine } from '../engine/cloud/cloud';
import { createSession } from '../engine/cloud/session';
import type { Request } from '../kernel/network';
import type { Escalation, Price } from '../kernel/wire';
import type { Found } from '../privacy/find-personal';
import type { Gate } from '../privacy/gate';
import { browserClock } from '../turn/browser-clock';
import type { Cloud } from '../turn/escalate';
import { newId } from './new-id';

export interface LargeModelOptions {
  readonly baseUrl: URL;
  readonly request: Request;
  readonly gate: Gate;
  readonly onChange: () => void;
}

export interface LargeModel {
  readonly server: ServerOptions;
  /** For a turn of that conversation; undefined where the site offers none. `later`: for where it offers answers within a day. */
  cloudFor(
    conversationId: string,
    escalation: Escalation,
    later: NonNullable<Cloud['later']>,
  ): Cloud | undefined;
  /** `read`, with the models that have answered in the place of others since; two that became one are one. */
  current(read: Escalation): Escalation;
}

export function createLargeModel({ baseUrl, request, gate, onChange }: LargeModelOptions): LargeModel {
  /** What answered in the place of a model that the vendor took away while this page was open, by the model. */
  const replaced = new Map<string, Price>();
  const now = (price: Price) => replaced.get(price.model) ?? price;
  const session = createSession({ baseUrl, request, now: browserClock.now });
  const server = { baseUrl, request, session };
  return {
    server,
    current(read) {
      if (!read) return read;
      const { small, ...rest } = read;
      const flagship = now(read.flagship);
      const other = small && now(small);
      return { ...rest, flagship, ...(other && other.model !== flagship.model ? { small: other } : {}) };
    },
    cloudFor(conversationId, escalation, later) {
      if (!escalation) return undefined;
      const { flagship, small, maxTokens } = escalation;
      // So that it is here, should the server be gone by then.
      void findsPersonal().catch(() => undefined);
      const modelOf = (model: 'flagship' | 'small', price: Price) => ({
        engine: createCloudEngine({ model, name: price.model, ...server, maxTokens, newId }),
        modelName: price.model,
        price,
      });
      return {
        ...modelOf('flagship', flagship),
        ...(small ? { middle: modelOf('small', small) } : {}),
        maxTokens,
        onAnswer(price, asked) {
          if (price.model === asked.model) return;
          replaced.set(asked.model, price);
          onChange();
        },
        ...(escalation.later ? { later } : {}),
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
