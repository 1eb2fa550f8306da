/** Puts a question to this site's own server, with the visitor's token, and says what its refusal means. */
import { Fault, type FaultCode } from '../../kernel/fault';
import type { Request } from '../../kernel/network';
import type { CloudSession } from './session';

export interface ServerOptions {
  readonly baseUrl: URL;
  readonly request: Request;
  readonly session: CloudSession;
}

/** In OpenAI's shape. */
export interface WireError {
  readonly code?: string;
  readonly message?: string;
}

/** What the server says in words of its own; everything else is `cloud_failed`. */
const FAULT_OF: Readonly<Record<string, FaultCode>> = {
  budget_exhausted: 'budget_exhausted',
  rate_limited: 'rate_limited',
  upstream_incomplete: 'cloud_incomplete',
};
/** A new token may help. */
const RENEWABLE = new Set(['token_expired', 'token_invalid', 'token_elsewhere']);

/** Asks, and once more with a new token where the old one was refused. Throws the fault of any response but a good one. */
export async function askServer(
  { baseUrl, request, session }: ServerOptions,
  {
    path,
    body,
    idempotencyKey,
  }: { readonly path: string; readonly body: object; readonly idempotencyKey: string },
  signal: AbortSignal,
): Promise<Response> {
  for (const isLastTry of [false, true]) {
    const response = await request(new URL(path, baseUrl), {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${await session.token(signal)}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': idempotencyKey,
      },
      body: JSON.stringify(body),
      signal,
    });
    if (response.ok) return response;
    const { error } = ((await response.json().catch(() => undefined)) ?? {}) as { error?: WireError };
    if (isLastTry || !RENEWABLE.has(error?.code ?? '')) throw faultOfError(error, response.status);
    session.forget();
  }
  throw new Fault('cloud_refused');
}

export function faultOfError({ code = '', message }: WireError = {}, status?: number): Fault {
  const isOurs = status !== undefined && status >= 400 && status < 500;
  return new Fault(FAULT_OF[code] ?? (isOurs ? 'cloud_refused' : 'cloud_failed'), message);
}
