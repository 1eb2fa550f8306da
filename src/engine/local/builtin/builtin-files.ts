/** In place of a model's files: those of the browser's model are the browser's; kept is only whether somebody here wanted it. */
import { Fault } from '../../../kernel/fault';
import type { KeyValue } from '../../../kernel/key-value';
import { NOTHING, type ModelFiles } from '../model-files';
import type { CoreOptions, PromptApi } from './prompt-api';

const KEY = 'built-in';

interface Wish {
  /** When it last answered, in milliseconds since 1970; 0 where it is left out. */
  readonly usedAt: number;
}

export interface BuiltinFilesOptions {
  readonly api: PromptApi;
  readonly core: CoreOptions;
  readonly keyValue: Pick<KeyValue, 'get' | 'set'>;
  /** The site wants it, or it was chosen before. */
  readonly isWished: boolean;
  readonly now: () => number;
}

export interface BuiltinFiles extends ModelFiles {
  /** It was started for somebody. */
  use(): Promise<void>;
}

export function createBuiltinFiles({
  api,
  core,
  keyValue,
  isWished,
  now,
}: BuiltinFilesOptions): BuiltinFiles {
  const notOurs = () => Promise.reject(new Fault('model_file', 'the browser’s model has no file'));
  const set = async (usedAt: number) => keyValue.set(KEY, { usedAt } satisfies Wish).catch(() => undefined);
  return {
    async state() {
      const [availability, wish] = await Promise.all([
        api.availability(core),
        keyValue.get<Wish>(KEY).catch(() => undefined),
      ]);
      return {
        ...NOTHING,
        isWhole: availability === 'available',
        usedAt: wish?.usedAt ?? 0,
        ...((wish ? wish.usedAt > 0 : isWished) ? {} : { isUnasked: true }),
      };
    },
    open: notOurs,
    put: notOurs,
    pack: notOurs,
    remove: () => set(0),
    use: () => set(now()),
  };
}
