/** What the tabs of an origin say to each other about the one engine they share. */
import type { ModelsState } from '../../kernel/app-state';
import type { Chunk, GenerateOptions } from '../../kernel/engine';
import type { FaultRecord } from '../../kernel/fault';
import type { Message } from '../../kernel/message';
import type { Task } from '../../kernel/task';
import type { Ladder } from '../ladder';

/*
 *     a tab → all        hello    who leads?
 *     the leader → all   lead     I do, and so things stand; after each change, and to `hello`
 *     a tab → leader     ask      a prompt, for a model
 *                        stop     of an `ask`
 *                        call     something that a person wants of the models
 *                        ping     are you there?
 *     the leader → tab   chunk    a piece of the answer; one without text while others are served
 *                        done     the answer ended
 *                        result   of a `call`
 *                        failed   an `ask` or a `call`, with why
 *                        pong     I am; to all while it is getting ready to lead
 *
 * All over one BroadcastChannel, since a port cannot be sent through one: what is for another tab is left alone.
 */
export type TabMessage =
  | { readonly type: 'hello' }
  | { readonly type: 'lead'; readonly leader: string; readonly snapshot: Snapshot }
  | ({ readonly type: 'ask'; readonly role: Role; readonly modelId: string } & Addressed & {
        readonly prompt: readonly Message[];
        readonly options: Omit<GenerateOptions, 'signal'>;
      })
  | ({ readonly type: 'stop' } & Addressed)
  | ({ readonly type: 'call'; readonly call: Call } & Addressed)
  | { readonly type: 'ping'; readonly to: string; readonly from: string }
  | ({ readonly type: 'chunk'; readonly chunk: Chunk } & Reply)
  | ({ readonly type: 'done' } & Reply)
  | ({ readonly type: 'result'; readonly value: unknown } & Reply)
  | ({ readonly type: 'failed'; readonly fault: FaultRecord } & Reply)
  /** `to` is a tab, or `all`. */
  | { readonly type: 'pong'; readonly to: string };

interface Addressed {
  readonly to: string;
  readonly from: string;
  /** Of the request; no other tab has it. */
  readonly id: string;
}

interface Reply {
  readonly to: string;
  readonly id: string;
}

/** The model that answers, or the one for such work in the background. */
export type Role = 'chosen' | Task;

/** Which of the ladder's methods, with what. */
export type Call =
  | { [Name in Callable]: { readonly name: Name; readonly args: Parameters<Ladder[Name]> } }[Callable]
  | { readonly name: 'load' | 'unload'; readonly args: readonly [role: Role, modelId: string] }
  | { readonly name: 'mend'; readonly args: readonly [id: string, fault: FaultRecord] };

type Callable = 'choose' | 'cancel' | 'remove' | 'resume' | 'put' | 'file' | 'dismissHealing';

/** All that a tab without an engine has to know of the one with it. */
export interface Snapshot {
  readonly state: ModelsState;
  readonly chosen?: ModelFacts;
  /** Who does what in the background. */
  readonly tasks: Readonly<Partial<Record<Task, ModelFacts>>>;
}

export interface ModelFacts {
  readonly id: string;
  readonly modelName: string;
  readonly hasVerdict: boolean;
  readonly engineId: string;
  readonly contextTokens: number;
  readonly ownFiles: readonly string[];
}
