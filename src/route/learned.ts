/** Loads what the gates learned and a check of forms, when they are first needed: some 100 kB that the first screen does not wait for. */
import type { Calibration } from './calibration';
import type { formFaultIn } from './form-check';
import { createGainModel, type GainModel, type GainWeights } from './gain-model';

export interface Learned {
  readonly gain: GainModel;
  readonly calibration: Calibration;
  readonly formFaultIn: typeof formFaultIn;
}

async function loadLearned(): Promise<Learned> {
  const [weights, calibration, { formFaultIn }] = await Promise.all([
    import('./gain-weights.json'),
    import('./calibration.json'),
    import('./form-check'),
  ]);
  return {
    gain: createGainModel(weights.default as unknown as GainWeights),
    calibration: calibration.default as unknown as Calibration,
    formFaultIn,
  };
}

/** What is loaded so far, for a model that is `wanted` to be judged by it; the first that is starts the loading, and goes without. */
export function createLearned(isWanted: () => boolean): () => Learned | undefined {
  let learned: Learned | undefined;
  let loading: Promise<void> | undefined;
  return () => {
    if (!isWanted()) return undefined;
    loading ??= loadLearned().then(
      (loaded) => void (learned = loaded),
      () => void (loading = undefined),
    );
    return learned;
  };
}
