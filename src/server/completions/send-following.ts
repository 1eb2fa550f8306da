/** Sends a call; where the vendor has no such model any more, its successor is asked, before the client has seen anything. */
import type { ModelFacts } from '../pairs/model-facts';
import type { Rotation } from '../pairs/rotation';
import type { Call } from './call';
import { forwardBodyOf } from './forward-body';
import type { Hold } from './hold';
import { modelOf } from './models-on-offer';
import type { ChatRequest } from './request-schema';
import type { Upstream } from './upstream';
import { UpstreamFailure } from './upstream-failure';

export interface Sending {
  readonly upstream: Upstream;
  readonly rotation: Rotation;
  readonly request: ChatRequest;
  readonly maxTokens: number;
  /** Holds what the call can cost with that model. Throws `CompletionError`. */
  readonly holdFor: (model: ModelFacts) => Promise<Hold>;
}

/** Throws `UpstreamFailure`; and `CompletionError` where the successor may not be asked: then nothing is held. */
export async function sendFollowing(
  call: Call,
  { upstream, rotation, request, maxTokens, holdFor }: Sending,
): Promise<AsyncIterable<Uint8Array>> {
  for (;;) {
    const { model } = call.hold;
    try {
      return await upstream.send(forwardBodyOf(request, model, maxTokens), call.end.signal);
    } catch (error) {
      const isGone = error instanceof UpstreamFailure && error.kind === 'no-model';
      if (!isGone || !rotation.markGone(model.model)) throw error;
      await call.hold.release();
      call.hold = await holdFor(modelOf(rotation, request.model));
    }
  }
}
