/** What the list of models says of the graphics processor, and of a download that waits. */

export const GPU_WORDS = {
  gpu: '',
  none: 'This browser offers no graphics processor to a page: these run on the processor.',
  software: 'This browser only imitates a graphics processor: these run on the processor, which is faster.',
} as const;
export const NO_F16 =
  'This graphics processor has no 16-bit arithmetic: its models come in a form that wants more memory and is slower.';

export function pausedText(isOffline: boolean, isMetered: boolean): string {
  if (!isOffline) return 'Paused.';
  return isMetered
    ? 'The network is back, and metered or set to save data: it waits for your word.'
    : 'No network. It goes on by itself when there is one.';
}
