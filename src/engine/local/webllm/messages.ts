/** What the page and the worker of the WebGPU engine say to each other. */
import type { Chunk, GenerateOptions } from '../../../kernel/engine';
import type { FaultRecord } from '../../../kernel/fault';
import type { Message } from '../../../kernel/message';
import type { OpenFile } from '../model-files';

/*
 *     page → worker   load       the model's files, and how to run it; once
 *                     ask        a prompt; one at a time
 *                     stop       the answer under way ends after the step it is in
 *     worker → page   progress   what the load is doing, in web-llm's words
 *                     loaded     ready for `ask`
 *                     chunk      a piece of the answer
 *                     done       the answer ended, stopped or not: free for the next
 *                     failed     the load, or the answer, with why
 *                     beat       every second, while the worker's own thread is free
 */
export type ToWorker =
  | {
      readonly type: 'load';
      readonly modelId: string;
      /** The folder; ends in `/`. */
      readonly modelUrl: string;
      readonly libUrl: string;
      readonly contextTokens: number;
      /** A model that thinks aloud unless it is told not to. */
      readonly canThink: boolean;
      /** Each file by its URL; a Blob is a handle, its bytes stay where they are. */
      readonly files: readonly (readonly [url: string, file: OpenFile])[];
    }
  | { readonly type: 'ask'; readonly messages: readonly Message[]; readonly options: AskOptions }
  | { readonly type: 'stop' };

export type AskOptions = Omit<GenerateOptions, 'signal'>;

export type FromWorker =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'loaded' }
  | { readonly type: 'chunk'; readonly chunk: Chunk }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly fault: FaultRecord }
  | { readonly type: 'beat' };
